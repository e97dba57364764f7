"""Metadata, sender and Markdown become the skeleton: what every recipient of a version receives, merge spans cut out."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.authoring import layout, markdown_html
from app.authoring.fields import FIELDS, Sensitivity, find_slots, parse_part
from app.authoring.front_matter import FrontMatter, bad_at, span_at
from app.authoring.markdown_html import Protected, protect
from app.authoring.model import Channel, Literal, Metadata, Part, Sender, Skeleton, Slot
from app.kernel.errors import BadInput

UNSUBSCRIBE = "{{ unsubscribe_url }}"
Disclosures = Mapping[str, str]
"""Markdown of each disclosure that the content quotes, by key."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The skeleton with the link targets of the body, in order."""

    skeleton: Skeleton
    links: tuple[str, ...]


def compile_content(
    metadata: Metadata, sender: Sender | None, front: FrontMatter, disclosures: Disclosures
) -> Compiled:
    """Compile one content file. Raises ``BadInput`` for what a recipient should never meet."""
    if not front.body.strip():
        raise bad_at("There is no text after the front matter. Write one.", front.text, front.body_start, front.source)
    _check_fields(metadata, front)
    if metadata.channel is Channel.EMAIL:
        return _mail(metadata, _needed(sender, metadata), front, disclosures)
    if metadata.channel is Channel.SMS:
        return _text_message(_needed(sender, metadata), front, disclosures)
    return _page(metadata, sender, front, disclosures)


def _needed(sender: Sender | None, metadata: Metadata) -> Sender:
    if sender is None:
        raise BadInput(f"There is no sender '{metadata.sender}'. Import senders.yml first.")
    return sender


def _check_fields(metadata: Metadata, front: FrontMatter) -> None:
    for slot in find_slots(front.text, front.body_start, source=front.source):
        field = FIELDS[slot.field]
        if metadata.channel is Channel.DOCUMENT:
            message = "A wording or disclosure reads the same for everybody. Remove the merge field."
            raise bad_at(message, front.text, slot.start, front.source)
        if metadata.channel is Channel.SMS and field.sensitivity is Sensitivity.HEALTH:
            message = f"'{field.name}' may hint at health and cannot stand in a text message. Use neutral words."
            raise bad_at(message, front.text, slot.start, front.source)
        if field.system and metadata.channel is not Channel.EMAIL:
            raise bad_at(f"'{field.name}' only works in e-mail. Remove it.", front.text, slot.start, front.source)


@dataclass(frozen=True, slots=True)
class _Body:
    html: str
    text: str
    links: tuple[str, ...]
    words: Mapping[str, str]

    def cut(self, text: str) -> Part:
        return merged(Protected("", self.words).cut(text))


def _body(metadata: Metadata, sender: Sender | None, front: FrontMatter, disclosures: Disclosures) -> _Body:
    """The Markdown with its disclosures, read once; slots of the frame get words from the same set."""
    everything = "\n".join([str(metadata.as_json()), str(sender), *disclosures.values()])
    protected = protect(front.text, everything, front.body_start, front.source)
    frame_words = protect(f"{UNSUBSCRIBE}\n{metadata.cta_url}\n{metadata.preheader}", front.text + everything)
    words = {**protected.words, **frame_words.words}
    first_line = span_at(front.text, front.body_start, front.body_start).line
    tokens = markdown_html.parse(protected, front.source, first_line)
    html, text, links = (
        markdown_html.to_html(tokens),
        markdown_html.to_text(tokens),
        list(markdown_html.links_of(tokens, protected)),
    )
    for key in metadata.disclosures:
        quoted = protect(disclosures[key])
        more = markdown_html.parse(quoted)
        html += f'\n<div class="disclosures">{markdown_html.to_html(more)}</div>'
        text += "\n\n" + markdown_html.to_text(more)
        links += markdown_html.links_of(more, quoted)
    return _Body(html, text, tuple(links), words)


def _word(body: _Body, text: str) -> str:
    """``text`` with its slots written as the words of ``body``."""
    word_of = {field: word for word, field in body.words.items()}
    pieces = parse_part(text)
    return "".join(piece.text if isinstance(piece, Literal) else word_of[piece.field] for piece in pieces)


def _mail(metadata: Metadata, sender: Sender, front: FrontMatter, disclosures: Disclosures) -> Compiled:
    body = _body(metadata, sender, front, disclosures)
    frame = layout.Frame(
        metadata=metadata,
        sender=sender,
        body_html=body.html,
        preheader=_word(body, metadata.preheader),
        cta_url=_word(body, metadata.cta_url),
        unsubscribe_url=_word(body, UNSUBSCRIBE),
    )
    who, why = layout.foot_lines(metadata, sender)
    stop = f"Unsubscribe or choose what we send you: {frame.unsubscribe_url}"
    text = f"{body.text}\n\n{metadata.cta_label}: {_shown(frame.cta_url)}\n\n-- \n{why}\n{stop}\n{who}\n"
    skeleton = Skeleton(
        subject=parse_part(metadata.subject),
        preheader=parse_part(metadata.preheader),
        html=body.cut(layout.mail_html(frame)),
        text=body.cut(text),
        layout=layout.MAIL,
    )
    return Compiled(skeleton, body.links)


def _shown(url: str) -> str:
    return url.removeprefix("tel:")


def _text_message(sender: Sender, front: FrontMatter, disclosures: Disclosures) -> Compiled:
    if disclosures:
        raise BadInput("A text message cannot quote disclosures. Write the words into the text.", source=front.source)
    protected = protect(front.text, "", front.body_start, front.source)
    tokens = markdown_html.parse(protected, front.source, span_at(front.text, front.body_start, front.body_start).line)
    text = markdown_html.to_text(tokens).replace("\n\n", "\n")
    if not text.startswith(sender.display_name):
        text = f"{sender.display_name}: {text}"
    skeleton = Skeleton((), (), (), merged(protected.cut(text)), layout.PLAIN)
    return Compiled(skeleton, markdown_html.links_of(tokens, protected))


def _page(metadata: Metadata, sender: Sender | None, front: FrontMatter, disclosures: Disclosures) -> Compiled:
    body = _body(metadata, sender, front, disclosures)
    frame = layout.Frame(metadata, sender, body.html, "", _word(body, metadata.cta_url), "")
    html = layout.page_html(frame)
    call = f"\n\n{metadata.cta_label}: {_shown(frame.cta_url)}" if frame.cta_url else ""
    skeleton = Skeleton((), (), body.cut(html), body.cut(f"{body.text}{call}\n"), layout.PAGE)
    return Compiled(skeleton, body.links)


def merged(part: Part) -> Part:
    """Neighbouring literals as one, so that equal skeletons are equal values."""
    out: list[Literal | Slot] = []
    for piece in part:
        if isinstance(piece, Literal) and out and isinstance(out[-1], Literal):
            out[-1] = Literal(out[-1].text + piece.text)
        else:
            out.append(piece)
    return tuple(out)
