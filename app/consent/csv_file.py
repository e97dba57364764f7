"""Read a CSV of leads, streaming and within bounds. Pure: bytes in, entries and row errors out.

Formula cells are data like any other. A row with an error is left out and reported; the rest of the file stands.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import available_timezones

from app.consent.addresses import normalise_email, normalise_phone
from app.consent.commands import AddLead, LeadEntry, RowError
from app.consent.details import code, plain_text, region
from app.consent.model import ConsentChannel
from app.kernel.digest import sha256
from app.kernel.errors import BadInput

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 500_000
MAX_COLUMNS = 200
MAX_CELL_BYTES = 64 * 1024

CONSENT_COLUMNS = {f"consent_{channel.value}": channel for channel in ConsentChannel}
COLUMNS = (
    "email", "phone", "first_name", "last_name", "lead_type", "timezone", "region", "locale", "source",
    *CONSENT_COLUMNS, "consent_purpose", "consent_date",
)  # fmt: skip
_YES_NO = {"yes": True, "no": False}


class _BadCell(Exception):
    """A cell that cannot be used."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


class LeadFile:
    """An import file: its header is checked at once, its rows as they are read. Reading twice gives the same.

    ``ignored`` are columns that nothing here knows; they are named to the person who imports and not stored.
    """

    def __init__(self, data: bytes, source: str, fields: Sequence[str] = ()) -> None:
        """Raises ``BadInput`` when the file as a whole cannot be used. ``fields`` are the merge fields a column may fill."""
        _check_bytes(data, source)
        self._data = data
        self._source = source
        self._zones = available_timezones()
        self._fields = tuple(name for name in fields if name not in COLUMNS)
        self.digest = sha256(data)
        self.columns = self._header()
        known = {*COLUMNS, *self._fields}
        self.ignored = tuple(name for name in self.columns if name not in known)

    def __iter__(self) -> Iterator[LeadEntry | RowError]:
        """Entries and errors in the order of the file. Raises ``BadInput`` where the file stops being CSV."""
        for row, cells in self._rows():
            if row == 1 or not any(cell.strip() for cell in cells):
                continue
            if row - 1 > MAX_ROWS:
                message = f"has more than {MAX_ROWS:,} rows. Split the file and import the parts one after another."
                raise BadInput(message, source=self._source)
            try:
                yield self._entry(row, cells)
            except _BadCell as bad:
                yield RowError(row, bad.column, bad.message)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        text = io.TextIOWrapper(io.BytesIO(self._data), encoding="utf-8-sig", newline="")
        reader = csv.reader(text, strict=True)
        try:
            yield from enumerate(reader, start=1)
        except csv.Error as error:
            message = f"stops being a CSV file here ({error}). Look for a quotation mark that is not closed."
            raise BadInput(message, source=self._source, line=reader.line_num) from None
        except UnicodeDecodeError:
            message = "is not UTF-8 here. Save the file as “CSV UTF-8” and import it again."
            raise BadInput(message, source=self._source, line=reader.line_num + 1) from None

    def _header(self) -> tuple[str, ...]:
        first = next(self._rows(), None)
        names = [] if first is None else [cell.strip().lower() for cell in first[1]]
        if len(names) > MAX_COLUMNS:
            raise self._refused(f"has {len(names):,} columns; {MAX_COLUMNS} is the most. Remove those you do not need.")
        if len(names) == 1 and ";" in names[0]:
            raise self._refused("separates its columns by semicolons. Save it with commas and import it again.")
        twice = next((name for name in names if name and names.count(name) > 1), None)
        if twice is not None:
            message = f"Your file has two columns called ‘{twice}’. Rename or remove one of them and import it again."
            raise self._refused(message)
        if "lead_type" not in names or not {"email", "phone"} & set(names):
            raise self._refused(
                "Your file needs a column ‘lead_type’ and a column ‘email’ or ‘phone’ in its first row."
            )
        return tuple(names)

    def _refused(self, message: str) -> BadInput:
        return BadInput(message, source=self._source, line=1)

    def _entry(self, row: int, cells: list[str]) -> LeadEntry:
        if len(cells) != len(self.columns):
            raise _BadCell(
                "", f"has {len(cells)} cells where the header has {len(self.columns)}. Check its commas and quotes."
            )
        values = dict(zip(self.columns, (cell.strip() for cell in cells), strict=True))
        for name, value in values.items():
            if len(value.encode("utf-8")) > MAX_CELL_BYTES:
                raise _BadCell(name, "holds more than 64 kB. Shorten it or leave the column out.")
        consents, purpose, day = _consents(values)
        return LeadEntry(row, self._lead(values), consents, purpose, day)

    def _lead(self, values: Mapping[str, str]) -> AddLead:
        def cell(name: str, read: Callable[[str], str] = plain_text) -> str:
            text = values.get(name, "")
            try:
                return read(text) if text else ""
            except BadInput as bad:
                raise _BadCell(name, bad.message) from None

        if not values.get("email") and not values.get("phone"):
            raise _BadCell("email", "is empty, and there is no telephone number either. Give one of them.")
        if not values.get("lead_type"):
            raise _BadCell("lead_type", "is empty. Say what kind of lead this is, for example ‘patient’.")
        zone = values.get("timezone", "")
        if zone and zone not in self._zones:
            raise _BadCell("timezone", "is not a time zone. Write it like America/Chicago, or leave it empty.")
        return AddLead(
            lead_type=cell("lead_type", code),
            email=cell("email", normalise_email),
            phone=cell("phone", normalise_phone),
            first_name=cell("first_name"),
            last_name=cell("last_name"),
            fields={name: cell(name) for name in self._fields if values.get(name)},
            timezone=zone,
            region=cell("region", region),
            locale=cell("locale") or "en-US",
            source=cell("source"),
        )


def _check_bytes(data: bytes, source: str) -> None:
    if len(data) > MAX_BYTES:
        raise BadInput("is larger than 50 MB. Split it and import the parts one after another.", source=source)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
        raise BadInput("is not plain UTF-8 text. Save it as “CSV UTF-8” and import it again.", source=source)


def _consents(values: Mapping[str, str]) -> tuple[dict[ConsentChannel, bool], str, date | None]:
    said = {}
    for column, channel in CONSENT_COLUMNS.items():
        text = values.get(column, "").lower()
        if text and text not in _YES_NO:
            raise _BadCell(column, "is neither yes, no nor empty. Write one of them.")
        if text:
            said[channel] = _YES_NO[text]
    purpose = values.get("consent_purpose", "")
    try:
        purpose = code(purpose) if purpose else ""
    except BadInput as bad:
        raise _BadCell("consent_purpose", bad.message) from None
    day: date | None = None
    if text := values.get("consent_date", ""):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise _BadCell("consent_date", "is not a date. Write it like 2026-03-14.") from None
    if any(said.values()) and not purpose:
        raise _BadCell("consent_purpose", "is empty beside a yes. Say what was agreed to, for example ‘education’.")
    if any(said.values()) and day is None:
        raise _BadCell("consent_date", "is empty beside a yes. Say when it was given, like 2026-03-14.")
    return said, purpose, day
