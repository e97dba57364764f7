"""Commands about consent: show, agree, withdraw, suppress."""

from datetime import datetime

import click

from app.accounts.model import Permission
from app.authoring.model import ContentType
from app.authoring.queries import item_by_key, versions_of
from app.cli.context import CliContext, with_context
from app.cli.leads import find
from app.cli.options import Group
from app.cli.publishing import INSTANT
from app.consent import operations, queries
from app.consent.commands import RecordAgreement, Suppress, Withdraw
from app.consent.model import ConsentChannel, Proof, SourceKind, SuppressionReason
from app.kernel.errors import BadInput, NotFound
from app.publishing.queries import live_publication

_CHANNELS = [channel.value for channel in ConsentChannel]
_STAFF_SOURCES = [SourceKind.STAFF.value, SourceKind.PAPER.value]


@click.group(cls=Group)
def consent() -> None:
    """What people agreed to, and what they stopped."""


@consent.command("show")
@click.argument("target", metavar="LEAD|ADDRESS")
@with_context
def show(context: CliContext, target: str) -> None:
    """The ledger of a lead, in its order."""
    context.require(Permission.READ_LEADS)
    lead = find(context, target)
    rows = [
        {
            "at": event.occurred_at,
            "act": event.act.value,
            "channel": event.channel,
            "purpose": event.purpose,
            "proof": event.proof.value,
            "source": event.source,
            "wording": event.wording_version_id or "",
            "actor": event.actor,
        }
        for event in context.read(queries.events, lead.id)
    ]
    columns = [
        ("at", "WHEN"),
        ("act", "ACT"),
        ("channel", "CHANNEL"),
        ("purpose", "PURPOSE"),
        ("proof", "PROOF"),
        ("source", "SOURCE"),
    ]
    context.output.table(rows, columns, "Nothing is on record, and that means no.")


@consent.command("agree")
@click.argument("target", metavar="LEAD|ADDRESS")
@click.option("--channel", type=click.Choice(_CHANNELS), required=True)
@click.option("--purpose", required=True, help="Such as education or newsletter.")
@click.option("--wording", metavar="ITEM", required=True, help="The published consent wording that she saw.")
@click.option("--proof", type=click.Choice([p.value for p in Proof]), default="single", show_default=True)
@click.option("--source", type=click.Choice(_STAFF_SOURCES), default="staff", show_default=True)
@click.option("--detail", default="", help="Where: a desk, a sheet.")
@click.option("--at", "occurred_at", type=INSTANT, help="When she agreed; now without it.")
@with_context
def agree(
    context: CliContext,
    target: str,
    channel: str,
    purpose: str,
    wording: str,
    proof: str,
    source: str,
    detail: str,
    occurred_at: datetime | None,
) -> None:
    """Write down that a lead agreed, with the exact wording she saw."""
    actor, lead = context.actor, find(context, target)
    command = RecordAgreement(
        lead.id, ConsentChannel(channel), purpose, Proof(proof), SourceKind(source), detail, _wording(context, wording),
        occurred_at or context.now,
    )  # fmt: skip
    event = context.act(
        lambda uow: operations.record_agreement(uow, command, actor=actor, now=context.now, ids=context.ids)
    )
    context.output.say(event, f"Recorded: {channel} for {purpose}, proof {event.proof.value}.")


def _wording(context: CliContext, key: str) -> str:
    """The id of the wording version that is published now; raises ``NotFound`` or ``BadInput``."""
    with context.units.reading() as connection:
        item = item_by_key(connection, key)
        if item is None or item.content_type is not ContentType.CONSENT_WORDING:
            raise NotFound("consent wording", key)
        live = live_publication(connection, item.id, item.channel.value)
        known = {version.id for version in versions_of(connection, item.id)}
    if live is None or live.version_id not in known:
        raise BadInput(
            f"The wording '{key}' is not published. Have it approved and publish it first.", source="--wording"
        )
    return live.version_id


@consent.command("withdraw")
@click.argument("target", metavar="LEAD|ADDRESS")
@click.option("--channel", type=click.Choice([*_CHANNELS, "*"]), default="*", show_default=True)
@click.option("--purpose", default="*", show_default=True)
@click.option("--detail", default="", help="How she said it.")
@with_context
def withdraw(context: CliContext, target: str, channel: str, purpose: str, detail: str) -> None:
    """Stop a channel and purpose for a lead, from this instant on."""
    actor, lead = context.actor, find(context, target)
    command = Withdraw(lead.id, channel, purpose, SourceKind.STAFF, detail)
    done = context.act(lambda uow: operations.withdraw(uow, command, actor=actor, now=context.now, ids=context.ids))
    context.output.say(done, f"Stopped. {len(done.on_their_way)} messages were on their way and cannot be called back.")


@consent.command("suppress")
@click.argument("address")
@click.option("--channel", type=click.Choice([*_CHANNELS, "*"]), default="*", show_default=True)
@click.option("--purpose", default="*", show_default=True)
@click.option("--reason", type=click.Choice([r.value for r in SuppressionReason]), default="manual", show_default=True)
@with_context
def suppress(context: CliContext, address: str, channel: str, purpose: str, reason: str) -> None:
    """Nothing more to this address, whoever uses it. No later act lifts it, except an opt-out by a new agreement of hers."""
    actor, digest = context.actor, context.vault.digest(address)
    command = Suppress(digest, channel, purpose, SuppressionReason(reason))
    made = context.act(lambda uow: operations.suppress(uow, command, actor=actor, now=context.now, ids=context.ids))
    context.output.say(made, "The address is suppressed.")
