"""Commands about review: submit, look, comment, sign, send back, decline."""

from pathlib import Path

import click

from app.accounts.model import Role
from app.authoring import queries as authoring
from app.checks import queries as checks
from app.checks.linting import active_packs
from app.cli.content import latest
from app.cli.context import CliContext, with_context
from app.cli.options import Command, Group
from app.cli.output import aligned, moment
from app.insights.labels import MEANINGS, ROLES
from app.insights.library import findings_of
from app.kernel.errors import BadInput, NotFound
from app.review import operations, queries
from app.review.model import MEANING_OF_ROLE, SIGN_ACT, Round, RoundState, ThreadKind
from app.review.policies import load_policies

RULES = Path(__file__).resolve().parents[2] / "review_rules"


@click.command(cls=Command)
@click.argument("item")
@click.option("--note", default="", help="What reviewers should know, in a sentence.")
@with_context
def submit(context: CliContext, item: str, note: str) -> None:
    """Hand the newest version of ITEM to the reviewers that the policy names. Block findings stop it."""
    version = latest(context, item)
    policies = load_policies(RULES / "approval_policies.yml")
    command = operations.Submit(version.id, note, active_packs(RULES), policies)
    actor = context.actor
    opened = context.act(lambda uow: operations.submit(uow, command, actor=actor, now=context.now, ids=context.ids))
    roles = ", ".join(sorted(ROLES[role] for role in opened.required))
    context.output.say(opened, f"Review {opened.id} of {item} is open. It needs: {roles}. Due {moment(opened.due_at)}.")


@click.group(cls=Group)
def review() -> None:
    """Reviews: what waits, and comments."""


@review.command("list")
@click.option("--mine", is_flag=True, help="Only what you can sign (needs --as).")
@with_context
def list_(context: CliContext, mine: bool) -> None:  # noqa: FBT001
    """Open reviews, oldest first; with --mine those that wait for you, soonest due first."""
    if mine:
        actor = context.actor
        rounds = tuple(task.round_ for task in context.read(queries.queue, actor))
    else:
        rounds = context.read(queries.open_rounds)
    context.output.table([_row(context, r) for r in rounds], _COLUMNS, "No review is open.")


_COLUMNS = [
    ("round", "REVIEW"), ("item", "ITEM"), ("version", "V"), ("missing", "WAITS FOR"), ("due", "DUE"), ("comments", "MUST CHANGE"),
]  # fmt: skip


def _row(context: CliContext, round_: Round) -> dict[str, object]:
    item = context.read(authoring.item_by_id, round_.item_id)
    version = context.read(authoring.version, round_.version_id)
    return {
        "round": round_.id,
        "item": item.key,
        "version": version.number,
        "missing": sorted(role.value for role in round_.missing),
        "due": round_.due_at,
        "comments": len(queries.blocking_threads(round_)),
    }


@review.command("show")
@click.argument("target", metavar="ITEM|REVIEW")
@with_context
def show(context: CliContext, target: str) -> None:
    """One review: signatures, comments, findings."""
    round_ = find(context, target)
    findings = findings_of(context.read(checks.report_of_version, round_.version_id))
    names = context.names()
    value = {"round": round_, "findings": findings}
    context.output.say(value, lambda: _shown(round_, findings, names))


def _shown(round_: Round, findings: tuple[dict[str, object], ...], names: dict[str, str]) -> str:
    lines = [
        f"Review {round_.id}: {round_.state.value.replace('_', ' ')} since {moment(round_.state_since)}",
        f"Root:     {round_.closure_root}",
        f"Note:     {round_.note}",
        f"Policy:   {round_.policy}, valid for {round_.max_valid_days} days at most",
    ]
    for signature in round_.signatures:
        said = signature.statement
        lines.append(f"Signed:   {said.signer_name} as {ROLES[said.role]}, {said.signed_at}: {MEANINGS[said.meaning]}")
    lines += [f"Waits for: {ROLES[role]}" for role in sorted(round_.missing) if round_.state is RoundState.OPEN]
    if round_.decision:
        lines.append(
            f"Decision: {round_.decision.kind.value}, {names.get(round_.decision.person_id, '')}: {round_.decision.reason}"
        )
    for thread in round_.threads:
        lines.append(f"Comment {thread.id} ({thread.kind.value}, {thread.state.value}) on ‘{thread.quote[:60]}’")
        lines += [f"    {names.get(who, who)}: {text}" for who, text, _ in thread.comments]
    lines += [f"Finding:  {f['severity']} line {f['line']}: {f['message']} [{f['rule']}]" for f in findings]
    return "\n".join(lines)


@review.command("comment")
@click.argument("target", metavar="ITEM|REVIEW")
@click.option("--kind", type=click.Choice([k.value for k in ThreadKind]), default="note", show_default=True)
@click.option("--quote", default="", help="The words it is about, exactly as they stand.")
@click.option("--body", required=True, help="What you have to say.")
@with_context
def comment(context: CliContext, target: str, kind: str, quote: str, body: str) -> None:
    """Start a comment. One of kind `must` keeps the review from being signed until it is settled."""
    actor, round_ = context.actor, find(context, target)
    source = context.read(authoring.version, round_.version_id).source.decode("utf-8")
    place = source.find(quote)
    if quote and place < 0:
        raise BadInput("These words do not stand in the version. Copy them exactly.", source="--quote")
    prefix, suffix = source[max(0, place - 40) : place], source[place + len(quote) :][:40]
    command = operations.OpenThread(
        round_.id, ThreadKind(kind), quote, body, prefix if quote else "", suffix if quote else ""
    )
    opened = context.act(
        lambda uow: operations.open_thread(uow, command, actor=actor, now=context.now, ids=context.ids)
    )
    context.output.say(opened, f"Comment {opened.id} is open.")


@review.command("answer")
@click.argument("thread")
@click.option("--body", required=True)
@with_context
def answer(context: CliContext, thread: str, body: str) -> None:
    """Answer in a comment."""
    actor, command = context.actor, operations.Comment(thread, body)
    result = context.act(lambda uow: operations.comment(uow, command, actor=actor, now=context.now, ids=context.ids))
    context.output.say(result, f"Added to comment {thread}.")


@review.command("thread")
@click.argument("thread")
@click.argument("move", type=click.Choice(["done", "settle", "reopen"]))
@click.option("--body", default="", help="Words beside it.")
@with_context
def thread_(context: CliContext, thread: str, move: str, body: str) -> None:
    """Say that a comment is done (author), settle it (who raised it), or open it again."""
    moves = {"done": operations.mark_done, "settle": operations.settle, "reopen": operations.reopen}
    actor, command = context.actor, operations.MoveThread(thread, body)
    moved = context.act(lambda uow: moves[move](uow, command, actor=actor, now=context.now, ids=context.ids))
    context.output.say(moved, f"Comment {thread} is {moved.state.value}.")


@review.command("withdraw")
@click.argument("target", metavar="ITEM|REVIEW")
@click.option("--reason", required=True)
@with_context
def withdraw(context: CliContext, target: str, reason: str) -> None:
    """Take back a review that you opened."""
    actor, command = context.actor, operations.EndRound(find(context, target).id, reason)
    ended = context.act(lambda uow: operations.withdraw(uow, command, actor=actor, now=context.now, ids=context.ids))
    context.output.say(ended, f"Review {ended.id} is withdrawn.")


@click.command(cls=Command)
@click.argument("target", metavar="ITEM|REVIEW")
@click.option(
    "--role", type=click.Choice([r.value for r in MEANING_OF_ROLE]), required=True, help="In which role you sign."
)
@click.option("--expect", metavar="ROOT", help="Sign only when the digest begins so.")
@with_context
def sign(context: CliContext, target: str, role: str, expect: str | None) -> None:
    """Sign a review: shows what is signed, asks your password again, then signs exactly that."""
    actor, round_ = context.actor, find(context, target)
    report = context.read(checks.report_of_version, round_.version_id)
    meaning = MEANING_OF_ROLE[Role(role)]
    if expect and not round_.closure_root.startswith(expect.lower()):
        raise BadInput(
            f"The digest is {round_.closure_root}, not what you expect. Nothing was signed.", source="--expect"
        )
    _show_before(context, round_, role, findings_of(report))
    step_up = context.confirm(SIGN_ACT, round_.closure_root, meaning.value)
    command = operations.Sign(round_.id, round_.closure_root, round_.report_digest, Role(role), step_up)
    key = context.keys.signing_key("organisation")
    signed = context.act(
        lambda uow: operations.sign(
            uow, command, actor=actor, now=context.now, ids=context.ids, tokens=context.tokens, key=key
        )
    )
    left = ", ".join(sorted(ROLES[r] for r in signed.missing))
    context.output.say(
        signed, f"Signed. {'It still needs: ' + left + '.' if left else 'All have signed: the version is approved.'}"
    )


def _show_before(context: CliContext, round_: Round, role: str, findings: tuple[dict[str, object], ...]) -> None:
    rows = [{"what": f"{f['severity']} line {f['line']}", "text": f["message"]} for f in findings]
    shown = aligned(rows, [("what", "FINDING"), ("text", "")]) if rows else "No findings of the listed rules."
    context.output.hint(
        f"You are about to sign:\n"
        f"  content   {round_.closure_root}\n"
        f"  findings  {round_.report_digest}\n"
        f"  rules     {round_.pack_digest}\n"
        f"  valid     {round_.max_valid_days} days at most from publication\n"
        f"  meaning   {MEANINGS[MEANING_OF_ROLE[Role(role)]]}\n{shown}"
    )


@click.command("request-changes", cls=Command)
@click.argument("target", metavar="ITEM|REVIEW")
@click.option("--reason", default="", help="Needed unless a must-change comment is open.")
@with_context
def request_changes(context: CliContext, target: str, reason: str) -> None:
    """Send a review back to the author."""
    actor, command = context.actor, operations.EndRound(find(context, target).id, reason)
    ended = context.act(
        lambda uow: operations.request_changes(uow, command, actor=actor, now=context.now, ids=context.ids)
    )
    context.output.say(ended, f"Review {ended.id}: changes are requested.")


@click.command(cls=Command)
@click.argument("target", metavar="ITEM|REVIEW")
@click.option("--reason", required=True)
@with_context
def decline(context: CliContext, target: str, reason: str) -> None:
    """Say a final no to this version, and why."""
    actor, command = context.actor, operations.EndRound(find(context, target).id, reason)
    ended = context.act(lambda uow: operations.decline(uow, command, actor=actor, now=context.now, ids=context.ids))
    context.output.say(ended, f"Review {ended.id}: the version is declined.")


def find(context: CliContext, target: str) -> Round:
    """A review by its id, or the open or else newest one of an item; raises ``NotFound``."""
    with context.units.reading() as connection:
        found = queries.round_(connection, target)
        item = authoring.item_by_key(connection, target) if found is None else None
        rounds = queries.rounds_of_item(connection, item.id) if item else ()
    if found is not None:
        return found
    if not rounds:
        raise NotFound("review of", target)
    return next((r for r in rounds if r.state is RoundState.OPEN), rounds[-1])
