"""What the database refuses of delivery: the last metre holds even when every line above it is wrong."""

from app.consent.guards import SUPPRESSED
from app.storage.guards import Guard

_DID_NOT_LEAVE = "('deferred', 'aborted_before_dot')"

GUARDS = [
    Guard(
        "attempts_once",
        "attempts",
        "INSERT",
        "EXISTS (SELECT 1 FROM attempts a WHERE a.message_id = NEW.message_id AND NOT EXISTS "
        f"(SELECT 1 FROM receipts r WHERE r.attempt_id = a.id AND r.outcome IN {_DID_NOT_LEAVE}))",
        "attempts: an earlier attempt of this message left or may have left",
    ),
    Guard(
        "attempts_not_suppressed",
        "attempts",
        "INSERT",
        "EXISTS (SELECT 1 FROM messages m WHERE m.id = NEW.message_id AND "
        + SUPPRESSED.format(address="NEW.address_digest", channel="m.channel", purpose="m.topic")
        + ")",
        "attempts: the address is suppressed",
    ),
    Guard(
        "attempts_of_live_content",
        "attempts",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM messages m JOIN publication_heads h ON h.publication_id = m.publication_id "
        "JOIN publications p ON p.id = m.publication_id WHERE m.id = NEW.message_id AND h.state = 'live' "
        "AND p.valid_from <= NEW.released_at AND NEW.released_at < p.valid_until)",
        "attempts: the publication is not live at this instant",
    ),
    Guard(
        "attempts_of_claimed",
        "attempts",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = NEW.message_id AND m.epoch = NEW.epoch "
        "AND m.state = 'claimed' AND m.address_digest = NEW.address_digest AND m.closure_root = NEW.closure_root)",
        "attempts: the message is not claimed under this epoch for this address and these bytes",
    ),
    Guard(
        "messages_released_with_attempt",
        "messages",
        "UPDATE",
        "NEW.state = 'released' AND OLD.state <> 'released' AND NOT EXISTS "
        "(SELECT 1 FROM attempts a WHERE a.message_id = NEW.id AND a.epoch = NEW.epoch)",
        "messages: released needs an attempt in the same transaction",
    ),
]
