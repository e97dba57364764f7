"""Holding the dot: many at once, abandoned without a trace, and never the wrong reply for the right message."""

import time

import pytest

from app.delivery.transport import Accepted, NotSent, Phase, RejectedAfterDot, Uncertain
from app.kernel.errors import BadInput, StaleState
from app.transports.smtp import SmtpHeldMessage, SmtpTransport
from tests.chaos.smtp import Act, ChaosSmtp, drop, say, seeded, silence
from tests.transports.mail import letter, way_out


def held_by(transport: SmtpTransport, number: int = 0) -> SmtpHeldMessage:
    held = transport.hold(letter(number))
    assert isinstance(held, SmtpHeldMessage), held
    return held


def test_an_abandoned_message_reaches_nobody() -> None:
    with ChaosSmtp() as server:
        transport = way_out(server)
        held_by(transport).abandon()
        server.settle()
        assert (server.accepted, server.dots) == ([], [])
        assert server.partial == [letter().message]
        transport.close()


def test_closing_the_transport_abandons_what_is_held() -> None:
    with ChaosSmtp() as server:
        transport = way_out(server, 3)
        held = [held_by(transport, number) for number in range(3)]
        transport.close()
        server.settle()
        assert (server.accepted, server.dots, len(server.partial)) == ([], [], 3)
        assert {message.phase for message in held} == {Phase.HELD}


def test_a_held_message_is_finished_or_abandoned_once() -> None:
    with ChaosSmtp() as server:
        transport = way_out(server)
        finished = held_by(transport, 0)
        assert isinstance(finished.finish(), Accepted)
        finished.abandon()
        abandoned = held_by(transport, 1)
        abandoned.abandon()
        abandoned.abandon()
        for held in (finished, abandoned):
            with pytest.raises(StaleState):
                held.finish()
        transport.close()
        server.settle()
        assert len(server.dots) == 1


def test_twenty_are_held_at_once_and_then_finished_in_any_order() -> None:
    with ChaosSmtp() as server:
        transport = way_out(server, 20)
        held = [held_by(transport, number) for number in range(20)]
        assert server.accepted == []
        one_more = transport.hold(letter(20))
        assert isinstance(one_more, NotSent)
        assert (one_more.phase, one_more.kind) == (Phase.CONNECT, "unreachable")
        results = [message.finish() for message in reversed(held)]
        assert all(isinstance(result, Accepted) for result in results)
        assert [record.recipient for record in server.accepted] == [
            letter(number).recipient for number in reversed(range(20))
        ]
        again = [held_by(transport, 20 + number) for number in range(20)]
        assert server.connections == 20
        for message in again:
            message.abandon()
        transport.close()


def test_one_connection_carries_messages_in_order() -> None:
    with ChaosSmtp() as server:
        transport = way_out(server)
        for number in range(10):
            result = held_by(transport, number).finish()
            assert isinstance(result, Accepted)
            assert result.queue_id == f"C{number}"
        transport.close()
        assert server.connections == 1
        assert [record.message for record in server.accepted] == [letter(number).message for number in range(10)]


def test_a_late_reply_is_never_the_answer_to_the_next_message() -> None:
    late = {("dot", 0): Act(delay=2.6), ("dot", 1): say("554 5.7.1 no")}
    with ChaosSmtp(lambda step, number: late.get((step, number))) as server:
        transport = way_out(server)
        assert isinstance(held_by(transport, 0).finish(), Uncertain)
        held = held_by(transport, 1)
        time.sleep(0.8)
        assert isinstance(held.finish(), RejectedAfterDot)
        transport.close()
        assert server.connections == 2


@pytest.mark.parametrize("code", [250, 554])
def test_an_unasked_reply_between_messages_costs_the_connection_not_the_message(code: int) -> None:
    stray = Act(after=b"%d stray\r\n" % code)
    with ChaosSmtp(lambda step, number: stray if (step, number) == ("dot", 0) else None) as server:
        transport = way_out(server)
        first = held_by(transport, 0).finish()
        assert isinstance(first, Accepted | Uncertain)
        time.sleep(0.05)
        assert isinstance(held_by(transport, 1).finish(), Accepted)
        transport.close()
        assert server.connections == 2


def test_a_reply_that_comes_while_the_dot_is_held_means_not_sent() -> None:
    early = Act(reply=b"354 go\r\n", after=b"250 early\r\n", after_delay=0.05)
    with ChaosSmtp({"data": early}) as server:
        transport = way_out(server)
        held = held_by(transport)
        time.sleep(0.2)
        result = held.finish()
        server.settle()
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind, result.code) == (Phase.HELD, "transient", 250)
        assert (held.phase, server.dots) == (Phase.HELD, [])
        transport.close()


@pytest.mark.parametrize("act", [drop(), say("421 4.4.2 too slow", close=True)])
def test_a_server_that_gives_up_while_the_dot_is_held_means_not_sent(act: Act) -> None:
    with ChaosSmtp({"body": act}) as server:
        transport = way_out(server)
        held = held_by(transport)
        server.settle()
        time.sleep(0.05)
        result = held.finish()
        assert isinstance(result, NotSent)
        assert (result.phase, result.kind) == (Phase.HELD, "transient")
        assert server.dots == []
        transport.close()


@pytest.mark.parametrize("farewell", [drop(), say("421 enough for one connection", close=True)])
def test_a_connection_the_server_tired_of_is_replaced_without_a_word(farewell: Act) -> None:
    with ChaosSmtp(lambda step, number: farewell if (step, number) == ("mail", 1) else None) as server:
        transport = way_out(server)
        assert isinstance(held_by(transport, 0).finish(), Accepted)
        assert isinstance(held_by(transport, 1).finish(), Accepted)
        transport.close()
        assert (server.connections, len(server.accepted)) == (2, 2)


def test_pipelined_replies_are_attributed_in_order() -> None:
    script = {"mail": say("250 one"), "rcpt": say("452 4.2.2 full"), "data": say("503 5.5.1 no recipient")}
    with ChaosSmtp(script) as server:
        transport = way_out(server)
        assert transport.hold(letter()) == NotSent(Phase.RCPT, "transient", 452, "4.2.2 full")
        transport.close()
    with ChaosSmtp({"mail": say("550 5.7.1 not you"), "rcpt": say("250 fine"), "data": say("554 no")}) as server:
        transport = way_out(server)
        assert transport.hold(letter()) == NotSent(Phase.MAIL, "permanent", 550, "5.7.1 not you")
        transport.close()


def test_an_interrupted_wait_for_the_reply_closes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChaosSmtp({"dot": silence()}) as server:
        transport = way_out(server)
        held = held_by(transport)

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("app.transports.smtp_wire.Wire.read", interrupt)
        with pytest.raises(KeyboardInterrupt):
            held.finish()
        monkeypatch.undo()
        assert held.phase is Phase.REPLY
        second = held_by(transport, 1)
        assert server.connections == 2
        second.abandon()
        transport.close()


ANY_STEP = {
    "mail": (say("451 later"), say("550 no"), drop(), say("421 bye", close=True), say("garbage")),
    "rcpt": (say("451 later"), say("550 no"), drop(), say("250 ok\r\n250 stray")),
    "data": (say("451 later"), drop(), say("354 go\r\n250 stray")),
    "body": (drop(),),
    "dot": (
        say("451 later"),
        say("554 no"),
        drop(),
        drop(accept=True),
        Act(after=b"250 stray\r\n"),
        say("what", accept=True),
    ),
}


@pytest.mark.parametrize("seed", range(5))
def test_the_servers_books_agree_with_every_result_under_random_faults(seed: int) -> None:
    with ChaosSmtp(seeded(seed, ANY_STEP, 0.12)) as server:
        transport = way_out(server, 2)
        results = []
        for number in range(60):
            held = transport.hold(letter(number))
            results.append(held if isinstance(held, NotSent) else held.finish())
        transport.close()
        server.settle()
        taken = [record.recipient for record in server.accepted]
        dotted = [record.recipient for record in server.dots]
        assert len(set(dotted)) == len(dotted)
        for number, result in enumerate(results):
            recipient = letter(number).recipient
            if isinstance(result, Accepted):
                assert recipient in taken
            elif isinstance(result, NotSent):
                assert recipient not in dotted
            elif isinstance(result, RejectedAfterDot):
                assert recipient in dotted
                assert recipient not in taken
        assert {type(result) for result in results} == {Accepted, NotSent, RejectedAfterDot, Uncertain}


def test_a_transport_needs_a_connection() -> None:
    with ChaosSmtp() as server, pytest.raises(BadInput):
        way_out(server, 0)
