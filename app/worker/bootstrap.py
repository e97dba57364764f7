"""Put a worker together: the only place that holds a transport."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog
from dkim import DKIMException

from app.audit.operations import open_units
from app.checks.linting import active_packs, check_rendered
from app.checks.model import CheckContext
from app.consent.vault import Vault
from app.delivery import recovery
from app.delivery.context import Delivery, FaultPoints, NoFaults
from app.delivery.dkim_signer import DkimKey, unsigned
from app.delivery.journal import Journal
from app.delivery.render import ScanRendered, SignMime
from app.delivery.transport import Transport
from app.gate.approved_content import ApprovedContents
from app.gate.operations import Gate
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import BadInput
from app.kernel.ids import SystemIds, SystemTokens, TokenSource
from app.settings import DkimSettings, WorkerSettings
from app.storage.demo_clock import process_clock
from app.storage.engine import open_engine
from app.storage.keys import ADDRESS_KEY, LOG_KEY, ORGANISATION_KEY, UNSUBSCRIBE_KEY, KeyFiles, SigningKey
from app.transports.eml_folder import EmlFolderTransport
from app.transports.smtp import SmtpTransport
from app.transports.smtp_settings import SmtpSettings
from app.worker.single import WorkerLock

CONNECTIONS: Final = 10
"""Connections to the mail server, and so messages that may hold their dots for one release commit."""
RULES = Path(__file__).resolve().parents[2] / "review_rules"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Worker:
    """What the loop runs with."""

    delivery: Delivery
    log_key: SigningKey
    log_name: str
    transport: Transport
    lock: WorkerLock


class KillAt:
    """Ends the process without a word at the n-th time a named point is reached; for fault tests, set by name only."""

    def __init__(self, point: str, occurrence: int) -> None:
        self._point = point
        self._left = occurrence

    def reach(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), 9)


def build(settings: WorkerSettings, pause: Callable[[float], bool], *, clock: Clock | None = None) -> Worker:
    """A worker that has recovered what its predecessor left behind. Raises ``BadInput`` when a key cannot be read."""
    tokens = SystemTokens()
    running = clock or process_clock(SystemClock(), settings.data_dir, is_demo=settings.is_demo)
    keys = KeyFiles(settings.keys_dir, tokens)
    units = open_units(open_engine(settings.database_url))
    transport = open_transport(settings, running)
    name = worker_name(settings.data_dir, tokens)
    lock = WorkerLock(settings.data_dir / f"{name}.lock")
    ids = SystemIds()
    organisation = keys.signing_key(ORGANISATION_KEY).verify_key
    delivery = Delivery(
        units=units,
        clock=running,
        ids=ids,
        gate=Gate(ApprovedContents(organisation), running, ids, name),
        vault=Vault(keys.secret(ADDRESS_KEY)),
        transports={"email": transport},
        journal=Journal(settings.data_dir / "journal" / f"{name}.journal"),
        scan=rendered_scan(RULES, running),
        sign=mime_signer(settings.dkim),
        unsubscribe_secret=keys.secret(UNSUBSCRIBE_KEY),
        public_url=settings.public_url,
        worker=name,
        pause=pause,
        faults=fault_points(settings.fault),
    )
    hold = recovery.recover(delivery)
    if hold:
        log.error("sending held", reason=hold)
    return Worker(replace(delivery, hold=hold), keys.signing_key(LOG_KEY), settings.log_name, transport, lock)


def open_transport(settings: WorkerSettings, clock: Clock) -> Transport:
    """SMTP where a server is named; otherwise messages become files in ``DATA/outgoing`` and nothing leaves."""
    if settings.smtp is None:
        return EmlFolderTransport(settings.data_dir / "outgoing")
    smtp = settings.smtp
    wire = SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security.value,
        username=smtp.username,
        password=smtp.password,
    )
    return SmtpTransport(wire, CONNECTIONS, clock=clock)


def worker_name(data_dir: Path, tokens: TokenSource) -> str:
    """The name of the worker of this data directory: stable, so that it finds what it left behind."""
    path = data_dir / "worker-name"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(f"worker-{tokens.random_bytes(4).hex()}\n", encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def rendered_scan(rules: Path, clock: Clock) -> ScanRendered:
    """The check of a rendered message by the active rule packs: ids of the rules that block it."""
    packs = active_packs(rules)

    def scan(subject: str, text: str) -> tuple[str, ...]:
        # The day is read for each message: a rule that comes into force while the worker runs counts from then on.
        today = clock.now().date().isoformat()
        context = CheckContext(channel="email", content_type="email", audience="patients", on=today)
        return tuple(sorted({finding.rule for finding in check_rendered(subject, text, context, packs)}))

    return scan


def mime_signer(dkim: DkimSettings | None) -> SignMime:
    """DKIM when a key is set. A PEM file is RSA; anything else is the base64 seed of an Ed25519 key (RFC 8463).

    Raises ``BadInput`` for a key that cannot sign: better here than at every message.
    """
    if dkim is None:
        return unsigned
    data = dkim.key_file.read_bytes()
    is_rsa = data.lstrip().startswith(b"-----BEGIN")
    key = DkimKey(dkim.selector, dkim.domain, data.strip(), "rsa-sha256" if is_rsa else "ed25519-sha256")
    try:
        key.sign(b"From: trial@" + dkim.domain.encode("idna") + b"\r\n\r\n\r\n")
    except (DKIMException, ValueError, UnicodeError) as error:
        raise BadInput(
            f"is no key that can sign mail ({type(error).__name__}). Give an RSA key in PEM, or an Ed25519 seed in base64.",
            source=str(dkim.key_file),
        ) from None
    return key.sign


def fault_points(named: str) -> FaultPoints:
    """``POINT`` or ``POINT:N`` ends the process there; empty, as in duty, nowhere."""
    if not named:
        return NoFaults()
    point, _, occurrence = named.partition(":")
    return KillAt(point, int(occurrence or "1"))
