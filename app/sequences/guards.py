"""What the database refuses about sequences and enrollments."""

from app.sequences.policy import ENROLLMENT_MOVES, SEQUENCE_MOVES
from app.storage.guards import Guard, transition_guard

_VERSION_FIXED = ("id", "sequence_id", "number", "source", "digest", "lead_type", "created_by", "created_at")
_ENROLLMENT_FIXED = ("id", "sequence_id", "sequence_version_id", "lead_id", "enrolled_at", "enrolled_by")


def _changed(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{column} <> NEW.{column}" for column in columns)


GUARDS: list[Guard] = [
    transition_guard(
        "sequence_versions_moves",
        "sequence_versions",
        "state",
        [(a.value, b.value) for (a, _), b in SEQUENCE_MOVES.moves.items()],
    ),
    Guard(
        "sequence_versions_fixed",
        "sequence_versions",
        "UPDATE",
        _changed(_VERSION_FIXED),
        "sequence_versions: only the state of a version changes",
    ),
    Guard(
        "sequence_versions_start",
        "sequence_versions",
        "INSERT",
        "NEW.state <> 'draft'",
        "sequence_versions: a version starts as a draft",
    ),
    Guard("sequence_versions_no_delete", "sequence_versions", "DELETE", "1 = 1", "sequence_versions: kept for ever"),
    Guard(
        "sequence_steps_of_drafts",
        "sequence_steps",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM sequence_versions v WHERE v.id = NEW.sequence_version_id AND v.state = 'draft')",
        "sequence_steps: only a draft takes steps",
    ),
    transition_guard(
        "enrollments_moves",
        "enrollments",
        "state",
        [(a.value, b.value) for (a, _), b in ENROLLMENT_MOVES.moves.items()],
    ),
    Guard(
        "enrollments_fixed",
        "enrollments",
        "UPDATE",
        _changed(_ENROLLMENT_FIXED),
        "enrollments: who is in what never changes",
    ),
    Guard(
        "enrollments_start",
        "enrollments",
        "INSERT",
        "NEW.state <> 'active' OR NOT EXISTS (SELECT 1 FROM sequence_versions v WHERE v.id = NEW.sequence_version_id "
        "AND v.sequence_id = NEW.sequence_id AND v.state = 'active')",
        "enrollments: a lead enters an active version",
    ),
    Guard("enrollments_no_delete", "enrollments", "DELETE", "1 = 1", "enrollments: stopped, never deleted"),
]
