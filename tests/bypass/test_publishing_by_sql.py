"""Somebody with a database password tries to publish what was not approved. The database refuses each attempt."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.accounts.model import Actor
from app.kernel.clock import iso
from app.publishing.operations import Publish, Quarantine, Recall, publish, quarantine, recall
from app.review.model import Round
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.builders.review import make_approved_round, make_publication, make_round
from tests.bypass.test_review_by_sql import allowed, refused
from tests.fakes import CountingIds

pytestmark = pytest.mark.usefixtures("people")
DAY = timedelta(days=1)
PUBLISH = (
    "INSERT INTO publications (id, item_id, version_id, closure_root, round_id, outcome, channel, valid_from, valid_until, "
    "review_by, owner_id, published_by, published_at) VALUES ('forged', :item, :version, :root, :round, :outcome, :channel, "
    ":start, :until, :review, 'max', :by, :at)"
)
HEAD = (
    "INSERT INTO publication_heads (publication_id, item_id, channel, state, since, reason, changed_by) "
    "VALUES (:id, :item, :channel, :state, :at, '', 'max')"
)


def values(round_: Round, now: datetime, **changes: str) -> dict[str, str]:
    return {
        "item": round_.item_id,
        "version": round_.version_id,
        "root": round_.closure_root,
        "round": round_.id,
        "outcome": "approved",
        "channel": "email",
        "start": iso(now),
        "until": iso(now + 90 * DAY),
        "review": iso(now + 30 * DAY),
        "by": "max",
        "at": iso(now),
        **changes,
    }


def test_an_open_round_is_not_published_whatever_the_row_claims(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        refused(uow.connection, PUBLISH, "(?i)foreign key", **values(round_, now))
        refused(uow.connection, PUBLISH, "(?i)check|approved", **values(round_, now, outcome="open"))


def test_a_publication_is_of_its_round_its_bytes_its_item_and_its_channel(
    units: Units, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        db = uow.connection
        other = make_approved_round(uow, make_version(uow, "other", now=now, ids=ids), now=now, ids=ids)
        round_ = make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        allowed(db, PUBLISH, **values(round_, now))
        refused(db, PUBLISH, "(?i)foreign key", **values(round_, now, root="0" * 64))
        refused(db, PUBLISH, "(?i)foreign key", **values(round_, now, version=other.version_id))
        refused(db, PUBLISH, "(?i)foreign key", **values(round_, now, item=other.item_id))
        refused(db, PUBLISH, "channel", **values(round_, now, channel="sms"))


def test_a_window_is_sane(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        db = uow.connection
        round_ = make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        for changes in (
            {"until": iso(now)},
            {"until": iso(now - DAY), "start": iso(now - 2 * DAY)},
            {"start": iso(now - DAY)},
            {"review": iso(now + 91 * DAY)},
            {"review": iso(now)},
        ):
            refused(db, PUBLISH, "(?i)window", **values(round_, now, **changes))
        before = now - DAY
        early = values(round_, before, until=iso(now + DAY), review=iso(now))
        refused(db, PUBLISH, "before it was approved", **early)


def test_a_deactivated_account_publishes_nothing(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        uow.connection.execute(text("UPDATE people SET state = 'deactivated' WHERE id = 'max'"))
        refused(uow.connection, PUBLISH, "deactivated", **values(round_, now))


def test_a_round_is_published_once_and_publications_are_not_edited(
    units: Units, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        db = uow.connection
        round_ = make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        db.execute(text(PUBLISH), values(round_, now))
        refused(db, PUBLISH.replace("'forged'", "'again'"), "(?i)unique", **values(round_, now))
        refused(db, "UPDATE publications SET valid_until = '2099-01-01T00:00:00.000000Z'", "append-only")
        refused(db, "DELETE FROM publications", "append-only")


def test_what_was_published_cannot_lose_its_approval(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        made = make_publication(uow, now=now, ids=ids)
        for state in ("open", "declined"):
            change = "UPDATE review_rounds SET state = :state WHERE id = :id"
            refused(uow.connection, change, "transition table", state=state, id=made.round_id)


def test_a_head_starts_live_for_its_own_publication_once(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        db = uow.connection
        round_ = make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        db.execute(text(PUBLISH), values(round_, now))
        head = {"id": "forged", "item": round_.item_id, "channel": "email", "state": "live", "at": iso(now)}
        allowed(db, HEAD, **head)
        for state in ("superseded", "expired", "recalled", "quarantined"):
            refused(db, HEAD, "starts live", **{**head, "state": state})
        refused(db, HEAD, "(?i)foreign key", **{**head, "id": "nothing"})
        refused(db, HEAD, "(?i)foreign key", **{**head, "channel": "sms"})
        db.execute(text(HEAD), head)
        refused(db, HEAD, "(?i)unique", **head)


def test_a_recall_cannot_be_undone(units: Units, cora: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        made = make_publication(uow, now=now, ids=ids)
        recall(uow, Recall(made.id, "The dose is wrong."), actor=cora, now=now)
        for state in ("live", "expired", "superseded", "quarantined"):
            change = "UPDATE publication_heads SET state = :state"
            refused(uow.connection, change, "transition table", state=state)
        refused(uow.connection, "DELETE FROM publication_heads", "never deleted")


def test_a_head_keeps_its_publication_and_only_one_is_live(
    units: Units, max_: Actor, cora: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        db = uow.connection
        first = make_publication(uow, now=now, ids=ids)
        quarantine(uow, Quarantine(first.id, "A new rule."), actor=cora, now=now)
        version = make_version(uow, now=now, ids=ids, subject="Another subject")
        round_ = make_approved_round(uow, version, now=now, ids=ids)
        publish(uow, Publish(round_.id, now, now + DAY), actor=max_, now=now, ids=ids)
        live = "UPDATE publication_heads SET state = 'live' WHERE publication_id = :id"
        refused(db, live, "(?i)unique", id=first.id)
        refused(
            db, "UPDATE publication_heads SET publication_id = 'x' WHERE state = 'live'", "belongs to one publication"
        )
        refused(db, "UPDATE publication_heads SET channel = 'sms' WHERE state = 'live'", "belongs to one publication")
