"""Commands about publications: publish, recall."""

from datetime import UTC, date, datetime, time, timedelta

import click

from app.authoring import queries as authoring
from app.cli.context import CliContext, with_context
from app.cli.options import Command
from app.cli.output import moment
from app.cli.review import find
from app.kernel.clock import parse_iso
from app.kernel.errors import BadInput, NaiveDatetime, NotFound
from app.publishing import operations, queries
from app.publishing.model import RECALL_ACT, Publication, PublicationState


class Instant(click.ParamType["datetime"]):
    """A day (midnight UTC) or an instant that names its zone."""

    name = "DATE"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.combine(date.fromisoformat(value), time(), UTC) if len(value) == 10 else parse_iso(value)
        except (ValueError, ArithmeticError):
            return self.fail(f"'{value}' is neither a day such as 2027-03-14 nor an instant such as 2027-03-14T09:00Z.")
        except NaiveDatetime:
            return self.fail(f"'{value}' names no zone. Add Z for UTC, or an offset such as +01:00.")


INSTANT = Instant()


@click.command(cls=Command)
@click.argument("target", metavar="ITEM|REVIEW")
@click.option("--from", "valid_from", type=INSTANT, help="First instant it may be sent; now without it.")
@click.option(
    "--until", "valid_until", type=INSTANT, help="Instant from which it may not; the policy's limit without it."
)
@with_context
def publish(context: CliContext, target: str, valid_from: datetime | None, valid_until: datetime | None) -> None:
    """Make an approved version sendable inside a window: FROM is in it, UNTIL is not."""
    actor, round_, now = context.actor, find(context, target), context.now
    start = valid_from or now
    end = valid_until or max(start, now) + timedelta(days=round_.max_valid_days)
    command = operations.Publish(round_.id, start, end)
    made = context.act(lambda uow: operations.publish(uow, command, actor=actor, now=now, ids=context.ids))
    context.output.say(
        made, f"Publication {made.id}: may be sent from {moment(made.valid_from)} until {moment(made.valid_until)}."
    )


@click.command(cls=Command)
@click.argument("target", metavar="ITEM|PUBLICATION")
@click.option("--reason", required=True, help="Three words or more.")
@with_context
def recall(context: CliContext, target: str, reason: str) -> None:
    """Stop a publication for good and hold what waits of it. Asks your password again."""
    actor, publication = context.actor, find_publication(context, target)
    if len(reason.split()) < 3:
        raise BadInput("Say why in three words or more.", source="--reason")
    step_up = context.confirm(RECALL_ACT, publication.closure_root, RECALL_ACT)
    command = operations.Recall(publication.id, reason, step_up)
    done = context.act(lambda uow: operations.recall(uow, command, actor=actor, now=context.now))
    context.output.say(
        done,
        f"Recalled. {done.held_messages} waiting messages are held; {done.released_before} had left or may have left before.",
    )


def find_publication(context: CliContext, target: str) -> Publication:
    """A publication by its id, or the live or else newest one of an item; raises ``NotFound``."""
    with context.units.reading() as connection:
        found = queries.publication(connection, target)
        item = authoring.item_by_key(connection, target) if found is None else None
        known = queries.publications_of(connection, item.id) if item else ()
    if found is not None:
        return found
    if not known:
        raise NotFound("publication of", target)
    return next((p for p in known if p.state is PublicationState.LIVE), known[0])
