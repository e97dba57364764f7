"""One piece from a text field to live, renewed and recalled, on both databases."""

from app.accounts.model import Role
from tests.builders.clinic import BODY, Clinic


def test_a_piece_goes_from_a_text_field_to_live_and_is_renewed_and_recalled(clinic: Clinic) -> None:
    item = clinic.write()
    clinic.publish(item)
    clinic.edit(item, BODY.replace("ten", "15"))
    publication = clinic.publish(item, 2)
    page = clinic.desk(Role.COMPLIANCE).get(f"/content/{item}").text
    assert "Superseded" in page
    form = {"reason": "the time is wrong", "password": "correct horse battery staple"}
    assert clinic.desk(Role.COMPLIANCE).post(f"/publications/{publication}/recall", **form).status_code == 303
    assert "Recalled. 0 queued messages are held" in clinic.desk(Role.COMPLIANCE).get(f"/content/{item}").text
