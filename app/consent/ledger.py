"""The fold: what a lead's ledger says at an instant. Pure; the same for any order and any duplication of events."""

from collections.abc import Iterable
from datetime import datetime

from app.consent.model import Act, ConsentChannel, ConsentEvent, ConsentState, Standing
from app.consent.policy import covers, ends_withdrawal, rank, sendable


def fold(
    events: Iterable[ConsentEvent], channel: ConsentChannel, purpose: str, at: datetime, seller: str = ""
) -> Standing:
    """The standing of one lead at ``at``. An event counts from the instant it was recorded; an agreement until ``expires_at``.

    Events take their place by (recorded_at, id), a withdrawal after agreements of the same instant. An agreement counts
    for its own seller; a withdrawal counts for every seller. Of several agreements that hold, the best proven one is shown.
    """
    agreed: list[ConsentEvent] = []
    withdrew: ConsentEvent | None = None
    for event in _in_order(events, at):
        if not covers(event.channel, event.purpose, channel, purpose):
            continue
        if event.act is Act.WITHDREW:
            agreed.clear()
            withdrew = event if withdrew is None else max(withdrew, event, key=lambda e: (e.occurred_at, e.id))
        elif (
            event.seller == seller
            and event.occurred_at <= at
            and (withdrew is None or ends_withdrawal(event, withdrew))
        ):
            agreed.append(event)
    return _standing(agreed, withdrew, channel, at)


def _in_order(events: Iterable[ConsentEvent], at: datetime) -> list[ConsentEvent]:
    known = {event.id: event for event in events if event.recorded_at <= at}
    return sorted(known.values(), key=lambda e: (e.recorded_at, e.act is Act.WITHDREW, e.id))


def _standing(
    agreed: list[ConsentEvent], withdrew: ConsentEvent | None, channel: ConsentChannel, at: datetime
) -> Standing:
    holding = [event for event in agreed if event.expires_at is None or at < event.expires_at]
    if holding:
        best = max(holding, key=lambda e: (rank(e.proof), e.recorded_at, e.id))
        return _resting_on(best, ConsentState.IN, best.occurred_at, channel)
    if agreed:
        last = max(agreed, key=lambda e: (e.expires_at or at, e.id))
        return _resting_on(last, ConsentState.EXPIRED, last.expires_at, channel)
    if withdrew is not None:
        return _resting_on(withdrew, ConsentState.OUT, withdrew.recorded_at, channel)
    return Standing(ConsentState.UNKNOWN, False, None, None, None, None)


def _resting_on(event: ConsentEvent, state: ConsentState, since: datetime | None, channel: ConsentChannel) -> Standing:
    proof = event.proof if event.act is Act.AGREED else None
    return Standing(state, sendable(channel, state, proof), event.id, since, proof, event.wording_version_id)
