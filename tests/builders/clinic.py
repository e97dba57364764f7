"""A clinic at work in its browser: rules of the test's own, people at their desks, and pieces made by clicking."""

from collections.abc import Callable
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.model import Person, Role
from app.audit.queries import tree_head
from app.publishing.tables import PublicationRow
from app.storage.base import Base
from app.storage.rows import table_of
from app.web.context import WebContext
from tests.web.conftest import PASSWORD, token_of

PACK = """id: house
title: House
owner: ada@clinic.example
effective: "2026-01-01"
reviewed: "2026-01-01"
review_by: "2027-01-01"
why: Because.
"""
RULE = """id: no-cure
kind: existence
category: absolute-claim
severity: block
remedy: rewrite
message: Nobody can promise a cure.
citation: House rule 1
why: Because.
phrases:
  - cure~
examples:
  flag: [It cures acne.]
  pass: [Nothing here.]
"""
POLICIES = """policies:
  - id: everything
    why: Two people look at everything.
    when: {channel: [any]}
    roles: [medical, compliance]
    max_valid_days: 90
    sla_hours: 48
"""
SENDERS = b"""northgate:
  display_name: Northgate Clinics
  from_address: care@clinic.example
  reply_to: care@clinic.example
  organisation: Northgate Clinics
  postal_address: 12 River Road, Springfield, IL 62701, USA
"""
BODY = "# Getting ready\n\nHello {{ first_name }},\n\nPlease arrive ten minutes early. Bring your card.\n"


def source(
    body: str = BODY, key: str = "getting-ready", title: str = "Getting ready", subject: str = "Your visit"
) -> str:
    """A content file as somebody would paste it."""
    return (
        f"---\nid: {key}\ntitle: '{title}'\ntype: email\naudience: patients\nlead_type: patient\npurpose: education\n"
        "stage: information\nlocale: en-US\nowner: writer@clinic.example\nreview_every_days: 180\nsender: northgate\n"
        f"subject: '{subject}'\ncta:\n  label: Read more\n  url: https://clinic.example/ready\njurisdictions: [US]\n"
        f"fallbacks:\n  first_name: there\n---\n{body}"
    )


@dataclass
class Desk:
    """One person's browser. Forms carry the cross-site token, like those of the pages."""

    client: FlaskClient

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def post(self, address: str, **form: str) -> TestResponse:
        token = token_of(self.client.get("/").text)
        return self.client.post(address, data={"csrf_token": token, **form})


@dataclass
class Clinic:
    """Everybody's desks on one application, and what they have made."""

    context: WebContext
    enter: Callable[[Role], FlaskClient]
    staff: dict[Role, Person]

    def desk(self, role: Role) -> Desk:
        return Desk(self.enter(role))

    def log_size(self) -> int:
        with self.context.units.reading() as connection:
            return tree_head(connection).size

    def newest_id(self, row: type[Base]) -> str:
        """Id of the row that was added last; ids of tests count up."""
        table = table_of(row)
        with self.context.units.reading() as connection:
            return str(connection.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar_one())

    def write(self, body: str = BODY, **changes: str) -> str:
        """The writer saves a new piece; returns its id."""
        answer = self.desk(Role.WRITER).post("/content/new", source=source(body, **changes), act="save")
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].rsplit("/", 1)[1]

    def edit(self, item_id: str, body: str, parent: int = 1, **changes: str) -> None:
        """The writer saves a new version."""
        form = {"source": source(body, **changes), "parent": str(parent), "act": "save"}
        assert self.desk(Role.WRITER).post(f"/content/{item_id}/edit", **form).status_code == 303

    def submit(self, item_id: str, number: int = 1) -> str:
        """The writer submits it; returns the id of the review."""
        answer = self.desk(Role.WRITER).post(f"/content/{item_id}/v/{number}/submit", reason="All new.")
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].rsplit("/", 1)[1]

    def seen(self, role: Role, round_id: str) -> dict[str, str]:
        """The sign page as a form: what it showed, and the right password."""
        page = self.desk(role).get(f"/reviews/{round_id}/sign")
        assert page.status_code == 200, page.headers
        hidden = {
            name: page.text.split(f'name="{name}" value="')[1].split('"')[0] for name in ("root", "report", "meaning")
        }
        return {**hidden, "password": PASSWORD}

    def sign(self, role: Role, round_id: str) -> TestResponse:
        return self.desk(role).post(f"/reviews/{round_id}/sign", **self.seen(role, round_id))

    def approve(self, item_id: str, number: int = 1) -> str:
        """Submitted and signed by everybody asked; returns the id of the review."""
        round_id = self.submit(item_id, number)
        for role in (Role.MEDICAL, Role.COMPLIANCE):
            answer = self.sign(role, round_id)
            assert answer.status_code == 303, answer.text
        return round_id

    def publish(self, item_id: str, number: int = 1) -> str:
        """Live; returns the id of the publication."""
        round_id = self.approve(item_id, number)
        form = {"valid_from": "2026-03-02", "valid_until": "2026-05-01"}
        answer = self.desk(Role.COMPLIANCE).post(f"/reviews/{round_id}/publish", **form)
        assert answer.status_code == 303, answer.text
        return self.newest_id(PublicationRow)
