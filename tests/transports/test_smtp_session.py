"""Before the first message: TLS that is never given up, credentials that never travel in the clear, honest limits."""

import base64
from pathlib import Path
from typing import Any

import pytest

from app.delivery.transport import Accepted, Envelope, NotSent, Phase
from app.kernel.errors import BadInput
from app.transports.smtp import SmtpSettings, SmtpTransport
from app.transports.smtp_auth import sign_in
from app.transports.smtp_reply import Reply
from app.transports.smtp_wire import is_loopback
from tests.chaos.smtp import Act, ChaosSmtp, say, silence
from tests.transports.mail import impatient, letter, way_out

ALL = ("PIPELINING", "SIZE 0", "8BITMIME", "AUTH PLAIN LOGIN")


def sent(server: ChaosSmtp, **changes: Any) -> object:
    """What becomes of one letter."""
    transport = way_out(server, command_timeout=2.0, **changes)
    held = transport.hold(letter())
    result = held if isinstance(held, NotSent) else held.finish()
    transport.close()
    server.settle()
    return result


@pytest.mark.parametrize(("offered", "asked"), [("starttls", "starttls"), ("implicit", "tls")])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_trusted_certificate_secures_the_way(certificate: Path, offered: str, asked: str, host: str) -> None:
    with ChaosSmtp(tls=offered, certificate=certificate, extensions=ALL) as server:
        result = sent(server, security=asked, ca_file=str(certificate), username="placet", password="pw", host=host)
        assert isinstance(result, Accepted)
        assert len(server.accepted) == 1
        assert server.commands.count("EHLO") == (2 if asked == "starttls" else 1)


def test_over_tls_several_messages_share_a_connection(certificate: Path) -> None:
    with ChaosSmtp(tls="starttls", certificate=certificate) as server:
        transport = way_out(server, security="starttls", ca_file=str(certificate), command_timeout=2.0)
        for number in range(5):
            held = transport.hold(letter(number))
            assert not isinstance(held, NotSent)
            assert isinstance(held.finish(), Accepted)
        held = transport.hold(letter(5))
        assert not isinstance(held, NotSent)
        held.abandon()
        transport.close()
        server.settle()
        assert (server.connections, len(server.accepted), len(server.partial)) == (1, 5, 1)


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_a_message_larger_than_every_buffer_arrives_whole(certificate: Path, tls: str) -> None:
    large = letter(body=(b"." + b"x" * 69 + b"\r\n") * 150_000)
    with ChaosSmtp(tls=tls, certificate=certificate) as server:
        transport = way_out(server, security=tls, ca_file=str(certificate), command_timeout=20.0, reply_timeout=20.0)
        held = transport.hold(large)
        assert not isinstance(held, NotSent)
        assert server.dots == []
        assert isinstance(held.finish(), Accepted)
        transport.close()
        assert server.accepted[0].message == large.message


def test_a_server_that_stops_reading_runs_into_the_deadline() -> None:
    large = letter(body=(b"x" * 70 + b"\r\n") * 400_000)
    with ChaosSmtp({"body": Act(reply=b"", delay=3.0)}) as server:
        transport = way_out(server)
        result = transport.hold(large)
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind, result.reply) == (Phase.BODY, "transient", "no answer in time")
        transport.close()
        assert server.dots == []


@pytest.mark.parametrize(("offered", "asked"), [("starttls", "starttls"), ("implicit", "tls")])
def test_an_unknown_certificate_is_not_trusted(certificate: Path, offered: str, asked: str) -> None:
    with ChaosSmtp(tls=offered, certificate=certificate) as server:
        result = sent(server, security=asked)
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind) == (Phase.STARTTLS, "unreachable")
        assert "certificate" in result.reply
        assert server.messages == 0


def test_verification_can_be_given_up_on_purpose(certificate: Path) -> None:
    with ChaosSmtp(tls="starttls", certificate=certificate) as server:
        assert isinstance(sent(server, security="starttls", verify_certificate=False), Accepted)


STRIPPED = {
    "not offered": ("none", {}),
    "refused": ("starttls", {"starttls": say("454 4.7.0 not now")}),
    "unknown": ("starttls", {"starttls": say("502 what")}),
    "ignored": ("starttls", {"starttls": silence()}),
    "garbage instead of a handshake": ("starttls", {"starttls": say("220 go\r\n250 plain", close=True)}),
}


@pytest.mark.parametrize("name", STRIPPED)
def test_without_tls_nothing_is_sent(certificate: Path, name: str) -> None:
    offered, script = STRIPPED[name]
    with ChaosSmtp(script, tls=offered, certificate=certificate) as server:
        result = sent(server, security="starttls", ca_file=str(certificate))
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind) == (Phase.STARTTLS, "unreachable")
        assert set(server.commands) <= {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("injected", [b"250 injected\r\n", b"250-a\r\n250 AUTH PLAIN\r\n", b"\r\n", b"2"])
def test_octets_injected_before_the_handshake_end_the_connection(certificate: Path, injected: bytes) -> None:
    script = {"starttls": Act(reply=b"220 go\r\n" + injected)}
    with ChaosSmtp(script, tls="starttls", certificate=certificate) as server:
        result = sent(server, security="starttls", ca_file=str(certificate))
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind) == (Phase.STARTTLS, "unreachable")
        assert server.messages == 0


@pytest.mark.parametrize("offer", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "auth login plain"])
def test_signing_in_works_on_this_machine_without_tls(offer: str) -> None:
    with ChaosSmtp(extensions=(offer,)) as server:
        assert isinstance(sent(server, username="placet", password="pw"), Accepted)
        assert server.commands.count("AUTH") == 1


SIGN_IN_FAULTS = {
    "wrong password": (("AUTH PLAIN",), {"auth": say("535 5.7.8 no")}, 535),
    "later": (("AUTH LOGIN",), {"auth": say("454 4.7.0 later")}, 454),
    "silence": (("AUTH PLAIN",), {"auth": silence()}, None),
    "not offered": (("8BITMIME",), {}, None),
    "only unknown ways": (("AUTH CRAM-MD5",), {}, None),
}


@pytest.mark.parametrize("name", SIGN_IN_FAULTS)
def test_a_failed_sign_in_says_nothing_about_the_message(name: str) -> None:
    extensions, script, code = SIGN_IN_FAULTS[name]
    with ChaosSmtp(script, extensions=extensions) as server:
        result = sent(server, username="placet", password="pw")
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind, result.code) == (Phase.AUTH, "unreachable", code)
        assert server.messages == 0


class Script:
    """A dialogue with a machine elsewhere."""

    def __init__(self, peer: str, *, encrypted: bool, codes: tuple[int, ...] = (235,)) -> None:
        self.peer = peer
        self.encrypted = encrypted
        self.heard: list[bytes] = []
        self._codes = iter(codes)

    def ask(self, command: bytes, timeout: float) -> Reply:
        self.heard.append(command)
        return Reply(next(self._codes), (b"",))


SIGNER = SmtpSettings("mail.example", 587, username="placet", password="p" * 20)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize(
    "peer", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "fe80::1%eth0", "::ffff:192.0.2.7", "0.0.0.0"]
)
def test_credentials_never_leave_this_machine_in_the_clear(peer: str, mechanism: str) -> None:
    dialogue = Script(peer, encrypted=False)
    assert isinstance(sign_in(dialogue, SIGNER, frozenset({mechanism})), str)
    assert dialogue.heard == []


def test_credentials_travel_under_tls() -> None:
    dialogue = Script("192.0.2.7", encrypted=True)
    assert sign_in(dialogue, SIGNER, frozenset({"PLAIN", "LOGIN"})) == Reply(235, (b"",))
    assert base64.b64decode(dialogue.heard[0].split()[2]) == b"\0placet\0" + b"p" * 20


def test_a_long_secret_waits_for_its_own_line() -> None:
    dialogue = Script("127.0.0.1", encrypted=False, codes=(334, 235))
    signer = SmtpSettings("mail.example", 587, username="placet", password="p" * 600)
    sign_in(dialogue, signer, frozenset({"PLAIN"}))
    assert dialogue.heard[0] == b"AUTH PLAIN\r\n"
    assert base64.b64decode(dialogue.heard[1]) == b"\0placet\0" + b"p" * 600


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_recognised(peer: str) -> None:
    assert is_loopback(peer)


def test_an_old_server_is_greeted_with_helo() -> None:
    with ChaosSmtp(lambda step, number: say("502 what") if step == "ehlo" else None) as server:
        result = sent(server)
        assert isinstance(result, NotSent)
        assert server.commands == ["EHLO", "HELO"]


LIMITS = {
    "too long": (("SIZE 100",), letter(body=b"x" * 80 + b"\r\n"), NotSent),
    "any length": (("SIZE 0",), letter(), Accepted),
    "length unsaid": (("SIZE",), letter(), Accepted),
    "8-bit refused": (("SIZE",), letter(body="Grüße\r\n".encode()), NotSent),
    "8-bit taken": (("8BITMIME",), letter(body="Grüße\r\n".encode()), Accepted),
}


@pytest.mark.parametrize("name", LIMITS)
def test_what_the_server_cannot_take_is_not_offered(name: str) -> None:
    extensions, envelope, expected = LIMITS[name]
    with ChaosSmtp(extensions=extensions) as server:
        transport = way_out(server)
        held = transport.hold(envelope)
        result = held if isinstance(held, NotSent) else held.finish()
        transport.close()
        assert type(result) is expected
        if isinstance(result, NotSent):
            assert (result.phase, result.kind, server.messages) == (Phase.MAIL, "permanent", 0)
        else:
            assert server.accepted[0].message == envelope.message


def test_an_address_beyond_ascii_is_refused_before_connecting() -> None:
    transport = SmtpTransport(impatient(1))
    for sender, recipient, phase in (
        ("max@placet.example", "ríta@clinic.example", Phase.RCPT),
        ("mäx@placet.example", "rita@clinic.example", Phase.MAIL),
        ("max@placet.example", "rita@cli..nic.exämple", Phase.RCPT),
    ):
        result = transport.hold(Envelope(sender, recipient, b"\r\n"))
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind) == (phase, "permanent")


def test_a_domain_beyond_ascii_travels_in_its_ascii_form() -> None:
    with ChaosSmtp() as server:
        transport = way_out(server)
        held = transport.hold(Envelope("", "rita@Straße.example", b"\r\n"))
        assert not isinstance(held, NotSent)
        assert isinstance(held.finish(), Accepted)
        transport.close()
        assert server.accepted[0].recipient == "rita@xn--strae-oqa.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"security": "maybe"},
        {"helo_name": "a b"},
        {"helo_name": "a\r\nQUIT"},
        {"helo_name": ""},
        {"username": "placet"},
        {"username": "a\0b", "password": "x"},
        {"reply_timeout": 0},
    ],
)
def test_settings_that_cannot_work_say_so(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        impatient(25, **wrong)


def test_secrets_stay_out_of_the_printed_settings() -> None:
    assert "p" * 20 not in repr(SIGNER)
