"""The queue, the review page, and the page on which a signature is made."""

from dataclasses import dataclass
from datetime import datetime

from app.web.view_models.content import Fact, FindingView, SignatureView
from app.web.view_models.forms import Choice, Errors


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open review. ``changed`` says how much, such as ``14 words in 2 places`` or ``New, 410 words``."""

    round_id: str
    title: str
    number: int
    due_at: datetime
    overdue: bool
    changed: str
    minutes: int
    signatures: tuple[SignatureView, ...]
    blocking_comments: int
    holding_up: str


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """Overdue, Today, This week, Waiting for author."""

    label: str
    rows: tuple[QueueRow, ...]


@dataclass(frozen=True, slots=True)
class QueuePage:
    groups: tuple[QueueGroup, ...]
    waiting: int
    overdue: int
    next_href: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a redlined block. ``kind`` is same, inserted, deleted, moved or quoted."""

    kind: str
    text: str
    change: int = 0
    """Number of the change in the list, 0 for unchanged text."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the paper. ``role`` is subject, preheader, heading, paragraph, item, action, small or frame
    (what stands around the text: sender, audience, disclosures).
    """

    role: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One numbered change. ``material`` changes (doses, negations, modal verbs, links, disclosures) come first."""

    number: int
    label: str
    before: str
    after: str
    material: bool
    place: str


@dataclass(frozen=True, slots=True)
class CommentView:
    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadView:
    """``kind`` is the word to show: Must change, Should, Question, Note. Empty addresses: the act is not hers."""

    id: str
    kind: str
    blocking: bool
    state: str
    quote: str
    place: str
    comments: tuple[CommentView, ...]
    done_href: str = ""
    settle_href: str = ""
    reopen_href: str = ""
    answer_href: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """``compared`` names what the redline compares with, such as ``approved v7``; empty for a first version."""

    round_id: str
    title: str
    number: int
    status: str
    due_at: datetime | None
    summary: str
    compared: str
    compare_choices: tuple[Choice, ...]
    note: str
    submitted_by: str
    submitted_at: datetime
    blocks: tuple[Block, ...]
    changes: tuple[Change, ...]
    threads: tuple[ThreadView, ...]
    findings: tuple[FindingView, ...]
    pack: str
    signatures: tuple[SignatureView, ...]
    item_href: str
    preview_href: str
    stale: str = ""
    """Set when a newer version was submitted: what to do about it."""
    stale_href: str = ""
    sign_href: str = ""
    sign_blocked: str = ""
    """Why the person cannot sign now, shown beside the disabled button; empty with no address when not her task."""
    changes_href: str = ""
    decline_href: str = ""
    comment_href: str = ""
    publish_href: str = ""
    withdraw_href: str = ""
    ended: str = ""
    """How a closed review ended, in a sentence."""
    claims: tuple[str, ...] = ()
    errors: Errors = ()
    typed: tuple[tuple[str, str], ...] = ()
    """What was typed into a form that was refused, by control name."""


@dataclass(frozen=True, slots=True)
class SignPage:
    """``shown`` lists what the signer has been shown; ``root`` and ``report`` tie the form to what stood on the page."""

    round_id: str
    title: str
    number: int
    root: str
    report: str
    """Digest of the finding report that was shown."""
    signer: str
    role: str
    meaning: str
    meaning_value: str
    scope: str
    valid_from: datetime
    valid_until: datetime
    valid_policy: str
    shown: tuple[Fact, ...]
    not_yours: tuple[str, ...]
    sign_href: str
    back_href: str
    text_part: str
    preview_href: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class PublishPage:
    """Days are typed as year-month-day; the window is half-open and starts and ends at midnight UTC."""

    title: str
    number: int
    publish_href: str
    back_href: str
    valid_from: str
    valid_until: str
    review_by: str
    limit: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class RecallPage:
    """``effect`` says what a recall stops, in numbers."""

    title: str
    number: int
    recall_href: str
    back_href: str
    effect: tuple[str, ...]
    reason: str = ""
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class DecidePage:
    """One act that needs a sentence: submit with a note, request changes, decline."""

    title: str
    piece: str
    lead: str
    label: str
    hint: str
    button: str
    act_href: str
    back_href: str
    reason: str = ""
    errors: Errors = ()
    facts: tuple[Fact, ...] = ()
    findings: tuple[FindingView, ...] | None = None
    pack: str = ""
    place_label: str = "Reviews"
    place_href: str = "/reviews"


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """What changed between the version that a person had before her and the newest one. Nothing was signed."""

    title: str
    number: int
    lead: str
    compared: str
    blocks: tuple[Block, ...]
    changes: tuple[Change, ...]
    next_href: str
    next_label: str
    back_href: str
