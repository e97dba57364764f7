"""What the database refuses about messages."""

from app.outbox.policy import MESSAGE_MOVES, REPINNABLE
from app.storage.guards import Guard, transition_guard

_FIXED = (
    "id", "dedupe_key", "purpose", "topic", "channel", "lead_id", "address_digest", "enrollment_id", "step_number",
    "item_id", "pin", "planned_at",
)  # fmt: skip
_CHANGED = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in _FIXED)
_STATES = ", ".join(f"'{state.value}'" for state in sorted(REPINNABLE))

GUARDS: list[Guard] = [
    transition_guard(
        "messages_moves", "messages", "state", [(a.value, b.value) for (a, _), b in MESSAGE_MOVES.moves.items()]
    ),
    Guard(
        "messages_fixed",
        "messages",
        "UPDATE",
        f"{_CHANGED} OR COALESCE(OLD.not_after, '') <> COALESCE(NEW.not_after, '')",
        "messages: who gets what, once, never changes",
    ),
    Guard(
        "messages_epoch",
        "messages",
        "UPDATE",
        "(OLD.state = 'planned' AND NEW.state = 'claimed' AND NEW.epoch <> OLD.epoch + 1) "
        "OR (NEW.epoch <> OLD.epoch AND NOT (OLD.state = 'planned' AND NEW.state = 'claimed'))",
        "messages: the epoch rises by one with a claim and at no other time",
    ),
    Guard(
        "messages_publication",
        "messages",
        "UPDATE",
        "(OLD.publication_id <> NEW.publication_id OR OLD.closure_root <> NEW.closure_root) "
        f"AND (OLD.pin <> 'latest' OR OLD.state NOT IN ({_STATES}) OR NEW.state NOT IN ({_STATES}))",
        "messages: the publication changes only before release, and only where the newest one is followed",
    ),
    Guard(
        "messages_start",
        "messages",
        "INSERT",
        "NEW.state <> 'planned' OR NEW.epoch <> 0",
        "messages: a message starts as planned, unclaimed",
    ),
    Guard("messages_no_delete", "messages", "DELETE", "1 = 1", "messages: a planned send is never deleted"),
]
