"""Replies: whole wherever they are cut, and refused as soon as they cannot become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.transport import Accepted, NotSent
from app.transports.smtp_reply import MAX_REPLY_LINE, MAX_REPLY_LINES, Garbled, Reply, parse_reply
from tests.chaos.smtp import Act, ChaosSmtp
from tests.transports.mail import letter, way_out

WHOLE = {
    b"250 ok\r\n": Reply(250, (b"ok",)),
    b"250\r\n": Reply(250, (b"",)),
    b"250-a\r\n250-b c\r\n250 d\r\n": Reply(250, (b"a", b"b c", b"d")),
    b"554-\r\n554\r\n": Reply(554, (b"", b"")),
    b"250 caf\xc3\xa9 \x1b[0m\r\n": Reply(250, (b"caf\xc3\xa9 \x1b[0m",)),
}


@pytest.mark.parametrize("text", WHOLE)
def test_a_reply_is_read_wherever_it_is_cut(text: bytes) -> None:
    for cut in range(len(text)):
        assert parse_reply(text[:cut]) is None
    assert parse_reply(text) == (WHOLE[text], len(text))
    assert parse_reply(text + b"250 next\r\n") == (WHOLE[text], len(text))


@pytest.mark.parametrize(
    "text",
    [
        b"x",
        b"\r\n",
        b"150 early\r\n",
        b"650 late\r\n",
        b"25x ok\r\n",
        b"2500 ok\r\n",
        b"250_ok\r\n",
        b"250 ok\n",
        b"250 o\rk\r\n",
        b"250 o\0k\r\n",
        b"250-a\r\n251 b\r\n",
        b"250-a\r\nb\r\n",
        b"250 " + b"x" * MAX_REPLY_LINE,
        b"250 " + b"x" * MAX_REPLY_LINE + b"\r\n",
        b"250-x\r\n" * MAX_REPLY_LINES + b"250 x\r\n",
        b"\x16\x03\x01",
    ],
)
def test_what_cannot_become_a_reply_is_refused_at_once(text: bytes) -> None:
    with pytest.raises(Garbled):
        parse_reply(text)


def test_a_line_longer_than_the_standard_is_still_read() -> None:
    parsed = parse_reply(b"250 " + b"x" * (MAX_REPLY_LINE - 6) + b"\r\n")
    assert parsed is not None
    assert len(parsed[0].text) == 500


@given(st.binary(max_size=200))
def test_no_octets_do_anything_but_parse_wait_or_be_refused(data: bytes) -> None:
    try:
        parsed = parse_reply(data)
    except Garbled:
        return
    if parsed is not None:
        reply, length = parsed
        assert 200 <= reply.code < 600
        assert data[:length].endswith(b"\r\n")
        assert reply.text.isprintable()


@pytest.mark.parametrize(
    ("text", "queue_id"),
    [
        (b"2.0.0 Ok: queued as 4XyZ12", "4XyZ12"),
        (b"OK id=1tAbCd-0001-AB", "1tAbCd-0001-AB"),
        (b"2.6.0 <x@y> [InternalId=99] Queued mail for delivery", ""),
        (b"ok", ""),
    ],
)
def test_the_servers_name_for_a_message_is_found(text: bytes, queue_id: str) -> None:
    assert Reply(250, (text,)).queue_id == queue_id


def test_on_the_wire_too_a_reply_may_come_octet_by_octet() -> None:
    slowly = Act(drip=0.001)
    with ChaosSmtp(dict.fromkeys(("greeting", "ehlo", "mail", "rcpt", "data", "dot"), slowly)) as server:
        transport = way_out(server, command_timeout=5.0, reply_timeout=5.0)
        held = transport.hold(letter())
        assert not isinstance(held, NotSent)
        assert isinstance(held.finish(), Accepted)
        transport.close()
