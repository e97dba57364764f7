"""What the database refuses about content: gaps and strangers in a version chain, and changes of what an item is."""

from app.storage.guards import Guard

_NEXT_NUMBER = "(SELECT COALESCE(MAX(v.number), 0) + 1 FROM content_versions v WHERE v.item_id = NEW.item_id)"
_PARENT = (
    "SELECT 1 FROM content_versions p "
    "WHERE p.id = NEW.parent_id AND p.item_id = NEW.item_id AND p.number = NEW.number - 1"
)
GUARDS: list[Guard] = [
    Guard(
        "content_versions_number_follows",
        "content_versions",
        "INSERT",
        f"NEW.number <> {_NEXT_NUMBER}",
        "content_versions: numbers follow one another",
    ),
    Guard(
        "content_versions_parent_is_previous",
        "content_versions",
        "INSERT",
        f"(NEW.number = 1 AND NEW.parent_id IS NOT NULL) OR (NEW.number > 1 AND NOT EXISTS ({_PARENT}))",
        "content_versions: the parent is the previous version of the same item",
    ),
    Guard(
        "content_items_identity_stays",
        "content_items",
        "UPDATE",
        "NEW.id <> OLD.id OR NEW.key <> OLD.key OR NEW.content_type <> OLD.content_type OR NEW.channel <> OLD.channel "
        "OR NEW.created_by <> OLD.created_by OR NEW.created_at <> OLD.created_at",
        "content_items: only title and owner may change",
    ),
    Guard(
        "content_items_no_delete",
        "content_items",
        "DELETE",
        "1 = 1",
        "content_items: an item is never deleted",
    ),
]
