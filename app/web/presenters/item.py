"""The page of one piece."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.accounts.model import Actor, Permission
from app.insights.labels import AUDIENCES, CHANNELS, CONTENT_TYPES
from app.insights.library import ItemDetail
from app.insights.preview import Preview
from app.publishing.model import Publication, PublicationState, VersionState, VersionStatus
from app.review.model import RoundState
from app.web import paths
from app.web.moments import instant_text, plural
from app.web.presenters.evidence import signature_views
from app.web.view_models.content import Fact, FindingView, ItemPage, PublicationRow, SignatureView, VersionRow

_SUBMITTABLE = frozenset(
    {VersionState.DRAFT, VersionState.CHANGES_REQUESTED, VersionState.EXPIRED, VersionState.EXPIRING,
     VersionState.RECALLED, VersionState.SUPERSEDED}
)  # fmt: skip
_RECALLABLE = frozenset({PublicationState.LIVE, PublicationState.QUARANTINED})
_WORDS = {
    VersionState.DRAFT: "A draft that nobody has approved. Nothing sends it.",
    VersionState.IN_REVIEW: "In review. Nothing sends it until everybody asked has signed and it is published.",
    VersionState.CHANGES_REQUESTED: "The reviewers asked for changes. Save a new version and submit that.",
    VersionState.DECLINED: "A reviewer declined this version for good. Write a new one.",
    VersionState.RECALLED: "Recalled. No version of these bytes leaves any more.",
    VersionState.QUARANTINED: "Stopped until somebody has looked at it.",
    VersionState.SUPERSEDED: "A newer version took its place.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """Findings of the newest report, or of a check made for this page when there is none."""

    findings: tuple[FindingView, ...]
    pack: str
    readability: str

    @property
    def blocks(self) -> int:
        return sum(finding.severity == "block" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the version: the states and names of the others, and the sequences that use the piece."""

    statuses: Mapping[int, VersionStatus]
    versions: tuple[tuple[int, str, datetime, str], ...]
    """(number, author, saved at, closure root), newest first."""
    publications: tuple[tuple[int, Publication], ...]
    """With the number of the version, newest first."""
    sequences: tuple[tuple[str, str], ...]
    """(title, address)."""
    names: Mapping[str, str]


def item_page(
    detail: ItemDetail, around: Surroundings, checked: Checked, shown: Preview, actor: Actor, now: datetime
) -> ItemPage:
    """One version with all about it."""
    item, version = detail.item, detail.version
    newest = version.number == detail.numbers[0]
    acts = _acts(detail, around, checked, actor, newest=newest)
    return ItemPage(
        item_id=item.id,
        title=version.metadata.title,
        number=version.number,
        status=detail.status.state.value,
        sentence=sentence(detail.status, len(around.sequences), now),
        subject=shown.subject,
        preheader=shown.preheader,
        preview_href=paths.preview(item.id, version.number) if shown.html else "",
        text_part=shown.text,
        facts=tuple(_facts(detail)),
        findings=checked.findings,
        pack=checked.pack,
        readability=checked.readability,
        signatures=_signatures(detail, actor, around.names),
        versions=tuple(_version(item.id, row, around.statuses) for row in around.versions),
        leaves=tuple(sorted(version.closure.leaves.items())),
        root=version.closure.root,
        used_in=around.sequences,
        publications=tuple(_publication(number, p, actor, now) for number, p in around.publications),
        newest_href="" if newest else paths.item(item.id),
        **acts,
    )


def sentence(status: VersionStatus, used_in: int, now: datetime) -> str:
    """The status as a sentence, with what happens next."""
    use = f", used in {plural(used_in, 'sequence')}" if used_in else ""
    until = instant_text(status.until, UTC) if status.until else ""
    if status.state is VersionState.APPROVED and not status.published:
        return "Approved by everybody who had to sign. It can be sent once it is published."
    if status.state in (VersionState.APPROVED, VersionState.EXPIRING):
        return f"May be sent until {until}{use}."
    if status.state is VersionState.SCHEDULED:
        return f"Published. Sending starts later, and ends {until}{use}."
    if status.state is VersionState.EXPIRED:
        return f"Its approval ended {until}. Submit it again to renew it{use}."
    return _WORDS[status.state]


def _facts(detail: ItemDetail) -> Iterator[Fact]:
    item, metadata, sender = detail.item, detail.version.metadata, detail.version.sender
    yield Fact("Kind", CONTENT_TYPES[item.content_type])
    yield Fact("Channel", CHANNELS[item.channel])
    yield Fact("Audience", AUDIENCES[metadata.audience])
    yield Fact("Purpose", metadata.purpose)
    yield Fact("Language", metadata.locale)
    yield Fact("Jurisdictions", ", ".join(metadata.jurisdictions) or "none named")
    yield Fact("Claims", ", ".join(metadata.claims) or "none")
    if metadata.disclosures:
        yield Fact("Quotes", ", ".join(metadata.disclosures))
    yield Fact("Owner", detail.owner)
    yield Fact("Looked at again", f"every {plural(metadata.review_every_days, 'day')}")
    if sender is not None:
        yield Fact("Sender", f"{sender.display_name} <{sender.from_address}>")
    yield Fact("Saved by", detail.author)
    yield Fact("Name in files", item.key)


def _signatures(detail: ItemDetail, actor: Actor, names: Mapping[str, str]) -> tuple[SignatureView, ...]:
    told = [r for r in detail.rounds if r.state is not RoundState.WITHDRAWN]
    return signature_views(told[-1], actor, names) if told else ()


def _version(item_id: str, row: tuple[int, str, datetime, str], statuses: Mapping[int, VersionStatus]) -> VersionRow:
    number, author, at, root = row
    return VersionRow(number, statuses[number].state.value, author, at, root, paths.version(item_id, number))


def _publication(number: int, publication: Publication, actor: Actor, now: datetime) -> PublicationRow:
    over = publication.state is PublicationState.LIVE and now >= publication.valid_until
    early = publication.state is PublicationState.LIVE and now < publication.valid_from
    status = "expired" if over else "scheduled" if early else publication.state.value
    recallable = publication.state is not PublicationState.RECALLED and actor.may(Permission.RECALL)
    return PublicationRow(
        number,
        status,
        publication.valid_from,
        publication.valid_until,
        publication.reason if publication.state is PublicationState.RECALLED else "",
        paths.recall(publication.id) if recallable else "",
    )


def _acts(detail: ItemDetail, around: Surroundings, checked: Checked, actor: Actor, *, newest: bool) -> dict[str, str]:
    """Addresses of what the person may do with this version now; an act that makes no sense has none."""
    acts: dict[str, str] = {}
    version, rounds = detail.version, detail.rounds
    published = {publication.round_id for _, publication in around.publications}
    if newest and actor.may(Permission.WRITE_CONTENT):
        acts["edit_href"] = paths.edit(detail.item.id)
    if rounds and rounds[-1].state is not RoundState.WITHDRAWN:
        acts["review_href"] = paths.review(rounds[-1].id)
    if newest and actor.may(Permission.SUBMIT_CONTENT) and detail.status.state in _SUBMITTABLE:
        acts["submit_href"] = paths.submit(detail.item.id, version.number)
        acts["submit_blocked"] = f"{plural(checked.blocks, 'error is', 'errors are')} left." if checked.blocks else ""
    ready = [r for r in rounds if r.state is RoundState.APPROVED and r.id not in published]
    if ready and newest and actor.may(Permission.PUBLISH):
        acts["publish_href"] = paths.publish(ready[-1].id)
    acts["recall_href"] = _recall(around.publications, version.id, actor)
    return acts


def _recall(publications: Sequence[tuple[int, Publication]], version_id: str, actor: Actor) -> str:
    if not actor.may(Permission.RECALL):
        return ""
    found = (p for _, p in publications if p.version_id == version_id and p.state in _RECALLABLE)
    return next((paths.recall(publication.id) for publication in found), "")
