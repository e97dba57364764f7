"""What the database refuses of the gate."""

from app.storage.guards import Guard

GUARDS = [
    Guard(
        "kill_switches_only_release",
        "kill_switches",
        "UPDATE",
        "OLD.released_at IS NOT NULL OR NEW.released_at IS NULL OR NEW.released_by IS NULL "
        "OR OLD.scope <> NEW.scope OR OLD.reason <> NEW.reason OR OLD.engaged_by <> NEW.engaged_by "
        "OR OLD.engaged_at <> NEW.engaged_at",
        "kill_switches: a switch is let go of once and otherwise not changed",
    ),
    Guard("kill_switches_no_delete", "kill_switches", "DELETE", "1 = 1", "kill_switches: history stays"),
    Guard(
        "decisions_of_claimed",
        "decisions",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = NEW.message_id AND m.epoch = NEW.epoch "
        "AND m.state = 'claimed' AND m.publication_id = NEW.publication_id AND m.closure_root = NEW.closure_root)",
        "decisions: the message is not claimed under this epoch for these bytes",
    ),
]
