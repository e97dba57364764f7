"""A publication that nothing carries is found."""

from datetime import datetime

import pytest
from sqlalchemy import text

from app.insights.schema import guards
from app.publishing.verification import publications
from app.storage.guards import drop_guards
from app.storage.unit_of_work import Units
from tests.builders.review import make_publication
from tests.fakes import CountingIds

pytestmark = pytest.mark.usefixtures("people")


def test_an_honest_publication_has_no_problem(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        make_publication(uow, now=now, ids=ids)
        assert list(publications(uow.connection)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("publications SET valid_until = '2099-01-01T00:00:00.000000Z'", "publication_too_long"),
        ("publications SET review_by = '2099-01-01T00:00:00.000000Z'", "publication_review_date"),
        ("publication_heads SET since = '2020-01-01T00:00:00.000000Z'", "publication_head_time"),
        ("review_rounds SET max_valid_days = 1", "publication_too_long"),
    ],
)
def test_a_rewritten_publication_is_named(
    units: Units, now: datetime, ids: CountingIds, change: str, expected: str
) -> None:
    with units() as uow:
        made = make_publication(uow, now=now, ids=ids)
        drop_guards(uow.connection, guards())
        uow.connection.execute(text(f"UPDATE {change}"))
        found = list(publications(uow.connection))
    assert {(p.key, p.code) for p in found} == {(made.id, expected)}
