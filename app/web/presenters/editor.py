"""The editor, and what a new piece starts from."""

from app.authoring.model import ContentType
from app.insights.labels import CONTENT_TYPES
from app.kernel.errors import BadInput
from app.web import paths
from app.web.view_models.content import EditPage, FindingView
from app.web.view_models.forms import Errors, FieldError

STARTS = (ContentType.EMAIL, ContentType.SMS, ContentType.LANDING_PAGE, ContentType.FAQ, ContentType.CALL_SCRIPT)
_HEAD = """---
id: {key}
title: Write the title here
type: {kind}
audience: patients
lead_type: patient
purpose: education
stage: information
locale: en-US
owner: {owner}
review_every_days: 180
{sender}{extra}jurisdictions: [US]
---
{body}"""
_MAIL = """subject: Write the subject here
preheader: Write the line that follows it in the inbox
fallbacks:
  first_name: there
"""
_BUTTON = """cta:
  label: Write the button here
  url: https://clinic.example/page
"""
_WITH_BUTTON = frozenset({ContentType.EMAIL, ContentType.LANDING_PAGE, ContentType.FAQ})
_BODIES = {
    ContentType.EMAIL: "# Write the heading here\n\nHello {{ first_name }},\n\nWrite the text here.\n",
    ContentType.SMS: "Write the text here. Reply STOP to opt out.\n",
}


def starter(kind: ContentType, owner: str, sender: str) -> str:
    """A content file to write over. ``sender`` empty leaves the line out."""
    return _HEAD.format(
        key=f"new-{kind.value.replace('_', '-')}",
        kind=kind.value,
        owner=owner,
        sender=f"sender: {sender}\n" if sender else "",
        extra=(_MAIL if kind is ContentType.EMAIL else "") + (_BUTTON if kind in _WITH_BUTTON else ""),
        body=_BODIES.get(kind, "# Write the heading here\n\nWrite the text here.\n"),
    )


def new_page(
    source: str, *, errors: Errors = (), findings: tuple[FindingView, ...] | None = None, pack: str = ""
) -> EditPage:
    """The editor for a piece that is not there yet."""
    starts = tuple((CONTENT_TYPES[kind], f"{paths.NEW_CONTENT}?type={kind.value}") for kind in STARTS)
    return EditPage(
        title="New content",
        source=source,
        act_href=paths.NEW_CONTENT,
        back_href=paths.CONTENT,
        back_label="Content",
        parent=0,
        starts=starts,
        errors=errors,
        findings=findings,
        pack=pack,
    )


def edit_page(
    item_id: str, title: str, number: int, source: str,
    *, errors: Errors = (), findings: tuple[FindingView, ...] | None = None, pack: str = "",
) -> EditPage:  # fmt: skip
    """The editor for a new version of a piece."""
    return EditPage(
        title=f"Edit {title}",
        source=source,
        act_href=paths.edit(item_id),
        back_href=paths.item(item_id),
        back_label=title,
        parent=number,
        errors=errors,
        findings=findings,
        pack=pack,
    )


def unix_lines(text: str) -> str:
    """What a browser sends, with the line ends that content files have."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def problem(error: BadInput) -> Errors:
    """A file that cannot be used, with the place first so that it can be found in the text."""
    place = f"Line {error.line}, column {error.column or 1}: " if error.line else ""
    return (FieldError("source", f"{place}{error.message}"),)
