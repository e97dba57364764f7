"""Commands about sending: the log, one message, its proof, why, and the switch that stops everything."""

from pathlib import Path

import click

from app.accounts.model import Permission
from app.cli.context import CliContext, with_context
from app.cli.options import Command, Group
from app.cli.output import aligned, moment
from app.gate import operations as gate
from app.gate.facts import EVERYTHING
from app.gate.operations import StopSending
from app.insights import send_log
from app.insights import why as whys
from app.insights.send_proof import proof_text, send_proof
from app.insights.wording import speak
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.outbox import operations as outbox
from app.outbox import queries
from app.outbox.model import MessageAction, MessageState
from app.sequences.queries import list_sequences
from app.storage.keys import ORGANISATION_KEY

_STATES = [state.value for state in MessageState]


@click.group(cls=Group)
def sends() -> None:
    """The send log: planned = accepted + rejected + refused + held + unknown + pending."""


@sends.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="May be repeated.")
@click.option("--limit", type=click.IntRange(1, 5_000), default=50, show_default=True)
@with_context
def list_(context: CliContext, states: tuple[str, ...], limit: int) -> None:
    """Messages, newest change first."""
    wanted = [MessageState(state) for state in states]
    rows = [
        {
            "message": line.message_id,
            "state": line.state.value,
            "reason": line.reason,
            "item": line.item_key,
            "version": line.version,
            "sequence": line.sequence_key,
            "step": line.step,
            "lead": line.lead_id,
            "due": line.due_at,
            "since": line.state_since,
            "other_reasons": line.other_reasons,
        }
        for line in context.read(send_log.sends, states=wanted, limit=limit)
    ]
    columns = [
        ("message", "MESSAGE"), ("state", "STATE"), ("reason", "WHY"), ("item", "ITEM"), ("lead", "LEAD"), ("due", "DUE"),
        ("since", "SINCE"),
    ]  # fmt: skip
    context.output.table(rows, columns, "Nothing was planned yet.")


@sends.command("show")
@click.argument("message")
@with_context
def show(context: CliContext, message: str) -> None:
    """One message with its decisions and attempts; `placet why` says it in words."""
    _answer(context, message)


@sends.command("proof")
@click.argument("message")
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@with_context
def proof(context: CliContext, message: str, target: Path | None) -> None:
    """What was approved, agreed, decided, released and answered, as a file that verifies without Placet."""
    organisation = context.keys.signing_key(ORGANISATION_KEY).verify_key
    found = context.read(send_proof, message, log=context.log, organisation=organisation)
    if isinstance(found, Refusal):
        context.output.refused(found)
    if target is None:
        click.echo(proof_text(found), nl=False)
    else:
        target.write_text(proof_text(found), encoding="utf-8")
        context.output.say({"file": str(target), "message": message}, f"{target}: the proof of message {message}")


@sends.command("resume")
@click.argument("message")
@with_context
def resume_message(context: CliContext, message: str) -> None:
    """Plan a held message again. The gate decides anew; what held it may hold it again."""
    actor = context.require(Permission.RUN_SEQUENCES)
    found = context.read(queries.message, message)
    if found is None:
        raise NotFound("message", message)
    now = context.now
    moved = context.act(
        lambda uow: outbox.move(
            uow, found.id, found.epoch, MessageAction.RESUME, now=now, due_at=now, actor_id=actor.person_id
        )
    )
    context.output.say(moved, f"Message {moved.id} is planned again.")


@click.command(cls=Command)
@click.argument("message", required=False)
@click.option("--lead", "address", metavar="ADDRESS", help="E-mail address or telephone number of the lead.")
@click.option("--item", metavar="KEY", help="The piece.")
@with_context
def why(context: CliContext, message: str | None, address: str | None, item: str | None) -> None:
    """Why was this not sent? Every reason, who can change it, and what would."""
    if bool(message) == bool(address and item) or bool(address) != bool(item):
        raise click.UsageError("Give a MESSAGE, or both --lead ADDRESS and --item KEY.")
    if message:
        _answer(context, message)
        return
    assert address is not None
    assert item is not None
    found = context.read(whys.messages_for, address, item, context.vault)
    if found:
        _answer(context, found[0])
        return
    answer = context.read(whys.why_not_planned, address, item, context.vault, context.now)
    lines = [answer.answer, *(f"  {r.sentence}. {r.who}: {r.fix} ({r.code})" for r in answer.reasons)]
    context.output.say(answer, "\n".join(lines))


def _answer(context: CliContext, message_id: str) -> None:
    answer = context.read(whys.why, message_id, context.now)
    context.output.say(answer, lambda: _in_words(answer))


def _in_words(answer: whys.Answer) -> str:
    line = answer.line
    place = f"{line.item_key} version {line.version}, step {line.step} of {line.sequence_key}"
    lines = [answer.answer, f"Message {line.message_id}: {place}, to lead {line.lead_id} by {line.channel}."]
    if line.reason and not any(check.code == line.reason for check in answer.failing):
        spoken = speak(line.reason, line.facts)
        lines.append(f"  {spoken.sentence}. {spoken.who}: {spoken.fix} ({line.reason})")
    for check in answer.failing:
        if check.spoken is not None:
            said = check.spoken
            lines.append(f"  {check.verdict.upper():7}{said.sentence}. {said.who}: {said.fix} ({said.code})")
    if answer.passing:
        lines.append(f"Passed: {', '.join(check.title.lower() for check in answer.passing)}.")
    if answer.phases:
        rows = [{"at": p.at, "what": p.what, "detail": p.detail} for p in answer.phases]
        lines += ["", aligned(rows, [("at", "WHEN"), ("what", "WHAT"), ("detail", "")])]
    for attempt in answer.attempts:
        end = attempt.receipt
        told = f"{end.outcome.value}, {moment(end.at)}" if end else "no outcome yet"
        lines.append(f"Attempt {attempt.attempt.id} on decision {attempt.decision_id}: {told}.")
    return "\n".join(lines)


_SEQUENCE = click.option("--sequence", metavar="KEY", help="Only this sequence; everything without it.")


@click.command(cls=Command)
@click.option("--reason", required=True)
@_SEQUENCE
@with_context
def stop(context: CliContext, reason: str, sequence: str | None) -> None:
    """Stop all sending, or one sequence, before the next message leaves."""
    actor, command = context.actor, StopSending(_scope(context, sequence), reason)
    context.act(lambda uow: gate.stop_sending(uow, command, actor=actor, now=context.now, ids=context.ids))
    context.output.say({"stopped": sequence or EVERYTHING}, f"Sending is stopped for {sequence or 'everything'}.")


@click.command(cls=Command)
@_SEQUENCE
@with_context
def resume(context: CliContext, sequence: str | None) -> None:
    """Let sending go on after a stop."""
    actor, scope = context.actor, _scope(context, sequence)
    context.act(lambda uow: gate.resume_sending(uow, scope, actor=actor, now=context.now))
    context.output.say({"resumed": sequence or EVERYTHING}, f"Sending may go on for {sequence or 'everything'}.")


def _scope(context: CliContext, sequence: str | None) -> str:
    if sequence is None:
        return EVERYTHING
    found = next((line.id for line in context.read(list_sequences) if line.key == sequence), None)
    if found is None:
        raise NotFound("sequence", sequence)
    return found
