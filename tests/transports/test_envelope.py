"""What may be put on the wire, and that it arrives octet for octet."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.delivery.transport import Accepted, Envelope, NotSent
from app.kernel.errors import BadInput
from app.transports.smtp import SmtpTransport
from tests.chaos.smtp import ChaosSmtp
from tests.transports.mail import impatient, letter

SMUGGLED = [
    b"a\n.\n",
    b"a\r.\r",
    b"a\n.\r\n",
    b"a\r\n.\n",
    b"a\r\n.\r",
    b"a\r.\r\n",
    b"a\r\r\n.\r\n",
    b"a\r\n.\r\r\n",
    b"a\n\r\n",
    b"a\r\n\r",
    b"a\0b\r\n",
    b"a\r\n.\r\0\n\r\n",
    b"no end",
    b"",
    b"x" * 999 + b"\r\n",
    b"a\r\n" + b"x" * 999 + b"\r\nb\r\n",
]


@pytest.mark.parametrize("message", SMUGGLED)
def test_what_could_be_read_as_two_messages_is_refused(message: bytes) -> None:
    with pytest.raises(BadInput):
        Envelope("max@placet.example", "rita@clinic.example", message)


@pytest.mark.parametrize(
    "address",
    [
        "rita",
        "@clinic.example",
        "rita@",
        "a@b@c",
        "rita@clinic.example>\r\nRCPT TO:<otto@else.example",
        "rita@clinic.example> SIZE=1",
        "<rita@clinic.example>",
        "rita @clinic.example",
        "rita\x00@clinic.example",
        "rita\u2028@clinic.example",
        "r" * 250 + "@clinic.example",
    ],
)
def test_an_address_cannot_break_out_of_its_command(address: str) -> None:
    with pytest.raises(BadInput):
        Envelope("max@placet.example", address, b"\r\n")
    with pytest.raises(BadInput):
        Envelope(address, "rita@clinic.example", b"\r\n")


def test_the_null_return_path_is_allowed_and_the_null_recipient_is_not() -> None:
    Envelope("", "rita@clinic.example", b"\r\n")
    with pytest.raises(BadInput):
        Envelope("max@placet.example", "", b"\r\n")


def test_personal_data_stay_out_of_the_printed_envelope() -> None:
    assert "rita" not in repr(letter())


LINES = st.lists(
    st.one_of(
        st.sampled_from([b"", b".", b"..", b"...", b". ", b".x", b"..x", b"QUIT", b"RSET", b"x" * 998, b"." * 998]),
        st.binary(max_size=60).map(lambda raw: raw.translate(None, b"\r\n\0")),
    ),
    min_size=1,
    max_size=30,
)


@pytest.fixture(scope="module")
def honest() -> Iterator[ChaosSmtp]:
    with ChaosSmtp() as server:
        yield server


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_any_message_arrives_octet_for_octet_and_alone(honest: ChaosSmtp, lines: list[bytes]) -> None:
    envelope = Envelope("max@placet.example", "rita@clinic.example", b"\r\n".join(lines) + b"\r\n")
    before = len(honest.dots)
    transport = SmtpTransport(impatient(honest.port, command_timeout=5.0, reply_timeout=5.0))
    held = transport.hold(envelope)
    assert not isinstance(held, NotSent)
    assert len(honest.dots) == before
    assert isinstance(held.finish(), Accepted)
    transport.close()
    assert len(honest.dots) == before + 1
    assert honest.accepted[-1].message == envelope.message
    assert honest.early == []
