"""What the database refuses about accounts, whoever asks."""

from app.accounts.policy import PERSON_MOVES
from app.storage.guards import Guard, transition_guard

GUARDS: list[Guard] = [
    Guard("people_no_delete", "people", "DELETE", "1 = 1", "an account is never deleted"),
    Guard(
        "people_same_person",
        "people",
        "UPDATE",
        "NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at",
        "an account keeps its id and its date",
    ),
    transition_guard(
        "people_moves",
        "people",
        "state",
        [(before.value, after.value) for (before, _), after in PERSON_MOVES.moves.items()],
    ),
    Guard(
        "person_roles_no_self_grant",
        "person_roles",
        "INSERT",
        "NEW.granted_by = NEW.person_id",
        "nobody grants herself a role",
    ),
    Guard("person_roles_no_update", "person_roles", "UPDATE", "1 = 1", "a role is granted or withdrawn, not changed"),
    Guard(
        "sessions_active_person",
        "sessions",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM people WHERE people.id = NEW.person_id AND people.state = 'active')",
        "a deactivated account gets no session",
    ),
    Guard(
        "sessions_stay_ended",
        "sessions",
        "UPDATE",
        "OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.person_id <> OLD.person_id"
        " OR NEW.created_at <> OLD.created_at",
        "a session that ended stays ended, and belongs to one person",
    ),
    Guard("step_ups_no_delete", "step_ups", "DELETE", "1 = 1", "a confirmation is never deleted"),
    Guard(
        "step_ups_once",
        "step_ups",
        "UPDATE",
        "OLD.used_at IS NOT NULL OR NEW.used_at IS NULL OR NEW.id <> OLD.id OR NEW.person_id <> OLD.person_id"
        " OR NEW.session_id <> OLD.session_id OR NEW.act <> OLD.act OR NEW.digest <> OLD.digest"
        " OR NEW.meaning <> OLD.meaning OR NEW.method <> OLD.method OR NEW.granted_at <> OLD.granted_at",
        "a confirmation is used once, for what it was made for",
    ),
]
