"""The list of sequences, and one sequence: what each step would send, until when, and who is before it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from app.accounts.model import Actor, Permission
from app.insights.labels import CHANNELS
from app.insights.sequence_flow import Flow, StepFlow
from app.outbox.model import MessageState, Pin
from app.publishing.model import PublicationState, VersionState
from app.sequences.model import Enrollment, EnrollmentState, SequenceState, Step, Window
from app.web import paths
from app.web.moments import day_text, distance, plural
from app.web.presenters.standing import place_of
from app.web.view_models.content import Fact
from app.web.view_models.forms import Errors
from app.web.view_models.sending import (
    InSequence,
    SequenceAct,
    SequencePage,
    SequenceRow,
    SequencesPage,
    StepView,
    VersionLink,
)

_STOPS = frozenset({VersionState.EXPIRED, VersionState.RECALLED, VersionState.QUARANTINED, VersionState.SUPERSEDED})
_GOOD = frozenset({VersionState.APPROVED, VersionState.EXPIRING, VersionState.SCHEDULED})
_WEEK, _WORKDAYS = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ACTS: Mapping[SequenceState, tuple[tuple[str, str, str], ...]] = {
    SequenceState.DRAFT: (("activate", "Activate", "button-main"),),
    SequenceState.ACTIVE: (("pause", "Pause", ""), ("retire", "Retire", "button-stop")),
    SequenceState.PAUSED: (("resume", "Resume", "button-main"), ("retire", "Retire", "button-stop")),
    SequenceState.RETIRED: (),
}


def sequences_page(flows: Sequence[Flow], now: datetime, zone: tzinfo) -> SequencesPage:
    """Every sequence with the first approval to end and who is at risk."""
    return SequencesPage(tuple(_row(flow, now, zone) for flow in flows))


def _row(flow: Flow, now: datetime, zone: tzinfo) -> SequenceRow:
    ends = [s.status.until for s in flow.steps if s.status.state in _GOOD and s.status.until]
    return SequenceRow(
        sequence_id=flow.sequence_id,
        name=flow.title,
        version=flow.version.number,
        status=flow.version.state.value,
        steps=len(flow.steps),
        people=flow.people,
        next_expiry=min(ends, default=None),
        at_risk=next(iter(risks(flow, now, zone)), ""),
    )


def sequence_page(
    flow: Flow,
    people: Sequence[Enrollment],
    names: Mapping[str, str],
    actor: Actor,
    now: datetime,
    zone: tzinfo,
    *,
    as_list: bool = False,
    errors: Errors = (),
    typed: str = "",
) -> SequencePage:
    """One version of a sequence with the acts that the actor may do."""
    here = f"{paths.sequence(flow.sequence_id)}?v={flow.version.number}"
    runs = actor.may(Permission.RUN_SEQUENCES)
    live = flow.version.state is SequenceState.ACTIVE
    steps = tuple(_step(one, day, now, zone) for one, day in zip(flow.steps, _days(flow), strict=True))
    return SequencePage(
        sequence_id=flow.sequence_id,
        name=flow.title,
        version=flow.version.number,
        status=flow.version.state.value,
        people=flow.people,
        health=" ".join(f"{risk}." for risk in risks(flow, now, zone)),
        steps=steps,
        facts=_facts(flow, names, zone),
        people_rows=tuple(_person(one, flow, actor, now, zone) for one in people),
        versions=tuple(_version(flow, v.number, v.state.value) for v in flow.versions)
        if len(flow.versions) > 1
        else (),
        acts=_acts(flow) if runs else (),
        enroll_href=paths.enroll(flow.sequence_id) if runs and live else "",
        as_list=as_list,
        flow_href=here,
        list_href=f"{here}&as=list",
        errors=errors,
        typed=typed,
    )


def risks(flow: Flow, now: datetime, zone: tzinfo) -> list[str]:
    """What will stop people if nothing changes, gravest first, without full stops."""
    found: list[str] = []
    before = 0
    for step in flow.steps:
        before += step.here
        sentence = _risk(step, before, zone)
        if sentence and flow.version.state is not SequenceState.RETIRED:
            found.append(sentence)
    return found


def _risk(step: StepFlow, before: int, zone: tzinfo) -> str:
    number, state, until = step.step.number, step.status.state, step.status.until
    people = f", and {plural(before, 'person has', 'people have')} not passed it" if before else ""
    if state is VersionState.EXPIRED:
        ended = f" on {day_text(until, zone)}" if until else ""
        return f"Step {number} sends nothing: its approval ended{ended}{people}"
    if state in _STOPS:
        return f"Step {number} sends nothing: its version was {state.value}{people}"
    if state is VersionState.EXPIRING and until and before:
        return f"Step {number} stops on {day_text(until, zone)}, when its approval ends{people}"
    if state not in _GOOD and before:
        return f"Step {number} sends nothing: no approval covers it{people}"
    return ""


def _days(flow: Flow) -> list[int]:
    days, passed = [], timedelta(0)
    for one in flow.steps:
        passed += one.step.delay
        days.append(passed.days)
    return days


def _step(one: StepFlow, day: int, now: datetime, zone: tzinfo) -> StepView:
    title = one.item.title if one.item else one.step.item_key
    status, text = _guard(one, now, zone)
    counts = one.outcomes
    return StepView(
        number=one.step.number,
        day=day,
        label=title,
        href=paths.item(one.item.id) if one.item else paths.CONTENT,
        channel=CHANNELS[one.step.channel],
        timing=f"{_delay(one.step)}, {_window(one.step.window)}",
        pin=f"exactly v{one.number}" if one.step.pin is Pin.EXACT else f"latest approved, now v{one.number}",
        guard=status,
        guard_text=text,
        waiting=one.here,
        sent=counts[MessageState.ACCEPTED],
        refused=counts[MessageState.REFUSED] + counts[MessageState.REJECTED],
        unknown=counts[MessageState.UNKNOWN],
    )


def _guard(one: StepFlow, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """The status of a step's content, and the sentence that goes with its word."""
    state, until, publication = one.status.state, one.status.until, one.publication
    text = f"no approval for {CHANNELS[one.step.channel].lower()} yet"
    if publication is not None and publication.state is PublicationState.RECALLED:
        text = f"{day_text(publication.state_since, zone)}, sends nothing"
    elif state is VersionState.SCHEDULED and publication is not None:
        text = f"on {day_text(publication.valid_from, zone)}"
    elif state is VersionState.EXPIRED and until is not None:
        text = f"{day_text(until, zone)}, sends nothing"
    elif until is not None and state in _GOOD:
        text = f"{'' if state is VersionState.EXPIRING else 'until '}{day_text(until, zone)} ({distance(until, now, zone)})"
    elif state is VersionState.APPROVED:
        text = "not published yet"
    elif state in _STOPS:
        text = "sends nothing"
    return state.value, text


def _delay(step: Step) -> str:
    if step.delay == timedelta(0):
        return "at once"
    if step.delay % timedelta(days=1) == timedelta(0):
        return f"{plural(step.delay.days, 'day')} later"
    return f"{plural(step.delay // timedelta(hours=1), 'hour')} later"


def _window(window: Window) -> str:
    if window.start_hour == 0 and window.end_hour == 24 and window.weekdays == _WEEK:
        return "any hour"
    named = {_WEEK: "every day", _WORKDAYS: "weekdays"}.get(window.weekdays)
    days = named or ", ".join(_DAYS[number] for number in window.weekdays)
    return f"{days} {window.start_hour:02}:00–{window.end_hour:02}:00 her time"


def _person(one: Enrollment, flow: Flow, actor: Actor, now: datetime, zone: tzinfo) -> InSequence:
    may_stop = actor.may(Permission.RUN_SEQUENCES) and one.state is EnrollmentState.ACTIVE
    return InSequence(
        lead_id=one.lead_id,
        lead_href=paths.lead(one.lead_id) if actor.may(Permission.READ_LEADS) else "",
        where=place_of(one, now, zone),
        since=one.enrolled_at,
        stop_href=paths.take_out(flow.sequence_id, one.id) if may_stop else "",
    )


def _version(flow: Flow, number: int, state: str) -> VersionLink:
    href = f"{paths.sequence(flow.sequence_id)}?v={number}"
    return VersionLink(number, state, href, number == flow.version.number)


def _acts(flow: Flow) -> tuple[SequenceAct, ...]:
    return tuple(
        SequenceAct(paths.sequence_act(flow.sequence_id, act), label, look)
        for act, label, look in _ACTS[flow.version.state]
    )


def _facts(flow: Flow, names: Mapping[str, str], zone: tzinfo) -> tuple[Fact, ...]:
    version = flow.version
    kind = {"patient": "patients", "partner": "referral partners"}.get(version.plan.lead_type, version.plan.lead_type)
    return (
        Fact("For", kind),
        Fact("Key", flow.key),
        Fact("Made by", f"{names.get(version.created_by, version.created_by)}, {day_text(version.created_at, zone)}"),
        Fact("Stuck", plural(flow.waiting, "person", "people")),
        Fact("File digest", version.digest, digest=True),
    )
