"""What the database refuses in publishing, whoever asks. Keys hold that the round was approved on these bytes."""

from app.publishing.policy import PUBLICATION_MOVES
from app.storage.guards import Guard, transition_guard

GUARDS: list[Guard] = [
    Guard(
        "publications_window",
        "publications",
        "INSERT",
        "NEW.valid_until <= NEW.published_at OR NEW.valid_from < NEW.published_at OR NEW.review_by > NEW.valid_until "
        "OR NEW.review_by <= NEW.valid_from",
        "publications: a window begins when it is published or later, ends after that, and is reviewed within",
    ),
    Guard(
        "publications_after_approval",
        "publications",
        "INSERT",
        "EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state_since > NEW.published_at)",
        "publications: nothing is published before it was approved",
    ),
    Guard(
        "publications_own_channel",
        "publications",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM content_items i WHERE i.id = NEW.item_id AND i.channel = NEW.channel)",
        "publications: the channel is that of the item",
    ),
    Guard(
        "publications_by_active_person",
        "publications",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM people p WHERE p.id = NEW.published_by AND p.state = 'active')",
        "publications: a deactivated account publishes nothing",
    ),
    Guard(
        "publication_heads_start_live",
        "publication_heads",
        "INSERT",
        f"NEW.state <> '{PUBLICATION_MOVES.initial.value}'",
        "publication_heads: a publication starts live",
    ),
    Guard(
        "publication_heads_keep_facts",
        "publication_heads",
        "UPDATE",
        "NEW.publication_id <> OLD.publication_id OR NEW.item_id <> OLD.item_id OR NEW.channel <> OLD.channel",
        "publication_heads: a head belongs to one publication",
    ),
    transition_guard(
        "publication_heads_moves",
        "publication_heads",
        "state",
        [(before.value, after.value) for (before, _), after in PUBLICATION_MOVES.moves.items()],
    ),
    Guard("publication_heads_stay", "publication_heads", "DELETE", "1 = 1", "publication_heads: never deleted"),
]
