"""Publication with people and a database."""

from datetime import datetime, timedelta

import pytest

from app.accounts.model import Actor, Role
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.publishing import queries, store
from app.publishing.model import RECALL_ACT, Publication, PublicationState, Recalled, VersionState
from app.publishing.operations import (
    Publish,
    Quarantine,
    Recall,
    Release,
    expire_due,
    publish,
    quarantine,
    recall,
    release,
)
from app.storage.unit_of_work import UnitOfWork, Units
from tests.builders.content import make_version
from tests.builders.review import confirm, make_approved_round, make_publication, make_round
from tests.fakes import CountingIds

DAY = timedelta(days=1)
REASON = "The dose is wrong."
pytestmark = pytest.mark.usefixtures("people")


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


def state(uow: UnitOfWork, publication: Publication) -> PublicationState:
    found = queries.publication(uow.connection, publication.id)
    assert found is not None
    return found.state


def test_max_publishes_what_was_signed(units: Units, max_: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        made = publish(uow, Publish(round_.id, now, now + 90 * DAY), actor=max_, now=now, ids=ids)
        uow.commit()
    assert isinstance(made, Publication)
    assert (made.closure_root, made.owner_id, made.published_by) == (round_.closure_root, "max", "max")
    with units.reading() as connection:
        assert queries.live_publication(connection, made.item_id, "email") == made
        assert queries.publications_of(connection, made.item_id) == (made,)
        status = queries.status_of_version(connection, made.item_id, made.version_id, now)
    assert (status.state, status.until) == (VersionState.APPROVED, made.valid_until)


def test_what_keeps_a_round_from_being_published(
    units: Units, ada: Actor, mara: Actor, max_: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        open_ = make_round(uow, version, now=now, ids=ids)
        command = Publish(open_.id, now, now + DAY)
        for actor in (ada, mara):
            assert code(publish(uow, command, actor=actor, now=now, ids=ids)) == "not_permitted"
        assert code(publish(uow, command, actor=max_, now=now, ids=ids)) == "round_not_approved"
        with pytest.raises(NotFound):
            publish(uow, Publish("nowhere", now, now + DAY), actor=max_, now=now, ids=ids)
        other = make_version(uow, "another", now=now, ids=ids)
        approved = make_approved_round(uow, other, now=now, ids=ids, max_valid_days=90)
        long = Publish(approved.id, now, now + 91 * DAY)
        assert code(publish(uow, long, actor=max_, now=now, ids=ids)) == "window_too_long"
        right = Publish(approved.id, now, now + 90 * DAY)
        assert isinstance(publish(uow, right, actor=max_, now=now, ids=ids), Publication)
        assert code(publish(uow, right, actor=max_, now=now, ids=ids)) == "already_published"


def test_a_newer_publication_supersedes(units: Units, max_: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        first = make_publication(uow, now=now, ids=ids)
        version = make_version(uow, now=now, ids=ids, subject="Another subject")
        second = make_publication(uow, version, now=now, ids=ids)
        uow.commit()
        assert state(uow, first) is PublicationState.SUPERSEDED
        live = queries.live_publication(uow.connection, first.item_id, "email")
        assert live is not None
        assert live.id == second.id


def test_a_later_start_does_not_silence_what_is_live(
    units: Units, max_: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        first = make_publication(uow, now=now, ids=ids)
        version = make_version(uow, now=now, ids=ids, subject="Another subject")
        round_ = make_approved_round(uow, version, now=now, ids=ids)
        later = Publish(round_.id, now + DAY, now + 90 * DAY)
        assert code(publish(uow, later, actor=max_, now=now, ids=ids)) == "would_interrupt"
        assert state(uow, first) is PublicationState.LIVE


def test_cora_recalls_with_a_reason_and_her_password(
    units: Units, ada: Actor, cora: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        made = make_publication(uow, now=now, ids=ids)
        assert code(recall(uow, Recall(made.id, REASON), actor=ada, now=now)) == "not_permitted"
        assert code(recall(uow, Recall(made.id, "wrong"), actor=cora, now=now)) == "reason_too_short"
        sign_only = confirm(uow, cora, made.closure_root, "compliance_approval", now=now, ids=ids)
        assert code(recall(uow, Recall(made.id, REASON, sign_only), actor=cora, now=now)) == "step_up_other"
        step_up = confirm(uow, cora, made.closure_root, RECALL_ACT, act=RECALL_ACT, now=now, ids=ids)
        outcome = recall(uow, Recall(made.id, REASON, step_up), actor=cora, now=now)
        uow.commit()
    assert isinstance(outcome, Recalled)
    assert (outcome.held_messages, outcome.released_before) == (0, 0)
    assert (outcome.publication.state, outcome.publication.reason) == (PublicationState.RECALLED, REASON)
    with units() as uow:
        assert code(recall(uow, Recall(made.id, REASON), actor=cora, now=now)) == "publication_not_allowed"
        with pytest.raises(NotFound):
            recall(uow, Recall("nowhere", REASON), actor=cora, now=now)


def test_recalled_bytes_need_a_fresh_look(
    units: Units, max_: Actor, cora: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        made = make_publication(uow, now=now, ids=ids)
        version = make_version(uow, now=now, ids=ids, subject="Another subject")
        original = make_approved_round(uow, version, now=now, ids=ids)
        first = publish(uow, Publish(original.id, now, now + DAY), actor=max_, now=now, ids=ids)
        assert isinstance(first, Publication)
        renewed = make_approved_round(uow, version, now=now, ids=ids)
        assert isinstance(recall(uow, Recall(first.id, REASON), actor=cora, now=now), Recalled)
        command = Publish(renewed.id, now, now + DAY)
        assert code(publish(uow, command, actor=max_, now=now, ids=ids)) == "recalled_since_approval"
        later = now + timedelta(hours=1)
        fresh = make_approved_round(uow, version, now=later, ids=ids)
        again = Publish(fresh.id, later, later + DAY)
        assert isinstance(publish(uow, again, actor=max_, now=later, ids=ids), Publication)
        assert state(uow, made) is PublicationState.SUPERSEDED


def test_windows_that_are_over_are_written_down_once(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        made = [
            make_publication(uow, make_version(uow, f"piece-{n}", now=now, ids=ids), now=now, ids=ids)
            for n in (1, 2, 3)
        ]
        uow.commit()
    until = made[0].valid_until
    with units() as uow:
        assert expire_due(uow, now=until - timedelta(microseconds=1), limit=10) == 0
        assert expire_due(uow, now=until, limit=2) == 2
        uow.commit()
        assert expire_due(uow, now=until, limit=10) == 1
        uow.commit()
        assert expire_due(uow, now=until, limit=10) == 0
        assert {state(uow, p) for p in made} == {PublicationState.EXPIRED}


def test_a_quarantine_stops_and_can_be_lifted(
    units: Units, ada: Actor, cora: Actor, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        made = make_publication(uow, now=now, ids=ids)
        assert code(quarantine(uow, Quarantine(made.id, "x"), actor=ada, now=now)) == "not_permitted"
        assert code(quarantine(uow, Quarantine(made.id, " "), actor=mara, now=now)) == "reason_missing"
        assert isinstance(quarantine(uow, Quarantine(made.id, "A new rule."), actor=mara, now=now), Recalled)
        assert queries.live_publication(uow.connection, made.item_id, "email") is None
        assert code(release(uow, Release(made.id, "Looked at."), actor=mara, now=now)) == "not_permitted"
        assert code(release(uow, Release(made.id, ""), actor=cora, now=now)) == "reason_missing"
        assert isinstance(release(uow, Release(made.id, "Looked at."), actor=cora, now=now), Publication)
        uow.commit()


def test_what_expires_soon_is_listed(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        late = make_publication(uow, make_version(uow, "late", now=now, ids=ids), now=now, ids=ids, days=80)
        soon = make_publication(uow, make_version(uow, "soon", now=now, ids=ids), now=now, ids=ids, days=10)
        make_publication(uow, make_version(uow, "far", now=now, ids=ids), now=now, ids=ids, days=300)
        found = queries.expiring(uow.connection, now, now + 90 * DAY)
    assert [p.id for p in found] == [soon.id, late.id]


def test_one_signature_is_enough_where_the_policy_says_so(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        made = make_publication(uow, now=now, ids=ids, roles=[Role.COMPLIANCE])
        assert store.lock_head(uow, made.id) == made
        assert store.lock_head_shared(uow, made.id) == made
        with pytest.raises(NotFound):
            store.lock_head(uow, "nowhere")
