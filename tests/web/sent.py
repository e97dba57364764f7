"""A web application on everything a send stands on: a published piece, leads who agreed, planned messages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text

from app.consent.tokens import key_ring, make
from app.kernel.ids import IdSource
from app.outbox.model import MessageAction
from app.outbox.operations import claim, move
from app.storage.keys import SigningKey
from app.storage.unit_of_work import Units
from app.web.context import WebContext, WebKeys
from tests.builders.leads import VAULT
from tests.builders.outbox import make_attempt
from tests.builders.sending import SECRET, Sending

ADDRESS_KEY = bytes(range(32))
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"


def with_builders_keys(context: WebContext) -> WebContext:
    """The same installation with the keys that the builders seal and sign with."""
    keys = WebKeys(SigningKey(b"s" * 32), SECRET, ADDRESS_KEY, context.keys.cookies)
    return replace(context, keys=keys)


def token_for(sending: Sending, number: int = 0) -> str:
    """The one-click token of a lead's first message."""
    message = sending.message(number)
    return make(key_ring(SECRET), message.lead_id, message.channel, message.topic, message.id)


def log_size(units: Units) -> int:
    """How many events there are, sessions that went on left out."""
    with units.reading() as connection:
        query = text("SELECT count(*) FROM audit_events WHERE action <> 'accounts.session.seen'")
        return int(connection.execute(query).scalar_one())


def settle(sending: Sending, action: MessageAction, *, reason: str = "", due_at: datetime | None = None) -> None:
    """Take the first message up and move it once, as the worker does when the gate has stopped it."""
    now = sending.clock.now()
    message = sending.message()
    with sending.units() as uow:
        (held,) = claim(uow, [message.id], "worker-1", now, timedelta(minutes=2))
        move(uow, held.id, held.epoch, action, now=now, reason=reason, due_at=due_at)
        uow.commit()


def release(sending: Sending, ids: IdSource) -> None:
    """Let the first message go, with the rows a release stands on."""
    now, message = sending.clock.now(), sending.message()
    with sending.units() as uow:
        (held,) = claim(uow, [message.id], "worker-1", now, timedelta(minutes=2))
        make_attempt(uow, held, now=now, ids=ids)
        move(uow, held.id, held.epoch, MessageAction.RELEASE, now=now, lease_until=now + timedelta(minutes=12))
        uow.commit()


def form(page: str, **values: str) -> Mapping[str, str]:
    """Values with the cross-site token of a page."""
    return {**values, "csrf_token": page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]}


__all__ = ["VAULT", "XSS", "form", "log_size", "release", "settle", "token_for", "with_builders_keys"]
