"""Every phase with every fault: the result must say exactly what is known, and the server's own log must agree."""

import socket
from dataclasses import dataclass

import pytest

from app.delivery.transport import Accepted, NotSent, Phase, RejectedAfterDot, Uncertain
from app.transports.smtp import SmtpTransport
from tests.chaos.smtp import Act, ChaosSmtp, drop, say, silence
from tests.transports.mail import impatient, letter, way_out

SESSION_PHASES = (Phase.GREETING, Phase.EHLO)
COMMAND_PHASES = (Phase.MAIL, Phase.RCPT, Phase.DATA)


@dataclass(frozen=True)
class Fault:
    """One fault at one step, with what is then known."""

    act: Act
    kind: str
    code: int | None


BEFORE_THE_BODY = {
    "4xx": Fault(say("451 4.3.0 later"), "transient", 451),
    "5xx": Fault(say("554 5.7.1 no"), "permanent", 554),
    "5xx in two lines": Fault(say("550-5.7.1 no\r\n550 5.7.1 never"), "permanent", 550),
    "421": Fault(say("421 4.3.2 closing", close=True), "transient", 421),
    "421 that stays": Fault(say("421 4.3.2 closing"), "transient", 421),
    "drop": Fault(drop(), "transient", None),
    "silence": Fault(silence(), "transient", None),
    "half a reply": Fault(Act(reply=b"25", close=True), "transient", None),
    "drip beyond patience": Fault(Act(reply=b"250 " + b"x" * 200 + b"\r\n", drip=0.05), "transient", None),
    "garbage": Fault(Act(reply=b"\x00\xffHTTP/1.1 400\r\n"), "transient", None),
    "mixed codes": Fault(Act(reply=b"250-a\r\n354 b\r\n"), "transient", None),
    "bare LF": Fault(Act(reply=b"250 ok\n"), "transient", None),
    "endless reply": Fault(Act(reply=b"250-x\r\n" * 101), "transient", None),
    "endless line": Fault(Act(reply=b"250 " + b"x" * 5000), "transient", None),
    "wrong class": Fault(say("334 go"), "transient", 334),
}


def expected_kind(phase: Phase, fault: Fault) -> str:
    return "unreachable" if phase in SESSION_PHASES else fault.kind


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one by one"])
@pytest.mark.parametrize("name", BEFORE_THE_BODY)
@pytest.mark.parametrize("phase", [*SESSION_PHASES, *COMMAND_PHASES])
def test_a_fault_before_the_body_is_definitely_not_sent(phase: Phase, name: str, pipelining: bool) -> None:
    fault = BEFORE_THE_BODY[name]
    with ChaosSmtp({phase.value: fault.act}) as server:
        transport = way_out(server, pipelining=pipelining)
        result = transport.hold(letter())
        transport.close()
        server.settle()
        assert isinstance(result, NotSent)
        assert result.kind == expected_kind(phase, fault)
        if pipelining and name == "silence" and phase in (Phase.MAIL, Phase.RCPT):
            # The replies that follow come one too early, and that is noticed.
            assert result.phase in (Phase.RCPT, Phase.DATA)
        else:
            assert (result.phase, result.code) == (phase, fault.code)
        assert (server.dots, server.accepted) == ([], [])


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT])
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one by one"])
def test_an_unasked_reply_is_never_taken_for_the_next_one(phase: Phase, pipelining: bool) -> None:
    with ChaosSmtp({phase.value: say("250 ok\r\n250 stray")}) as server:
        transport = way_out(server, pipelining=pipelining)
        result = transport.hold(letter())
        transport.close()
        server.settle()
        assert isinstance(result, NotSent)
        assert result.kind == "transient"
        assert (server.dots, server.accepted) == ([], [])


def test_a_refused_recipient_with_data_accepted_sends_nothing_at_all() -> None:
    with ChaosSmtp({"rcpt": say("550 5.1.1 unknown"), "data": say("354 go on")}) as server:
        transport = way_out(server)
        result = transport.hold(letter())
        server.settle()
        assert result == NotSent(Phase.RCPT, "permanent", 550, "5.1.1 unknown")
        assert (server.dots, server.partial) == ([], [b""])
        transport.close()


def test_a_refused_recipient_keeps_the_connection_after_a_reset() -> None:
    with ChaosSmtp(lambda step, number: say("550 no") if (step, number) == ("rcpt", 0) else None) as server:
        transport = way_out(server)
        assert isinstance(transport.hold(letter(0)), NotSent)
        held = transport.hold(letter(1))
        assert not isinstance(held, NotSent)
        assert isinstance(held.finish(), Accepted)
        transport.close()
        assert [record.recipient for record in server.accepted] == ["rita1@clinic.example"]
        assert (server.connections, server.commands.count("RSET")) == (1, 1)


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    result = SmtpTransport(impatient(port)).hold(letter())
    assert isinstance(result, NotSent)
    assert (result.phase, result.kind, result.code) == (Phase.CONNECT, "unreachable", None)


def test_a_drop_on_connect_is_unreachable() -> None:
    with ChaosSmtp({"connect": drop()}) as server:
        result = way_out(server).hold(letter())
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind) == (Phase.GREETING, "unreachable")


@pytest.mark.parametrize("act", [drop(), say("552 5.3.4 too much", close=True), say("421 bye", close=True)])
def test_a_drop_during_a_long_body_is_definitely_not_sent(act: Act) -> None:
    long = letter(body=(b"x" * 70 + b"\r\n") * 400_000)
    with ChaosSmtp({"body": act}, extensions=("PIPELINING",)) as server:
        transport = way_out(server, command_timeout=5.0)
        held = transport.hold(long)
        result = held if isinstance(held, NotSent) else held.finish()
        server.settle()
        assert isinstance(result, NotSent)
        assert result.phase in (Phase.BODY, Phase.HELD)
        assert result.kind == "transient"
        assert server.dots == []
        assert len(server.partial) == 1
        transport.close()


AFTER_THE_DOT = {
    "250": (Act(), Accepted),
    "250 after a while": (Act(delay=0.1), Accepted),
    "250 octet by octet": (Act(drip=0.002), Accepted),
    "250 then 421": (say("250 ok\r\n421 bye", close=True), Accepted),
    "251": (say("251 forwarded"), Accepted),
    "451": (say("451 4.3.0 later"), RejectedAfterDot),
    "554": (say("554 5.6.0 no"), RejectedAfterDot),
    "421": (say("421 closing", close=True), RejectedAfterDot),
    "drop, taken": (drop(accept=True), Uncertain),
    "drop, not taken": (drop(), Uncertain),
    "silence, taken": (silence(accept=True), Uncertain),
    "silence, not taken": (silence(), Uncertain),
    "late": (Act(delay=0.8), Uncertain),
    "half a reply, taken": (Act(reply=b"250 o", close=True, accept=True), Uncertain),
    "drip beyond patience": (Act(drip=0.05), Uncertain),
    "garbage, taken": (Act(reply=b"OK\r\n", accept=True), Uncertain),
    "354 again": (say("354 go"), Uncertain),
    "two replies": (say("250 ok\r\n554 no"), Uncertain),
    "two replies, the other way": (say("554 no\r\n250 ok", accept=True), Uncertain),
    "mixed codes": (say("250-ok\r\n554 no"), Uncertain),
}


@pytest.mark.parametrize("name", AFTER_THE_DOT)
def test_after_the_dot_only_a_clear_answer_is_an_answer(name: str) -> None:
    act, expected = AFTER_THE_DOT[name]
    with ChaosSmtp({"dot": act}) as server:
        transport = way_out(server, reply_timeout=0.5 if expected is Uncertain else 5.0)
        held = transport.hold(letter())
        assert not isinstance(held, NotSent)
        phase_before = held.phase
        result = held.finish()
        transport.close()
        server.settle()
        assert type(result) is expected
        assert (phase_before, held.phase) == (Phase.HELD, Phase.REPLY)
        assert len(server.dots) == 1
        assert (server.partial, server.early) == ([], [])
        if isinstance(result, Accepted):
            assert len(server.accepted) == 1
        if isinstance(result, RejectedAfterDot):
            assert server.accepted == []
            assert result.transient is (result.code < 500)


def test_the_queue_id_is_kept() -> None:
    with ChaosSmtp({"dot": say("250 2.0.0 Ok: queued as 4XyZ12")}) as server:
        transport = way_out(server)
        held = transport.hold(letter())
        assert not isinstance(held, NotSent)
        assert held.finish() == Accepted(250, "2.0.0 Ok: queued as 4XyZ12", "4XyZ12")
        transport.close()
