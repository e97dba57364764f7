"""Commands about leads: add, import, list, show, erase. Reading personal data needs a person too."""

import sys
from itertools import islice
from pathlib import Path

import click

from app.accounts.model import Permission
from app.authoring.fields import FIELDS
from app.cli.context import CliContext, with_context
from app.cli.options import Group
from app.cli.output import USAGE
from app.consent import operations, queries
from app.consent.commands import AddLead, ImportLeads, ImportReport, LeadEntry, RowError
from app.consent.csv_file import LeadFile
from app.consent.model import Lead
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal

_BATCH = 500
_FIELDS = tuple(name for name, field in FIELDS.items() if not field.system)


@click.group(cls=Group)
def leads() -> None:
    """Leads: contacts before they are patients."""


@leads.command("add")
@click.option("--type", "lead_type", required=True, help="patient, referral_partner or stakeholder")
@click.option("--email", default="")
@click.option("--phone", default="")
@click.option("--first-name", default="")
@click.option("--last-name", default="")
@click.option("--timezone", default="", help="Such as America/Chicago; empty when unknown.")
@click.option("--region", default="", help="Such as US-OH; empty when unknown.")
@click.option("--locale", default="en-US", show_default=True)
@click.option("--source", default="")
@with_context
def add(
    context: CliContext,
    lead_type: str,
    email: str,
    phone: str,
    first_name: str,
    last_name: str,
    timezone: str,
    region: str,
    locale: str,
    source: str,
) -> None:
    """A new lead, with no consent."""
    actor, vault = context.actor, context.vault
    command = AddLead(lead_type, email, phone, first_name, last_name, {}, timezone, region, locale, source)
    lead = context.act(
        lambda uow: operations.add_lead(
            uow, command, actor=actor, now=context.now, ids=context.ids, tokens=context.tokens, vault=vault
        )
    )
    context.output.say(_shown(lead), f"Lead {lead.id}. Nothing is sent to her until consent is on record.")


@leads.command("import")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@with_context
def import_(context: CliContext, file: Path, dry_run: bool) -> None:  # noqa: FBT001
    """Import leads from a CSV file. A row that cannot be used is named and left out; a yes here is not sent on yet."""
    context.require(Permission.MANAGE_LEADS)
    table = LeadFile(file.read_bytes(), str(file), _FIELDS)
    errors: list[RowError] = []
    report = ImportReport()
    rows = iter(table)
    while batch := tuple(islice(rows, _BATCH)):
        errors += [row for row in batch if isinstance(row, RowError)]
        entries = tuple(row for row in batch if isinstance(row, LeadEntry))
        report = report.plus(_imported(context, ImportLeads(entries, table.digest), dry_run=dry_run))
    value = {
        "dry_run": dry_run,
        **{n: getattr(report, n) for n in report.__slots__},
        "errors": errors,
        "ignored": table.ignored,
    }
    context.output.say(value, f"{'Would be' if dry_run else 'Imported'}: {report.added} new, {report.known} known, "
                       f"{report.asserted} asserted agreements, {report.withdrew} withdrawals, {report.kept_out} kept out.")  # fmt: skip
    for error in errors:
        context.output.hint(f"{file}:{error.row}: {error.column} {error.message}")
    if errors:
        sys.exit(USAGE)


def _imported(context: CliContext, command: ImportLeads, *, dry_run: bool) -> ImportReport:
    actor, vault = context.actor, context.vault
    with context.units() as uow:
        report = operations.import_leads(
            uow, command, actor=actor, now=context.now, ids=context.ids, tokens=context.tokens, vault=vault
        )
        if not dry_run and not isinstance(report, Refusal):
            uow.commit()
    if isinstance(report, Refusal):
        context.output.refused(report)
    return report


@leads.command("list")
@click.option("--limit", type=click.IntRange(1, 5_000), default=50, show_default=True)
@click.option("--after", default="", help="Id to go on after.")
@with_context
def list_(context: CliContext, limit: int, after: str) -> None:
    """Leads by id. Needs somebody who may read leads."""
    context.require(Permission.READ_LEADS)
    with context.units.reading() as connection:
        found = queries.leads(connection, context.vault, limit=limit, after=after)
    columns = [
        ("id", "LEAD"),
        ("name", "NAME"),
        ("email", "EMAIL"),
        ("lead_type", "TYPE"),
        ("region", "REGION"),
        ("timezone", "ZONE"),
    ]
    context.output.table([_shown(lead) for lead in found], columns, "There are no leads.")


@leads.command("show")
@click.argument("target", metavar="LEAD|ADDRESS")
@with_context
def show(context: CliContext, target: str) -> None:
    """One lead with her consent and suppressions."""
    context.require(Permission.READ_LEADS)
    lead = find(context, target)
    with context.units.reading() as connection:
        standings = queries.standings(connection, lead.id, context.now)
        suppressed = queries.suppressions_of(connection, lead)
    rows = [{"channel": c.value, "purpose": p, "state": s.state.value, "sendable": s.sendable} for c, p, s in standings]
    value = {"lead": _shown(lead), "standings": rows, "suppressions": suppressed}
    lines = [f"{name}: {text}" for name, text in _shown(lead).items() if text]
    lines += [f"{r['channel']} {r['purpose']}: {r['state']}{'' if r['sendable'] else ', not sendable'}" for r in rows]
    lines += [f"Suppressed: {s.channel} {s.purpose} ({s.reason.value})" for s in suppressed]
    context.output.say(value, "\n".join(lines))


@leads.command("erase")
@click.argument("target", metavar="LEAD|ADDRESS")
@with_context
def erase(context: CliContext, target: str) -> None:
    """Destroy a lead's key and addresses. Her ledger stays and points at nobody; her addresses stay suppressed."""
    actor, lead = context.actor, find(context, target)
    done = context.act(lambda uow: operations.erase(uow, lead.id, actor=actor, now=context.now, ids=context.ids))
    context.output.say(done, f"Erased. {len(done.on_their_way)} messages were on their way and cannot be called back.")


def find(context: CliContext, target: str) -> Lead:
    """A lead by id or address; raises ``NotFound``."""
    with context.units.reading() as connection:
        lead = queries.lead(connection, target, context.vault)
        if lead is None and ("@" in target or target.startswith("+")):
            lead = queries.lead_by_address(connection, target, context.vault)
    if lead is None:
        raise NotFound("lead", target)
    return lead


def _shown(lead: Lead) -> dict[str, object]:
    personal = lead.personal
    named = f"{personal.first_name} {personal.last_name}".strip() if personal else ""
    return {
        "id": lead.id,
        "name": named,
        "email": personal.email if personal else "",
        "phone": personal.phone if personal else "",
        "lead_type": lead.lead_type,
        "timezone": lead.timezone,
        "region": lead.region,
        "locale": lead.locale,
        "source": lead.source,
        "erased_at": lead.erased_at,
    }
