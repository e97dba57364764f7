"""The send log: outcomes first, the reason as text."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from app.accounts.model import Actor, Permission
from app.authoring.model import Channel
from app.insights.event_words import reason_text
from app.insights.labels import CHANNELS
from app.insights.send_log import SendLine
from app.kernel.clock import iso
from app.outbox.model import Accounting, MessageState
from app.web import paths
from app.web.moments import grouped
from app.web.presenters.standing import reason_of, state_of
from app.web.view_models.content import SavedView
from app.web.view_models.sending import SendRow, SendsPage

S = MessageState
VIEWS: Mapping[str, tuple[str, tuple[MessageState, ...]]] = {
    "": ("All", ()),
    "accepted": ("Accepted", (S.ACCEPTED,)),
    "refused": ("Refused", (S.REFUSED,)),
    "held": ("Held", (S.HELD,)),
    "unknown": ("Unknown outcome", (S.UNKNOWN,)),
    "rejected": ("Rejected", (S.REJECTED,)),
    "pending": ("Pending", (S.PLANNED, S.CLAIMED, S.RELEASED)),
}
"""Saved views: their word in the address, their label, and the states they show."""


def sends_page(
    lines: Sequence[SendLine],
    sums: Accounting,
    stopped: Mapping[str, int],
    actor: Actor,
    now: datetime,
    zone: tzinfo,
    *,
    chosen: str,
    reason: str,
    size: int,
) -> SendsPage:
    """A page of the log. ``stopped`` counts what is held and refused by reason; ``chosen`` and ``reason`` filter."""
    counts = _counts(sums)
    total = stopped.get(reason, 0) if reason else counts[chosen]
    more = len(lines) == size and len(lines) < total
    last = f"&before={iso(lines[-1].state_since)}" if more else ""
    return SendsPage(
        views=tuple(
            SavedView(
                label,
                f"{paths.SENDS}?outcome={word}" if word else paths.SENDS,
                counts[word],
                word == chosen and not reason,
            )
            for word, (label, _) in VIEWS.items()
        ),
        sentence=_sentence(sums),
        rows=tuple(_row(line, actor, now, zone) for line in lines),
        total=total,
        more_href=f"{paths.SENDS}?outcome={chosen}&reason={reason}{last}" if more else "",
        reason_filter=_plain(reason) if reason else "",
        all_href=paths.SENDS,
        reasons=tuple((_plain(code), f"{paths.SENDS}?reason={code}", count) for code, count in stopped.items() if code),
    )


def _plain(code: str) -> str:
    """The words for a reason where no facts are at hand."""
    text = reason_text(code)
    return text[:1].upper() + text[1:]


def _counts(sums: Accounting) -> dict[str, int]:
    return {
        "": sums.planned,
        "accepted": sums.accepted,
        "refused": sums.refused,
        "held": sums.held,
        "unknown": sums.unknown,
        "rejected": sums.rejected,
        "pending": sums.pending,
    }


def _sentence(sums: Accounting) -> str:
    if not sums.planned:
        return "Nothing was planned yet."
    parts = [
        (sums.accepted, "accepted"),
        (sums.rejected, "rejected"),
        (sums.refused, "refused"),
        (sums.held, "held"),
        (sums.unknown, "unknown"),
        (sums.pending, "pending"),
    ]
    return f"{grouped(sums.planned)} planned: {', '.join(f'{grouped(count)} {word}' for count, word in parts)}."


def _row(line: SendLine, actor: Actor, now: datetime, zone: tzinfo) -> SendRow:
    state, detail = state_of(line, now, zone)
    return SendRow(
        message_id=line.message_id,
        status=state,
        what=f"{line.title} v{line.version}",
        lead_id=line.lead_id,
        channel=CHANNELS[Channel(line.channel)],
        due_at=line.due_at,
        settled_at=line.state_since,
        why=reason_of(line),
        other_reasons=len(line.other_reasons),
        detail=detail,
        lead_href=paths.lead(line.lead_id) if actor.may(Permission.READ_LEADS) else "",
    )
