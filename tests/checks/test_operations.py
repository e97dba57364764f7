"""Reports kept beside the version they are about."""

from datetime import datetime

from app.accounts.model import Actor
from app.checks.linting import active_packs, check_source
from app.checks.model import CheckContext
from app.checks.operations import record_report
from app.checks.queries import report_of_version, reports_of_version
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.fakes import CountingIds


def test_a_report_is_stored_once_and_found_again(units: Units, ada: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        report = check_source(version.source.decode(), CheckContext(), active_packs())
        first = record_report(uow, version, report, actor=ada, now=now, ids=ids)
        again = record_report(uow, version, report, actor=ada, now=now, ids=ids)
        uow.commit()
    assert first.id == again.id
    with units.reading() as connection:
        kept = report_of_version(connection, version.id)
        assert kept is not None
        assert [one.id for one in reports_of_version(connection, version.id)] == [first.id]
    assert (kept.digest, kept.blocks, kept.report) == (report.digest, report.blocks, report.as_json())


def test_a_version_without_a_report_says_so(units: Units, ada: Actor) -> None:
    with units.reading() as connection:
        assert report_of_version(connection, "nowhere") is None
