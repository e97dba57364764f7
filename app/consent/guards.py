"""What the database refuses about consent."""

from app.storage.guards import Guard

_LIFTABLE = (
    "EXISTS (SELECT 1 FROM suppressions s, consent_events e, leads l "
    "WHERE s.id = NEW.suppression_id AND e.id = NEW.consent_event_id AND l.id = e.lead_id "
    "AND s.reason = 'opt_out' AND e.act = 'agreed' AND e.proof IN ('double', 'signed') "
    "AND e.source NOT LIKE 'import:%' AND e.occurred_at > s.since "
    "AND s.address_digest IN (l.email_digest, l.phone_digest) "
    "AND s.channel IN ('*', e.channel) AND s.purpose IN ('*', e.purpose))"
)
_KEPT = "OLD.id <> NEW.id OR OLD.lead_type <> NEW.lead_type OR OLD.created_at <> NEW.created_at OR OLD.created_by <> NEW.created_by"

SUPPRESSED = (
    "EXISTS (SELECT 1 FROM suppressions s WHERE s.address_digest = {address} AND s.channel IN ('*', {channel}) "
    "AND s.purpose IN ('*', {purpose}) AND NOT EXISTS (SELECT 1 FROM suppression_lifts f, consent_events e "
    "WHERE f.suppression_id = s.id AND e.id = f.consent_event_id AND e.channel = {channel} AND e.purpose = {purpose}))"
)
"""SQL for "this address is suppressed on this channel for this purpose", for guards of later stages; format it with column
expressions for ``address``, ``channel`` and ``purpose``."""

GUARDS: list[Guard] = [
    Guard(
        "suppression_lifts_earned",
        "suppression_lifts",
        "INSERT",
        f"NOT {_LIFTABLE}",
        "suppression_lifts: only a later agreement of the same person, proven double or signed, ends an opt-out",
    ),
    Guard("leads_no_delete", "leads", "DELETE", "1 = 1", "leads: a lead is erased, never deleted"),
    Guard(
        "leads_stay_erased",
        "leads",
        "UPDATE",
        f"OLD.erased_at IS NOT NULL OR {_KEPT}",
        "leads: an erased lead never changes, nor does what a lead is",
    ),
    Guard(
        "leads_erased_whole",
        "leads",
        "UPDATE",
        "NEW.erased_at IS NOT NULL AND (NEW.email_digest <> '' OR NEW.phone_digest <> '' OR length(NEW.sealed) <> 0)",
        "leads: erasing empties everything that points at a person",
    ),
    Guard("lead_keys_no_change", "lead_keys", "UPDATE", "1 = 1", "lead_keys: a key is made once and destroyed once"),
    Guard(
        "lead_keys_of_the_living",
        "lead_keys",
        "INSERT",
        "EXISTS (SELECT 1 FROM leads l WHERE l.id = NEW.lead_id AND l.erased_at IS NOT NULL)",
        "lead_keys: an erased lead gets no new key",
    ),
]
