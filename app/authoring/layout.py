"""Layouts: our own frames around parsed content.

The frames are constants of the program. What people wrote is escaped or sanitised and put in after the frame is compiled,
in one pass, so nothing anyone wrote is ever read as a template.
"""

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template

import css_inline
from mjml import mjml2html

from app.authoring.model import Metadata, Sender
from app.kernel.errors import BadInput

MAIL = "ledger-mail/1"
PAGE = "ledger-page/1"
PLAIN = "plain-text/1"
MAX_HTML_BYTES = 102_000
"""Larger mails are cut off by a large mailbox provider, and the footer with them (regulation RC-18)."""
_FOLDER = Path(__file__).with_name("layouts")
_MJML_TAGS = frozenset(
    {"mjml", "mj-head", "mj-title", "mj-preview", "mj-raw", "meta", "mj-attributes", "mj-all", "mj-style"}
    | {"mj-body", "mj-section", "mj-column", "mj-text", "mj-button"}
)
_HOLES = re.compile(r"placet(?:lang|title|preheader|brand|body|ctaurl|ctalabel|foot)\b")
WHY = {
    "education": "You get this e-mail because you asked {organisation} for information by e-mail.",
    "newsletter": "You get this e-mail because you signed up for the newsletter of {organisation}.",
    "appointments": "You get this e-mail because you asked {organisation} for help with a visit.",
    "offers": "You get this e-mail because you agreed to hear about services and offers of {organisation}.",
    "partner": "You get this e-mail because your practice asked {organisation} for partner updates.",
}
"""Why a recipient gets a message, per consent purpose."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What goes into a layout. ``body_html`` is sanitised already; everything else is plain text."""

    metadata: Metadata
    sender: Sender | None
    body_html: str
    preheader: str
    cta_url: str
    unsubscribe_url: str


def mail_html(frame: Frame) -> str:
    """The HTML of a mail, styles inlined. Raises ``BadInput`` when it is too big for a mailbox to show whole."""
    metadata, sender = frame.metadata, frame.sender
    assert sender is not None
    holes = {
        "placetlang": metadata.locale,
        "placettitle": escape(metadata.title),
        "placetpreheader": escape(frame.preheader),
        "placetbrand": escape(sender.organisation),
        "placetbody": frame.body_html,
        "placetctaurl": escape(frame.cta_url),
        "placetctalabel": escape(metadata.cta_label),
        "placetfoot": _mail_foot(metadata, sender, frame.unsubscribe_url),
    }
    html = _HOLES.sub(lambda hole: holes[hole.group()], compiled_mail())
    html = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(html)
    size = len(html.encode("utf-8"))
    if size > MAX_HTML_BYTES:
        raise BadInput(
            f"The mail has {size:,} bytes of HTML; mailboxes cut it off after {MAX_HTML_BYTES:,}. Shorten the text."
        )
    return html


@cache
def compiled_mail() -> str:
    """The frame of a mail, compiled; its holes are still words."""
    source = (_FOLDER / "ledger_mail_1.mjml").read_text("utf-8")
    check_mjml(source)
    return str(mjml2html(source, fonts={}))


def check_mjml(source: str) -> None:
    """Raise ``ValueError`` for a tag the compiler would accept and ignore."""
    without_styles = re.sub(r"<mj-style>.*?</mj-style>", "<mj-style></mj-style>", source, flags=re.DOTALL)
    for tag in re.findall(r"<([a-zA-Z][a-zA-Z0-9-]*)", without_styles):
        if tag not in _MJML_TAGS:
            raise ValueError(f"<{tag}> is not a tag this layout may use")


def foot_lines(metadata: Metadata, sender: Sender) -> tuple[str, str]:
    """Who sends it from where, and why the recipient gets it."""
    return _address_line(sender), WHY[metadata.purpose].format(organisation=sender.organisation)


def _mail_foot(metadata: Metadata, sender: Sender, unsubscribe_url: str) -> str:
    who, why = foot_lines(metadata, sender)
    url = escape(unsubscribe_url)
    links = f'<a href="{url}">Unsubscribe</a> or <a href="{url}">choose what we send you</a>'
    return f"<p>{escape(why)}</p><p>{links}</p><p>{escape(who)}</p>"


def page_html(frame: Frame) -> str:
    """The HTML of a page, a script or a wording."""
    metadata, sender = frame.metadata, frame.sender
    header = f"<header>{escape(sender.organisation)}</header>\n" if sender else ""
    footer = f"<footer><p>{escape(_address_line(sender))}</p></footer>\n" if sender else ""
    cta = (
        f'<p><a class="go" href="{escape(frame.cta_url)}">{escape(metadata.cta_label)}</a></p>\n'
        if frame.cta_url
        else ""
    )
    return _page_template().substitute(
        lang=metadata.locale, title=escape(metadata.title), header=header, body=frame.body_html, cta=cta, footer=footer
    )


def _address_line(sender: Sender) -> str:
    return ", ".join(
        [sender.organisation, *(line.strip() for line in sender.postal_address.splitlines() if line.strip())]
    )


@cache
def _page_template() -> Template:
    return Template((_FOLDER / "ledger_page_1.html").read_text("utf-8"))
