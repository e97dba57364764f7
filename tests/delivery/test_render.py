"""One person's message: exactly the approved words, the checked values, and our headers."""

import base64
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.fields import parse_part
from app.authoring.model import Sender, Skeleton
from app.delivery.dkim_signer import DkimKey, unsigned
from app.delivery.preparing import message_id_header
from app.delivery.render import RenderRequest, render
from app.delivery.transport import Envelope
from tests.fakes import MONDAY
from tests.strategies.leads import ATTACKS, values

URL = "https://placet.clinic.example/u/v1.u1." + "A" * 150 + "." + "b" * 43
POSTAL = "12 River Road, Springfield, IL 62701, USA"
SENDER = Sender("n", 1, "Northgate Clinics", "care@clinic.example", "care@clinic.example", "Northgate Clinics", POSTAL)
SKELETON = Skeleton(
    subject=parse_part("{{ first_name }}, getting ready"),
    preheader=(),
    html=parse_part(
        '<html><body><p>Dear {{ first_name }} {{ last_name }},</p><p title="{{ first_name }}">.</p>'
        '<p>{{ postal_address }}</p><a href="{{ unsubscribe_url }}">Stop</a></body></html>'
    ),
    text=parse_part(
        "Dear {{ first_name }} {{ last_name }},\n.\n..two dots\n{{ postal_address }}\nStop: {{ unsubscribe_url }}\n"
    ),
    layout="ledger-mail/1",
)
REQUEST = RenderRequest(
    skeleton=SKELETON,
    sender=SENDER,
    fallbacks={"first_name": "there"},
    locale="en-US",
    version_id="v1",
    values={"first_name": "Rita", "last_name": "Recipient"},
    system_values={"unsubscribe_url": URL, "postal_address": POSTAL},
    recipient="rita@home.example",
    message_id="m1",
    message_id_header=message_id_header("e1", 1, "clinic.example"),
    unsubscribe_url=URL,
    now=MONDAY,
)
HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
    "X-Content-Version", "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip


def rendered(**changes: object):  # noqa: ANN201
    return render(replace(REQUEST, **changes), lambda subject, text: (), unsigned)  # type: ignore[arg-type]


def parsed(mime: bytes) -> EmailMessage:
    message = message_from_bytes(mime, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def parts(mime: bytes) -> tuple[str, str]:
    plain, rich = parsed(mime).get_body(("plain",)), parsed(mime).get_body(("html",))
    assert plain is not None
    assert rich is not None
    return plain.get_content(), rich.get_content()


def test_the_message_has_our_headers_and_two_parts_with_the_same_links() -> None:
    mail = rendered()
    message = parsed(mail.mime)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, markup = parts(mail.mime)
    links = r"https?://[^\s\"<>]+"
    assert set(re.findall(links, text)) == set(re.findall(links, unescape(markup))) == {URL}
    assert POSTAL in text
    assert POSTAL in unescape(markup)
    facts = mail.facts
    assert (facts.matches_skeleton, facts.has_postal_address, facts.has_unsubscribe, facts.has_sender) == (True,) * 4
    Envelope(mail.envelope_sender, mail.recipient, mail.mime)


def test_the_one_click_headers_are_what_rfc_8058_asks_however_long_the_link() -> None:
    head = rendered().mime.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    assert f"List-Unsubscribe: <{URL}>" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head


@given(values(), values())
def test_no_value_adds_a_header_a_line_or_markup(first: str, last: str) -> None:
    mail = rendered(values={"first_name": first, "last_name": last})
    message = parsed(mail.mime)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert not message.defects
    text, markup = parts(mail.mime)
    assert len(text.rstrip("\r\n").splitlines()) == 5
    assert markup.count("<") == REQUEST_TAGS
    assert len(message.get_all("To", [])) == 1
    assert str(message["To"]) == "rita@home.example"
    facts = mail.facts
    if not facts.refused_fields and not facts.missing_fields:
        assert facts.matches_skeleton, (first, last)
    Envelope(mail.envelope_sender, mail.recipient, mail.mime)


REQUEST_TAGS = "".join(p.text for p in SKELETON.html if hasattr(p, "text")).count("<")


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.strip()])
def test_known_attacks_are_refused_by_name_and_nothing_of_them_is_sent(attack: str) -> None:
    facts = rendered(values={"first_name": attack, "last_name": "Recipient"}).facts
    assert facts.refused_fields == ("first_name",)
    assert facts.missing_fields == ()


def test_a_missing_value_takes_the_approved_fallback_or_is_named() -> None:
    with_fallback = rendered(values={"last_name": "Recipient"})
    assert "Dear there Recipient," in with_fallback.text
    assert with_fallback.facts.missing_fields == ()
    without = rendered(values={"first_name": "Rita"})
    assert without.facts.missing_fields == ("last_name",)
    assert rendered(values={"first_name": "  ", "last_name": " "}, fallbacks={}).facts.missing_fields == (
        "first_name",
        "last_name",
    )


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        (URL, True),
        ("http://127.0.0.1:8000/u/x", True),
        ("http://localhost/u/x", True),
        ("http://[::1]:8000/u/x", True),
        ("http://placet.example/u/x", False),
        ("http://127.0.0.1.evil.example/u/x", False),
        ("http://localhost@evil.example/u/x", False),
        ("http://localhost:80@evil.example/u/x", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_the_stop_link_is_https_or_this_very_machine(url: str, taken: bool) -> None:
    facts = rendered(system_values={"unsubscribe_url": url, "postal_address": POSTAL}, unsubscribe_url=url or "x").facts
    assert (not facts.refused_fields and not facts.missing_fields) is taken


@given(
    st.text(
        st.characters(categories=["L", "N", "P", "Zs", "S"], exclude_characters="{}\u2028\u2029"),
        min_size=1,
        max_size=150,
    )
)
def test_any_approved_subject_reads_back(subject: str) -> None:
    subject = " ".join(subject.split())
    if not subject:
        return
    skeleton = replace(SKELETON, subject=parse_part(subject))
    assert rendered(skeleton=skeleton).facts.matches_skeleton, subject


def test_altered_bytes_are_noticed() -> None:
    from app.delivery.render import _reads_back

    mail = rendered()
    assert _reads_back(mail.mime, mail.subject, mail.text, mail.html)
    for old, new in ((b"Dear Rita", b"Dear Rota"), (b"getting ready", b"getting read"), (b"Stop:", b"Stop;")):
        assert not _reads_back(mail.mime.replace(old, new), mail.subject, mail.text, mail.html)


def test_the_message_id_is_stable_over_attempts_and_differs_by_step() -> None:
    first, later = rendered(), rendered(now=MONDAY + timedelta(days=1))
    assert parsed(first.mime)["Message-ID"] == parsed(later.mime)["Message-ID"] == first.message_id_header
    ids = {message_id_header(e, n, "clinic.example") for e in ("e1", "e2", "e11") for n in (1, 2, 11)}
    assert len(ids) == 9


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED = ed25519.Ed25519PrivateKey.generate()


def _rsa() -> tuple[DkimKey, bytes]:
    pem = RSA.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = RSA.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return DkimKey("s1", "clinic.example", pem), b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def _ed() -> tuple[DkimKey, bytes]:
    pytest.importorskip("nacl", reason="dkimpy signs with Ed25519 through PyNaCl")
    seed = base64.b64encode(ED.private_bytes_raw())
    record = b"v=DKIM1; k=ed25519; p=" + base64.b64encode(ED.public_key().public_bytes_raw())
    return DkimKey("s1", "clinic.example", seed, "ed25519-sha256"), record


@pytest.mark.parametrize("made", [_rsa, _ed], ids=["rsa", "ed25519"])
def test_the_signature_verifies_and_covers_the_list_headers(made) -> None:  # noqa: ANN001
    key, record = made()
    mail = render(REQUEST, lambda subject, text: (), key.sign)
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert mail.mime.startswith(b"DKIM-Signature:")
    assert dkim.verify(mail.mime, dnsfunc=dns)
    assert asked == [b"s1._domainkey.clinic.example."]
    for altered in (b"List-Unsubscribe: <https://evil", b"List-Unsubscribe-Post: None"):
        name = altered.partition(b":")[0]
        broken = re.sub(rb"(?m)^" + name + rb": [^\r]*", altered, mail.mime)
        assert broken != mail.mime
        assert not dkim.verify(broken, dnsfunc=dns)
    assert mail.facts.matches_skeleton
    Envelope(mail.envelope_sender, mail.recipient, mail.mime)
    assert "PRIVATE" not in repr(key)
