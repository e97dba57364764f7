"""Import files, good and hostile."""

from pathlib import Path

import pytest

from app.consent.commands import LeadEntry, RowError
from app.consent.csv_file import MAX_BYTES, LeadFile
from app.consent.model import ConsentChannel
from app.kernel.errors import BadInput

HEAD = b"email,lead_type,consent_email,consent_purpose,consent_date\n"
DEMO = Path(__file__).parents[2] / "content" / "leads" / "demo.csv"


def _only_error(row: bytes, head: bytes = HEAD) -> RowError:
    (found,) = LeadFile(head + row, "leads.csv")
    assert isinstance(found, RowError)
    return found


def test_a_good_row_becomes_an_entry() -> None:
    (entry,) = LeadFile(HEAD + b"Rita@EXAMPLE.org,patient,YES,education,2026-01-02\n", "leads.csv")
    assert isinstance(entry, LeadEntry)
    assert (entry.row, entry.lead.email, entry.consents) == (2, "rita@example.org", {ConsentChannel.EMAIL: True})


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (b"rita,patient,,,\n", "email"),
        (b",patient,,,\n", "email"),
        (b"rita@example.org,,,,\n", "lead_type"),
        (b"rita@example.org,Patient!,,,\n", "lead_type"),
        (b"rita@example.org,patient,perhaps,,\n", "consent_email"),
        (b"rita@example.org,patient,yes,,2026-01-02\n", "consent_purpose"),
        (b"rita@example.org,patient,yes,education,\n", "consent_date"),
        (b"rita@example.org,patient,yes,education,02/01/26\n", "consent_date"),
        (b"rita@example.org,patient\n", ""),
        (b"rita@example.org,patient,," + b"x" * 70_000 + b",\n", "consent_purpose"),
    ],
)
def test_a_bad_row_names_its_row_and_column(row: bytes, column: str) -> None:
    error = _only_error(row)
    assert (error.row, error.column) == (2, column)
    assert "rita" not in error.message


def test_a_header_injection_in_a_name_is_a_row_error() -> None:
    head = b"email,lead_type,first_name\n"
    error = _only_error(b'rita@example.org,patient,"Rita\r\nBcc: all@example.org"\n', head)
    assert error.column == "first_name"


def test_a_formula_is_data() -> None:
    (entry,) = LeadFile(b"email,lead_type,first_name\nr@example.org,patient,=HYPERLINK(1)\n", "leads.csv")
    assert isinstance(entry, LeadEntry)
    assert entry.lead.first_name == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"email,Email,lead_type\n", "two columns called ‘email’"),
        (b"name\n", "needs a column ‘lead_type’"),
        (b"", "needs a column"),
        (b"email;lead_type\n", "semicolons"),
        (b"\xff\xfee\x00", "CSV UTF-8"),
        (b"email,lead_type\n\x00", "CSV UTF-8"),
        (b",".join(b"c%d" % n for n in range(201)) + b"\n", "200 is the most"),
        (b"x" * (MAX_BYTES + 1), "50 MB"),
        (b"email\xff,lead_type\n", "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        LeadFile(data, "leads.csv")


def test_a_quote_that_is_never_closed_is_found() -> None:
    with pytest.raises(BadInput, match="not closed"):
        list(LeadFile(HEAD + b'"rita@example.org,patient\n' * 3, "leads.csv"))


def test_columns_nobody_knows_are_named_and_left_out() -> None:
    assert LeadFile(b"email,lead_type,notes\n", "leads.csv").ignored == ("notes",)


def test_the_demo_leads_are_all_good() -> None:
    found = list(LeadFile(DEMO.read_bytes(), "demo.csv", ("location_name", "preferred_time")))
    assert len([e for e in found if isinstance(e, LeadEntry)]) == len(found) == 40
