"""The list of leads, and one lead: what she agreed to, on what wording, and what was sent against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.accounts.model import Actor, Permission
from app.consent.ledger import fold
from app.consent.model import ANY, Act, ConsentChannel, ConsentEvent, Lead, Proof, SourceKind, Standing, Suppression
from app.insights.consent_wordings import ConsentWording
from app.insights.event_words import who_text
from app.insights.send_log import SendLine
from app.insights.wording import speak
from app.sequences.model import Enrollment
from app.web import paths
from app.web.moments import day_text
from app.web.presenters.standing import place_of, reason_of, state_of
from app.web.view_models.forms import Choice, Errors
from app.web.view_models.people import ConsentCell, ConsentEntry, LeadPage, LeadRow, LeadsPage

CHANNEL_WORDS: Mapping[str, str] = {"email": "Email", "sms": "SMS", "call": "Call", ANY: "All channels"}
PROOFS: Mapping[Proof, str] = {
    Proof.ASSERTED: "only asserted",
    Proof.SINGLE: "single opt-in",
    Proof.DOUBLE: "double opt-in",
    Proof.SIGNED: "signed in writing",
}
SOURCES: Mapping[SourceKind, str] = {
    SourceKind.IMPORT: "import",
    SourceKind.STAFF: "written down by staff",
    SourceKind.PAPER: "signed sheet",
    SourceKind.FORM: "form",
    SourceKind.PREFERENCE_PAGE: "page of the mail",
    SourceKind.CONFIRMATION: "confirmation mail",
    SourceKind.ONE_CLICK: "one-click unsubscribe",
    SourceKind.REPLY: "reply",
    SourceKind.ERASURE: "erasure",
}
SUPPRESSED: Mapping[str, str] = {
    "opt_out": "she opted out",
    "bounce": "the address bounced",
    "complaint": "she reported a message as unwanted",
    "manual": "a colleague put it on the list",
}
CHOICES = (
    Choice("", "All channels"),
    Choice("email", "Email"),
    Choice("sms", "SMS"),
    Choice("call", "Call"),
)


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """All that the page of one lead is made of."""

    lead: Lead
    standings: tuple[tuple[ConsentChannel, str, Standing], ...]
    events: tuple[ConsentEvent, ...]
    suppressions: tuple[Suppression, ...]
    sends: tuple[SendLine, ...]
    enrollments: tuple[tuple[Enrollment, str], ...]
    wordings: Mapping[str, ConsentWording]
    usable: tuple[ConsentWording, ...]
    names: Mapping[str, str]


def name_of(lead: Lead) -> str:
    """Her name, or what there is instead of it."""
    if lead.personal is None:
        return "Erased record"
    return f"{lead.personal.first_name} {lead.personal.last_name}".strip() or f"Contact {lead.id}"


def address_of(lead: Lead) -> str:
    """Her e-mail address, or else her telephone number."""
    return "" if lead.personal is None else lead.personal.email or lead.personal.phone


def lead_row(
    lead: Lead,
    standings: Sequence[tuple[ConsentChannel, str, Standing]],
    suppressions: Sequence[Suppression],
    sequences: int,
) -> LeadRow:
    """One line of the list: a state per channel, no purpose, because a purpose may hint at health."""
    channels = [ConsentChannel.EMAIL] + ([ConsentChannel.SMS] if lead.phone_digest else [])
    consents = tuple((CHANNEL_WORDS[c.value], _channel_state(c, standings, suppressions)) for c in channels)
    return LeadRow(lead.id, name_of(lead), address_of(lead), consents, lead.created_at, sequences)


def _channel_state(
    channel: ConsentChannel,
    standings: Sequence[tuple[ConsentChannel, str, Standing]],
    suppressions: Sequence[Suppression],
) -> str:
    if any(s.channel in (ANY, channel.value) and s.purpose == ANY for s in suppressions):
        return "out"
    states = {standing.state.value for one, _, standing in standings if one is channel}
    return next((state for state in ("in", "out", "expired") if state in states), "unknown")


def leads_page(
    rows: Sequence[LeadRow], total: int, *, size: int, searched: bool = False, errors: Errors = ()
) -> LeadsPage:
    """One page of leads."""
    more = f"{paths.LEADS}?after={rows[-1].lead_id}" if len(rows) == size else ""
    return LeadsPage(tuple(rows), total, searched, more, errors)


def lead_page(
    record: LeadRecord,
    actor: Actor,
    now: datetime,
    zone: tzinfo,
    *,
    errors: Errors = (),
    typed: tuple[tuple[str, str], ...] = (),
) -> LeadPage:
    """One lead with the acts that the actor may do."""
    lead, manages = record.lead, actor.may(Permission.MANAGE_LEADS) and record.lead.erased_at is None
    return LeadPage(
        lead_id=lead.id,
        name=name_of(lead),
        address=address_of(lead) or ("Erased at her request" if lead.erased_at else "No address"),
        suppressed=_suppressed(record.suppressions, zone),
        cells=_cells(record),
        entries=_entries(record, now, zone),
        enrolled=tuple(
            (title, paths.sequence(e.sequence_id), place_of(e, now, zone)) for e, title in record.enrollments
        ),
        opt_out_href=paths.opt_out(lead.id) if actor.may(Permission.RECORD_OPT_OUT) else "",
        channels=CHOICES,
        errors=errors,
        agree_href=paths.agreements(lead.id) if manages else "",
        wordings=tuple(Choice(w.version_id, f"{w.title}, v{w.number}") for w in record.usable),
        typed=typed,
        erase_href=paths.erase(lead.id) if manages else "",
        erased_at=lead.erased_at,
        place=", ".join(part for part in (lead.timezone.replace("_", " "), lead.region) if part),
    )


def _suppressed(suppressions: Sequence[Suppression], zone: tzinfo) -> str:
    whole = [s for s in suppressions if s.channel == ANY and s.purpose == ANY]
    if not whole:
        return ""
    first = whole[0]
    return f"Nothing is sent to this person since {day_text(first.since, zone)}: {SUPPRESSED[first.reason.value]}."


def _cells(record: LeadRecord) -> tuple[ConsentCell, ...]:
    cells = []
    for channel, purpose, standing in record.standings:
        basis = PROOFS[standing.proof] if standing.proof and standing.state.value == "in" else ""
        stopped = next((s for s in record.suppressions if _covers(s, channel, purpose)), None)
        if stopped is not None:
            basis = f"suppressed: {SUPPRESSED[stopped.reason.value]}"
        elif standing.state.value == "unknown":
            basis = "never asked, so no"
        state = "out" if stopped is not None else standing.state.value
        since = stopped.since if stopped is not None else standing.since
        cells.append(ConsentCell(CHANNEL_WORDS[channel.value], purpose, state, since, basis))
    return tuple(cells)


def _covers(suppression: Suppression, channel: ConsentChannel, purpose: str) -> bool:
    return suppression.channel in (ANY, channel.value) and suppression.purpose in (ANY, purpose)


def _entries(record: LeadRecord, now: datetime, zone: tzinfo) -> tuple[ConsentEntry, ...]:
    entries = [_event(event, record) for event in record.events]
    entries += [_send(line, record, now, zone) for line in record.sends]
    entries += [_suppression(one) for one in record.suppressions if one.reason.value != "opt_out"]
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True))


def _event(event: ConsentEvent, record: LeadRecord) -> ConsentEntry:
    wording = record.wordings.get(event.wording_version_id or "")
    kind, detail = event.source_kind, event.source.partition(":")[2]
    source = SOURCES[kind] if kind else "unknown source"
    if kind is SourceKind.IMPORT:
        file, _, row = detail.partition(":")
        detail = f"row {row} of file {file[:8]}…" if row else detail
    agreed = event.act is Act.AGREED
    return ConsentEntry(
        kind="consent",
        at=event.occurred_at,
        state="in" if agreed else "out",
        act="Agreed" if agreed else "Opted out",
        scope=_scope(event.channel, event.purpose),
        source=f"{source}, {detail}" if detail else source,
        wording=wording.title if wording else "",
        wording_label=f"version {wording.number}, as she saw it" if wording else "",
        wording_href=paths.version(wording.item_id, wording.number) if wording else "",
        actor="herself" if event.actor == "recipient" else who_text(event.actor, record.names),
        recorded_at=event.recorded_at if event.recorded_at != event.occurred_at else None,
    )


def _send(line: SendLine, record: LeadRecord, now: datetime, zone: tzinfo) -> ConsentEntry:
    standing = fold(record.events, ConsentChannel(line.channel), line.topic, line.state_since)
    since = f" since {day_text(standing.since, zone)}" if standing.since else ""
    reason = reason_of(line)
    consent = f"consent then: {standing.state.value}{since}"
    return ConsentEntry(
        kind="send",
        at=line.state_since,
        state=state_of(line, now, zone)[0],
        act=f"{line.title} v{line.version}",
        scope=_scope(line.channel, line.topic),
        source=f"{reason} · {consent}" if reason else consent,
        why_href=paths.why(line.message_id),
    )


def _suppression(one: Suppression) -> ConsentEntry:
    sentence = speak(f"suppressed_{one.reason.value}").sentence
    return ConsentEntry("suppression", one.since, "out", "Suppressed", _scope(one.channel, one.purpose), sentence)


def _scope(channel: str, purpose: str) -> str:
    return f"{CHANNEL_WORDS.get(channel, channel)}, {'every purpose' if purpose == ANY else purpose}"
