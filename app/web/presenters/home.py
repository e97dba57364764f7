"""The home page."""

from collections.abc import Iterator
from datetime import UTC

from app.accounts.model import Actor
from app.insights.home import AtRisk, HomeFacts, Mover
from app.insights.labels import SHORT_ROLES
from app.insights.status import Outcomes
from app.insights.wording import GENERAL, speak
from app.publishing.model import VersionState
from app.review.model import RoundState
from app.web import paths
from app.web.moments import instant_text, plural
from app.web.presenters.redlines import amount
from app.web.view_models.home import Day, HomePage, Moving, Risk, Task

_TOP = 3


def home_page(facts: HomeFacts, actor: Actor) -> HomePage:
    """What needs the person, what is at risk, what moves, what happened."""
    return HomePage(
        first_name=actor.name.split()[0] if actor.name.split() else actor.name,
        tasks=tuple(_tasks(facts)),
        risks=tuple(_risks(facts)),
        moving=tuple(_moving(mover) for mover in facts.moving),
        day=_day(facts.outcomes) if facts.outcomes is not None else None,
        expiring_soon=facts.expiring_soon,
    )


def _tasks(facts: HomeFacts) -> Iterator[Task]:
    for line in facts.queue:
        what = amount(line.changes, first=line.first)
        yield Task(f"{line.title}, v{line.number}", paths.review(line.round_.id), what, line.round_.due_at)
    for mover in facts.answers:
        round_ = mover.round_
        assert round_ is not None
        open_ones = sum(thread.blocks for thread in round_.threads)
        asked = "Changes were requested" if round_.state is RoundState.CHANGES_REQUESTED else "Comments wait for you"
        what = f"{asked}: {plural(open_ones, 'comment')} to settle" if open_ones else asked
        yield Task(_label(mover), paths.review(round_.id), what, None)
    for mover in facts.publishable:
        round_ = mover.round_
        if round_ is not None:
            yield Task(_label(mover), paths.publish(round_.id), "Approved by everybody, not published yet", None)


def _risks(facts: HomeFacts) -> Iterator[Risk]:
    for switch in facts.switches:
        scope = "everywhere" if switch.scope == "all" else "for one sequence"
        yield Risk("message", "held", f"Sending is stopped {scope}", paths.SENDS, switch.reason)
    for line in facts.unknown:
        what = f"Step {line.step} of {line.sequence_key}: no reply came, so nobody knows whether it arrived."
        yield Risk("message", "unknown", "A message with an unknown outcome", paths.why(line.message_id), what)
    for risk in facts.expiring:
        yield Risk("content", risk.state.value, risk.line.title, paths.item(risk.line.item_id), _why(risk))


def _why(risk: AtRisk) -> str:
    used = plural(len(risk.line.used_in), "sequence")
    people = plural(risk.people, "person is", "people are")
    if risk.state is VersionState.EXPIRING:
        return f"Its approval ends {instant_text(risk.until, UTC)}. {people} on the way in {used} with it."
    named = plural(len(risk.line.used_in), "sequence still names", "sequences still name")
    return f"Nothing of it can be sent, and {named} it. {people} on the way there."


def _moving(mover: Mover) -> Moving:
    line, round_ = mover.line, mover.round_
    href = paths.item(line.item_id)
    if round_ is not None and round_.state in (RoundState.OPEN, RoundState.CHANGES_REQUESTED):
        href = paths.review(round_.id)
    return Moving(line.status.state.value, _label(mover), href, _waiting_on(mover))


def _waiting_on(mover: Mover) -> str:
    round_ = mover.round_
    if round_ is None or round_.state in (RoundState.WITHDRAWN, RoundState.VOIDED):
        return f"Waiting for {mover.line.owner} to submit it"
    if round_.state is RoundState.OPEN:
        return "Waiting for " + " and ".join(sorted(SHORT_ROLES.get(role, role.value) for role in round_.missing))
    if round_.state is RoundState.CHANGES_REQUESTED:
        return "Waiting for a new version"
    return "Approved, waiting to be published"


def _label(mover: Mover) -> str:
    return f"{mover.line.title}, v{mover.line.number}"


def _day(outcomes: Outcomes) -> Day:
    top = tuple(
        (speak(reason).sentence.replace(f" {GENERAL}", ""), count)
        for reason, count in outcomes.reasons[:_TOP]
        if reason
    )
    return Day(outcomes.accepted, outcomes.rejected, outcomes.refused, outcomes.held, outcomes.unknown, top)
