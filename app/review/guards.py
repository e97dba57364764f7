"""What the database refuses in review, whoever asks: the same rules as ``policy``, once more, where no code can pass by."""

from collections.abc import Iterable

from app.review.model import MEANING_OF_ROLE, RoundState, ThreadKind, ThreadState
from app.review.policy import ROUND_MOVES, THREAD_MOVES
from app.storage.guards import Guard, transition_guard

_ENDED_BY_PERSON = (RoundState.CHANGES_REQUESTED, RoundState.DECLINED, RoundState.WITHDRAWN)
_ROUND_FACTS = (
    "id item_id version_id closure_root report_id report_digest report_blocks pack_digest policy policy_digest max_valid_days "
    "submitted_by submitted_at due_at note"
).split()
_THREAD_FACTS = "id round_id kind quote prefix suffix opened_by opened_at".split()


def _any_changed(columns: Iterable[str]) -> str:
    return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)


def _list(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


_MEANING_FITS = " OR ".join(
    f"(NEW.role = '{role.value}' AND NEW.meaning = '{meaning.value}')" for role, meaning in MEANING_OF_ROLE.items()
)

_ROUNDS = [
    Guard(
        "review_rounds_start_open",
        "review_rounds",
        "INSERT",
        f"NEW.state <> '{ROUND_MOVES.initial.value}'",
        "review_rounds: a round starts open",
    ),
    Guard(
        "review_rounds_keep_facts",
        "review_rounds",
        "UPDATE",
        _any_changed(_ROUND_FACTS),
        "review_rounds: only the state of a round changes",
    ),
    transition_guard(
        "review_rounds_moves",
        "review_rounds",
        "state",
        [(before.value, after.value) for (before, _), after in ROUND_MOVES.moves.items()],
    ),
    Guard(
        "review_rounds_approved_by_all",
        "review_rounds",
        "UPDATE",
        f"NEW.state = '{RoundState.APPROVED.value}' AND (NOT EXISTS (SELECT 1 FROM round_roles r WHERE r.round_id = NEW.id) "
        "OR EXISTS (SELECT 1 FROM round_roles r WHERE r.round_id = NEW.id AND NOT EXISTS "
        "(SELECT 1 FROM signatures s WHERE s.round_id = r.round_id AND s.role = r.role)))",
        "review_rounds: approval needs the signature of every required role, and at least one role",
    ),
    Guard("review_rounds_stay", "review_rounds", "DELETE", "1 = 1", "review_rounds: a round is never deleted"),
    Guard(
        "round_roles_before_signing",
        "round_roles",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = 'open') "
        "OR EXISTS (SELECT 1 FROM signatures s WHERE s.round_id = NEW.round_id)",
        "round_roles: roles are named when the round opens",
    ),
    Guard(
        "round_roles_can_sign",
        "round_roles",
        "INSERT",
        f"NEW.role NOT IN ({_list(role.value for role in MEANING_OF_ROLE)})",
        "round_roles: this role cannot sign",
    ),
    Guard(
        "review_decisions_follow_state",
        "review_decisions",
        "INSERT",
        f"NEW.kind NOT IN ({_list(state.value for state in _ENDED_BY_PERSON)}) OR NOT EXISTS "
        "(SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = NEW.kind)",
        "review_decisions: a decision names how its round ended",
    ),
]

_SIGNATURES = [
    Guard(
        "signatures_open_round",
        "signatures",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = 'open')",
        "signatures: the round is not open",
    ),
    Guard(
        "signatures_not_own_words",
        "signatures",
        "INSERT",
        "EXISTS (SELECT 1 FROM leaf_authors a WHERE a.version_id = NEW.version_id AND a.person_id = NEW.signer_id) OR "
        "EXISTS (SELECT 1 FROM content_versions v WHERE v.id = NEW.version_id AND v.author_id = NEW.signer_id)",
        "signatures: nobody signs their own words",
    ),
    Guard(
        "signatures_by_role_holder",
        "signatures",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM people p JOIN person_roles h ON h.person_id = p.id "
        "WHERE p.id = NEW.signer_id AND p.state = 'active' AND h.role = NEW.role)",
        "signatures: the signer is deactivated or does not hold the role",
    ),
    Guard(
        "signatures_say_their_role",
        "signatures",
        "INSERT",
        f"NOT ({_MEANING_FITS})",
        "signatures: the meaning is not the one of the role",
    ),
    Guard(
        "signatures_confirmed",
        "signatures",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM step_ups u WHERE u.id = NEW.step_up_id AND u.person_id = NEW.signer_id "
        "AND u.digest = NEW.closure_root AND u.meaning = NEW.meaning AND u.used_at IS NOT NULL)",
        "signatures: the signer did not confirm her identity for these bytes and this meaning",
    ),
    Guard(
        "signatures_no_open_must",
        "signatures",
        "INSERT",
        "EXISTS (SELECT 1 FROM review_rounds n JOIN review_rounds r ON r.item_id = n.item_id "
        "JOIN review_threads t ON t.round_id = r.id WHERE n.id = NEW.round_id "
        f"AND t.kind = '{ThreadKind.MUST.value}' AND t.state <> '{ThreadState.SETTLED.value}')",
        "signatures: a comment that must be settled is open",
    ),
]

_THREADS = [
    Guard(
        "review_threads_start_open",
        "review_threads",
        "INSERT",
        f"NEW.state <> '{THREAD_MOVES.initial.value}' OR NOT EXISTS "
        "(SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = 'open')",
        "review_threads: a thread starts open, in an open round",
    ),
    Guard(
        "review_threads_keep_facts",
        "review_threads",
        "UPDATE",
        _any_changed(_THREAD_FACTS),
        "review_threads: only the state of a thread changes",
    ),
    transition_guard(
        "review_threads_moves",
        "review_threads",
        "state",
        [(before.value, after.value) for (before, _), after in THREAD_MOVES.moves.items()],
    ),
    Guard("review_threads_stay", "review_threads", "DELETE", "1 = 1", "review_threads: a thread is never deleted"),
]

GUARDS: list[Guard] = [*_ROUNDS, *_SIGNATURES, *_THREADS]
