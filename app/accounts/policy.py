"""What accounts allow: back-off, session life, confirmations, passwords, and who may change whom. Pure."""

import hmac
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from app.accounts.model import Actor, Person, PersonState, Role, Session, StepUp, UseStepUp
from app.kernel.digest import sha256
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal
from app.kernel.transitions import TransitionTable

FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=15)
FIRST_WAIT = timedelta(seconds=30)
"""After the fifth failure; doubles with each further one, never beyond the window."""
IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=5)
"""How stale ``seen_at`` may grow before it is written again.

Each write is an audit event, so it is not done per request. The price is on the safe side: a session ends after 25 to
30 minutes of silence, never later.
"""
STEP_UP_LIMIT = timedelta(minutes=5)
PASSWORD_MINIMUM = 12
PASSWORD_MAXIMUM = 256
NAME_MAXIMUM = 120


class PersonAction(StrEnum):
    """What happens to an account."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


PERSON_MOVES: TransitionTable[PersonState, PersonAction] = TransitionTable(
    "person",
    PersonState.ACTIVE,
    {
        (PersonState.ACTIVE, PersonAction.DEACTIVATE): PersonState.DEACTIVATED,
        (PersonState.DEACTIVATED, PersonAction.REACTIVATE): PersonState.ACTIVE,
    },
)
"""A person who comes back gets her old account: one signature, one person, for ever (21 CFR 11.100(a))."""


def normal_email(text: str) -> str:
    """The one form of a login address: no surrounding space, lower case, domain in IDNA form.

    Raises ``BadInput`` when it is no address.
    """
    try:
        checked = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as problem:
        raise BadInput(
            f"'{text[:80]}' is not an e-mail address: {problem} Give one such as name@clinic.example."
        ) from None
    return checked.normalized.lower()


def login_digest(address_key: bytes, email: str) -> str:
    """What failures of one login are counted under: keyed, because addresses can be guessed from a plain digest."""
    return hmac.new(address_key, b"sign-in\x00" + email.strip().lower().encode(), "sha256").hexdigest()


def confirmation_digest(person_id: str) -> str:
    """What failed confirmations of one person are counted under; ids say nothing about her, so no key is needed."""
    return sha256(b"confirmation\x00" + person_id.encode())


def clean_name(text: str) -> str:
    """A printed name: one line, 1 to 120 characters. Raises ``BadInput``."""
    name = text.strip()
    if not name or len(name) > NAME_MAXIMUM:
        raise BadInput(f"A name has 1 to {NAME_MAXIMUM} characters; this one has {len(name)}.")
    if any(unicodedata.category(character).startswith(("C", "Zl", "Zp")) for character in name):
        raise BadInput("A name is one line of printable characters. Remove line breaks and control characters.")
    return name


def password_refusal(password: str, email: str) -> Refusal | None:
    """Why a password cannot be taken: length and the address itself, no composition rules (NIST SP 800-63B)."""
    if len(password) < PASSWORD_MINIMUM:
        return Refusal("password_too_short", {"minimum": PASSWORD_MINIMUM})
    if len(password) > PASSWORD_MAXIMUM:
        return Refusal("password_too_long", {"maximum": PASSWORD_MAXIMUM})
    if password.strip().casefold() in {email.casefold(), email.partition("@")[0].casefold()}:
        return Refusal("password_is_email")
    return None


def throttle(failures: Sequence[datetime], now: datetime, code: str) -> Refusal | None:
    """Refuse with ``code`` while the back-off lasts: five failures in 15 minutes, then 30 s, 1 min, 2 min and so on."""
    recent = sorted(at for at in failures if now - at < FAILURE_WINDOW)
    if len(recent) < FAILURES_ALLOWED:
        return None
    wait = min(FIRST_WAIT * 2 ** min(len(recent) - FAILURES_ALLOWED, 10), FAILURE_WINDOW)
    left = recent[-1] + wait - now
    if left <= timedelta(0):
        return None
    return Refusal(code, {"retry_after_seconds": -(-left // timedelta(seconds=1))})


def session_lives(session: Session, now: datetime) -> bool:
    """Whether a session still stands: not ended, 30 minutes of silence at most, 12 hours at most."""
    if session.ended_at is not None or now < session.created_at:
        return False
    return now - session.seen_at < IDLE_LIMIT and now - session.created_at < ABSOLUTE_LIMIT


def needs_touch(session: Session, now: datetime) -> bool:
    """Whether it is time to write down that a living session was used."""
    return session_lives(session, now) and now - session.seen_at >= SEEN_STEP


def step_up_refusal(step_up: StepUp | None, use: UseStepUp, actor: Actor, now: datetime) -> Refusal | None:
    """Why a confirmation does not serve this use. Another's confirmation and none at all get the same answer."""
    if step_up is None:
        return Refusal("step_up_other")
    wanted = (actor.person_id, actor.session_id, use.act, use.digest, use.meaning)
    if wanted != (step_up.person_id, step_up.session_id, step_up.act, step_up.digest, step_up.meaning):
        return Refusal("step_up_other")
    if step_up.used_at is not None:
        return Refusal("step_up_used")
    if not timedelta(0) <= now - step_up.granted_at < STEP_UP_LIMIT:
        return Refusal("step_up_expired", {"limit_seconds": int(STEP_UP_LIMIT.total_seconds())})
    return None


def roles_refusal(
    person: Person, roles: frozenset[Role], actor: Actor, administrators: Collection[str]
) -> Refusal | None:
    """Nobody grants herself a role (she may give one up); the last active administrator stays one."""
    if person.id == actor.person_id and not roles <= person.roles:
        return Refusal("own_roles")
    if Role.ADMINISTRATOR not in roles:
        return last_administrator(person, administrators)
    return None


def last_administrator(person: Person, administrators: Collection[str]) -> Refusal | None:
    """Refuse what would leave no active administrator. ``administrators`` are the active ones now."""
    return Refusal("last_administrator") if set(administrators) == {person.id} else None
