"""Spine.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

from app.storage import base
from app.storage.guards import Guard, create_guards, drop_guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDS = (
    Guard(
        name="audit_events_no_update",
        table="audit_events",
        on="UPDATE",
        refuse_when="1 = 1",
        message="audit_events is append-only",
    ),
    Guard(
        name="audit_events_no_delete",
        table="audit_events",
        on="DELETE",
        refuse_when="1 = 1",
        message="audit_events is append-only",
    ),
    Guard(
        name="checkpoints_no_update",
        table="checkpoints",
        on="UPDATE",
        refuse_when="1 = 1",
        message="checkpoints is append-only",
    ),
    Guard(
        name="checkpoints_no_delete",
        table="checkpoints",
        on="DELETE",
        refuse_when="1 = 1",
        message="checkpoints is append-only",
    ),
    Guard(
        name="failed_sign_ins_no_update",
        table="failed_sign_ins",
        on="UPDATE",
        refuse_when="1 = 1",
        message="failed_sign_ins is append-only",
    ),
    Guard(
        name="failed_sign_ins_no_delete",
        table="failed_sign_ins",
        on="DELETE",
        refuse_when="1 = 1",
        message="failed_sign_ins is append-only",
    ),
    Guard(
        name="senders_no_update",
        table="senders",
        on="UPDATE",
        refuse_when="1 = 1",
        message="senders is append-only",
    ),
    Guard(
        name="senders_no_delete",
        table="senders",
        on="DELETE",
        refuse_when="1 = 1",
        message="senders is append-only",
    ),
    Guard(
        name="suppressions_no_update",
        table="suppressions",
        on="UPDATE",
        refuse_when="1 = 1",
        message="suppressions is append-only",
    ),
    Guard(
        name="suppressions_no_delete",
        table="suppressions",
        on="DELETE",
        refuse_when="1 = 1",
        message="suppressions is append-only",
    ),
    Guard(
        name="content_versions_no_update",
        table="content_versions",
        on="UPDATE",
        refuse_when="1 = 1",
        message="content_versions is append-only",
    ),
    Guard(
        name="content_versions_no_delete",
        table="content_versions",
        on="DELETE",
        refuse_when="1 = 1",
        message="content_versions is append-only",
    ),
    Guard(
        name="consent_events_no_update",
        table="consent_events",
        on="UPDATE",
        refuse_when="1 = 1",
        message="consent_events is append-only",
    ),
    Guard(
        name="consent_events_no_delete",
        table="consent_events",
        on="DELETE",
        refuse_when="1 = 1",
        message="consent_events is append-only",
    ),
    Guard(
        name="finding_reports_no_update",
        table="finding_reports",
        on="UPDATE",
        refuse_when="1 = 1",
        message="finding_reports is append-only",
    ),
    Guard(
        name="finding_reports_no_delete",
        table="finding_reports",
        on="DELETE",
        refuse_when="1 = 1",
        message="finding_reports is append-only",
    ),
    Guard(
        name="leaf_authors_no_update",
        table="leaf_authors",
        on="UPDATE",
        refuse_when="1 = 1",
        message="leaf_authors is append-only",
    ),
    Guard(
        name="leaf_authors_no_delete",
        table="leaf_authors",
        on="DELETE",
        refuse_when="1 = 1",
        message="leaf_authors is append-only",
    ),
    Guard(
        name="suppression_lifts_no_update",
        table="suppression_lifts",
        on="UPDATE",
        refuse_when="1 = 1",
        message="suppression_lifts is append-only",
    ),
    Guard(
        name="suppression_lifts_no_delete",
        table="suppression_lifts",
        on="DELETE",
        refuse_when="1 = 1",
        message="suppression_lifts is append-only",
    ),
    Guard(
        name="publications_no_update",
        table="publications",
        on="UPDATE",
        refuse_when="1 = 1",
        message="publications is append-only",
    ),
    Guard(
        name="publications_no_delete",
        table="publications",
        on="DELETE",
        refuse_when="1 = 1",
        message="publications is append-only",
    ),
    Guard(
        name="review_decisions_no_update",
        table="review_decisions",
        on="UPDATE",
        refuse_when="1 = 1",
        message="review_decisions is append-only",
    ),
    Guard(
        name="review_decisions_no_delete",
        table="review_decisions",
        on="DELETE",
        refuse_when="1 = 1",
        message="review_decisions is append-only",
    ),
    Guard(
        name="round_roles_no_update",
        table="round_roles",
        on="UPDATE",
        refuse_when="1 = 1",
        message="round_roles is append-only",
    ),
    Guard(
        name="round_roles_no_delete",
        table="round_roles",
        on="DELETE",
        refuse_when="1 = 1",
        message="round_roles is append-only",
    ),
    Guard(
        name="review_comments_no_update",
        table="review_comments",
        on="UPDATE",
        refuse_when="1 = 1",
        message="review_comments is append-only",
    ),
    Guard(
        name="review_comments_no_delete",
        table="review_comments",
        on="DELETE",
        refuse_when="1 = 1",
        message="review_comments is append-only",
    ),
    Guard(
        name="sequence_steps_no_update",
        table="sequence_steps",
        on="UPDATE",
        refuse_when="1 = 1",
        message="sequence_steps is append-only",
    ),
    Guard(
        name="sequence_steps_no_delete",
        table="sequence_steps",
        on="DELETE",
        refuse_when="1 = 1",
        message="sequence_steps is append-only",
    ),
    Guard(
        name="signatures_no_update",
        table="signatures",
        on="UPDATE",
        refuse_when="1 = 1",
        message="signatures is append-only",
    ),
    Guard(
        name="signatures_no_delete",
        table="signatures",
        on="DELETE",
        refuse_when="1 = 1",
        message="signatures is append-only",
    ),
    Guard(
        name="decisions_no_update",
        table="decisions",
        on="UPDATE",
        refuse_when="1 = 1",
        message="decisions is append-only",
    ),
    Guard(
        name="decisions_no_delete",
        table="decisions",
        on="DELETE",
        refuse_when="1 = 1",
        message="decisions is append-only",
    ),
    Guard(
        name="attempts_no_update",
        table="attempts",
        on="UPDATE",
        refuse_when="1 = 1",
        message="attempts is append-only",
    ),
    Guard(
        name="attempts_no_delete",
        table="attempts",
        on="DELETE",
        refuse_when="1 = 1",
        message="attempts is append-only",
    ),
    Guard(
        name="receipts_no_update",
        table="receipts",
        on="UPDATE",
        refuse_when="1 = 1",
        message="receipts is append-only",
    ),
    Guard(
        name="receipts_no_delete",
        table="receipts",
        on="DELETE",
        refuse_when="1 = 1",
        message="receipts is append-only",
    ),
    Guard(
        name="messages_moves",
        table="messages",
        on="UPDATE",
        refuse_when="OLD.state <> NEW.state AND NOT ((OLD.state = 'claimed' AND NEW.state = 'held') OR (OLD.state = 'claimed' AND NEW.state = 'planned') OR (OLD.state = 'claimed' AND NEW.state = 'refused') OR (OLD.state = 'claimed' AND NEW.state = 'rejected') OR (OLD.state = 'claimed' AND NEW.state = 'released') OR (OLD.state = 'held' AND NEW.state = 'planned') OR (OLD.state = 'held' AND NEW.state = 'refused') OR (OLD.state = 'planned' AND NEW.state = 'claimed') OR (OLD.state = 'planned' AND NEW.state = 'held') OR (OLD.state = 'planned' AND NEW.state = 'refused') OR (OLD.state = 'released' AND NEW.state = 'accepted') OR (OLD.state = 'released' AND NEW.state = 'planned') OR (OLD.state = 'released' AND NEW.state = 'rejected') OR (OLD.state = 'released' AND NEW.state = 'unknown'))",
        message="messages: this change of state is not in the transition table",
    ),
    Guard(
        name="messages_fixed",
        table="messages",
        on="UPDATE",
        refuse_when="OLD.id <> NEW.id OR OLD.dedupe_key <> NEW.dedupe_key OR OLD.purpose <> NEW.purpose OR OLD.topic <> NEW.topic OR OLD.channel <> NEW.channel OR OLD.lead_id <> NEW.lead_id OR OLD.address_digest <> NEW.address_digest OR OLD.enrollment_id <> NEW.enrollment_id OR OLD.step_number <> NEW.step_number OR OLD.item_id <> NEW.item_id OR OLD.pin <> NEW.pin OR OLD.planned_at <> NEW.planned_at OR COALESCE(OLD.not_after, '') <> COALESCE(NEW.not_after, '')",
        message="messages: who gets what, once, never changes",
    ),
    Guard(
        name="messages_epoch",
        table="messages",
        on="UPDATE",
        refuse_when="(OLD.state = 'planned' AND NEW.state = 'claimed' AND NEW.epoch <> OLD.epoch + 1) OR (NEW.epoch <> OLD.epoch AND NOT (OLD.state = 'planned' AND NEW.state = 'claimed'))",
        message="messages: the epoch rises by one with a claim and at no other time",
    ),
    Guard(
        name="messages_publication",
        table="messages",
        on="UPDATE",
        refuse_when="(OLD.publication_id <> NEW.publication_id OR OLD.closure_root <> NEW.closure_root) AND (OLD.pin <> 'latest' OR OLD.state NOT IN ('claimed', 'held', 'planned') OR NEW.state NOT IN ('claimed', 'held', 'planned'))",
        message="messages: the publication changes only before release, and only where the newest one is followed",
    ),
    Guard(
        name="messages_start",
        table="messages",
        on="INSERT",
        refuse_when="NEW.state <> 'planned' OR NEW.epoch <> 0",
        message="messages: a message starts as planned, unclaimed",
    ),
    Guard(
        name="messages_no_delete",
        table="messages",
        on="DELETE",
        refuse_when="1 = 1",
        message="messages: a planned send is never deleted",
    ),
    Guard(
        name="people_no_delete",
        table="people",
        on="DELETE",
        refuse_when="1 = 1",
        message="an account is never deleted",
    ),
    Guard(
        name="people_same_person",
        table="people",
        on="UPDATE",
        refuse_when="NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at",
        message="an account keeps its id and its date",
    ),
    Guard(
        name="people_moves",
        table="people",
        on="UPDATE",
        refuse_when="OLD.state <> NEW.state AND NOT ((OLD.state = 'active' AND NEW.state = 'deactivated') OR (OLD.state = 'deactivated' AND NEW.state = 'active'))",
        message="people: this change of state is not in the transition table",
    ),
    Guard(
        name="person_roles_no_self_grant",
        table="person_roles",
        on="INSERT",
        refuse_when="NEW.granted_by = NEW.person_id",
        message="nobody grants herself a role",
    ),
    Guard(
        name="person_roles_no_update",
        table="person_roles",
        on="UPDATE",
        refuse_when="1 = 1",
        message="a role is granted or withdrawn, not changed",
    ),
    Guard(
        name="sessions_active_person",
        table="sessions",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM people WHERE people.id = NEW.person_id AND people.state = 'active')",
        message="a deactivated account gets no session",
    ),
    Guard(
        name="sessions_stay_ended",
        table="sessions",
        on="UPDATE",
        refuse_when="OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.person_id <> OLD.person_id OR NEW.created_at <> OLD.created_at",
        message="a session that ended stays ended, and belongs to one person",
    ),
    Guard(
        name="step_ups_no_delete",
        table="step_ups",
        on="DELETE",
        refuse_when="1 = 1",
        message="a confirmation is never deleted",
    ),
    Guard(
        name="step_ups_once",
        table="step_ups",
        on="UPDATE",
        refuse_when="OLD.used_at IS NOT NULL OR NEW.used_at IS NULL OR NEW.id <> OLD.id OR NEW.person_id <> OLD.person_id OR NEW.session_id <> OLD.session_id OR NEW.act <> OLD.act OR NEW.digest <> OLD.digest OR NEW.meaning <> OLD.meaning OR NEW.method <> OLD.method OR NEW.granted_at <> OLD.granted_at",
        message="a confirmation is used once, for what it was made for",
    ),
    Guard(
        name="content_versions_number_follows",
        table="content_versions",
        on="INSERT",
        refuse_when="NEW.number <> (SELECT COALESCE(MAX(v.number), 0) + 1 FROM content_versions v WHERE v.item_id = NEW.item_id)",
        message="content_versions: numbers follow one another",
    ),
    Guard(
        name="content_versions_parent_is_previous",
        table="content_versions",
        on="INSERT",
        refuse_when="(NEW.number = 1 AND NEW.parent_id IS NOT NULL) OR (NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM content_versions p WHERE p.id = NEW.parent_id AND p.item_id = NEW.item_id AND p.number = NEW.number - 1))",
        message="content_versions: the parent is the previous version of the same item",
    ),
    Guard(
        name="content_items_identity_stays",
        table="content_items",
        on="UPDATE",
        refuse_when="NEW.id <> OLD.id OR NEW.key <> OLD.key OR NEW.content_type <> OLD.content_type OR NEW.channel <> OLD.channel OR NEW.created_by <> OLD.created_by OR NEW.created_at <> OLD.created_at",
        message="content_items: only title and owner may change",
    ),
    Guard(
        name="content_items_no_delete",
        table="content_items",
        on="DELETE",
        refuse_when="1 = 1",
        message="content_items: an item is never deleted",
    ),
    Guard(
        name="review_rounds_start_open",
        table="review_rounds",
        on="INSERT",
        refuse_when="NEW.state <> 'open'",
        message="review_rounds: a round starts open",
    ),
    Guard(
        name="review_rounds_keep_facts",
        table="review_rounds",
        on="UPDATE",
        refuse_when="NEW.id <> OLD.id OR NEW.item_id <> OLD.item_id OR NEW.version_id <> OLD.version_id OR NEW.closure_root <> OLD.closure_root OR NEW.report_id <> OLD.report_id OR NEW.report_digest <> OLD.report_digest OR NEW.report_blocks <> OLD.report_blocks OR NEW.pack_digest <> OLD.pack_digest OR NEW.policy <> OLD.policy OR NEW.policy_digest <> OLD.policy_digest OR NEW.max_valid_days <> OLD.max_valid_days OR NEW.submitted_by <> OLD.submitted_by OR NEW.submitted_at <> OLD.submitted_at OR NEW.due_at <> OLD.due_at OR NEW.note <> OLD.note",
        message="review_rounds: only the state of a round changes",
    ),
    Guard(
        name="review_rounds_moves",
        table="review_rounds",
        on="UPDATE",
        refuse_when="OLD.state <> NEW.state AND NOT ((OLD.state = 'open' AND NEW.state = 'approved') OR (OLD.state = 'open' AND NEW.state = 'changes_requested') OR (OLD.state = 'open' AND NEW.state = 'declined') OR (OLD.state = 'open' AND NEW.state = 'voided') OR (OLD.state = 'open' AND NEW.state = 'withdrawn'))",
        message="review_rounds: this change of state is not in the transition table",
    ),
    Guard(
        name="review_rounds_approved_by_all",
        table="review_rounds",
        on="UPDATE",
        refuse_when="NEW.state = 'approved' AND (NOT EXISTS (SELECT 1 FROM round_roles r WHERE r.round_id = NEW.id) OR EXISTS (SELECT 1 FROM round_roles r WHERE r.round_id = NEW.id AND NOT EXISTS (SELECT 1 FROM signatures s WHERE s.round_id = r.round_id AND s.role = r.role)))",
        message="review_rounds: approval needs the signature of every required role, and at least one role",
    ),
    Guard(
        name="review_rounds_stay",
        table="review_rounds",
        on="DELETE",
        refuse_when="1 = 1",
        message="review_rounds: a round is never deleted",
    ),
    Guard(
        name="round_roles_before_signing",
        table="round_roles",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = 'open') OR EXISTS (SELECT 1 FROM signatures s WHERE s.round_id = NEW.round_id)",
        message="round_roles: roles are named when the round opens",
    ),
    Guard(
        name="round_roles_can_sign",
        table="round_roles",
        on="INSERT",
        refuse_when="NEW.role NOT IN ('compliance', 'legal', 'medical')",
        message="round_roles: this role cannot sign",
    ),
    Guard(
        name="review_decisions_follow_state",
        table="review_decisions",
        on="INSERT",
        refuse_when="NEW.kind NOT IN ('changes_requested', 'declined', 'withdrawn') OR NOT EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = NEW.kind)",
        message="review_decisions: a decision names how its round ended",
    ),
    Guard(
        name="signatures_open_round",
        table="signatures",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = 'open')",
        message="signatures: the round is not open",
    ),
    Guard(
        name="signatures_not_own_words",
        table="signatures",
        on="INSERT",
        refuse_when="EXISTS (SELECT 1 FROM leaf_authors a WHERE a.version_id = NEW.version_id AND a.person_id = NEW.signer_id) OR EXISTS (SELECT 1 FROM content_versions v WHERE v.id = NEW.version_id AND v.author_id = NEW.signer_id)",
        message="signatures: nobody signs their own words",
    ),
    Guard(
        name="signatures_by_role_holder",
        table="signatures",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM people p JOIN person_roles h ON h.person_id = p.id WHERE p.id = NEW.signer_id AND p.state = 'active' AND h.role = NEW.role)",
        message="signatures: the signer is deactivated or does not hold the role",
    ),
    Guard(
        name="signatures_say_their_role",
        table="signatures",
        on="INSERT",
        refuse_when="NOT ((NEW.role = 'compliance' AND NEW.meaning = 'compliance_approval') OR (NEW.role = 'medical' AND NEW.meaning = 'medical_approval') OR (NEW.role = 'legal' AND NEW.meaning = 'legal_approval'))",
        message="signatures: the meaning is not the one of the role",
    ),
    Guard(
        name="signatures_confirmed",
        table="signatures",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM step_ups u WHERE u.id = NEW.step_up_id AND u.person_id = NEW.signer_id AND u.digest = NEW.closure_root AND u.meaning = NEW.meaning AND u.used_at IS NOT NULL)",
        message="signatures: the signer did not confirm her identity for these bytes and this meaning",
    ),
    Guard(
        name="signatures_no_open_must",
        table="signatures",
        on="INSERT",
        refuse_when="EXISTS (SELECT 1 FROM review_rounds n JOIN review_rounds r ON r.item_id = n.item_id JOIN review_threads t ON t.round_id = r.id WHERE n.id = NEW.round_id AND t.kind = 'must' AND t.state <> 'settled')",
        message="signatures: a comment that must be settled is open",
    ),
    Guard(
        name="review_threads_start_open",
        table="review_threads",
        on="INSERT",
        refuse_when="NEW.state <> 'open' OR NOT EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state = 'open')",
        message="review_threads: a thread starts open, in an open round",
    ),
    Guard(
        name="review_threads_keep_facts",
        table="review_threads",
        on="UPDATE",
        refuse_when="NEW.id <> OLD.id OR NEW.round_id <> OLD.round_id OR NEW.kind <> OLD.kind OR NEW.quote <> OLD.quote OR NEW.prefix <> OLD.prefix OR NEW.suffix <> OLD.suffix OR NEW.opened_by <> OLD.opened_by OR NEW.opened_at <> OLD.opened_at",
        message="review_threads: only the state of a thread changes",
    ),
    Guard(
        name="review_threads_moves",
        table="review_threads",
        on="UPDATE",
        refuse_when="OLD.state <> NEW.state AND NOT ((OLD.state = 'done' AND NEW.state = 'open') OR (OLD.state = 'done' AND NEW.state = 'settled') OR (OLD.state = 'open' AND NEW.state = 'done') OR (OLD.state = 'open' AND NEW.state = 'settled') OR (OLD.state = 'settled' AND NEW.state = 'open'))",
        message="review_threads: this change of state is not in the transition table",
    ),
    Guard(
        name="review_threads_stay",
        table="review_threads",
        on="DELETE",
        refuse_when="1 = 1",
        message="review_threads: a thread is never deleted",
    ),
    Guard(
        name="publications_window",
        table="publications",
        on="INSERT",
        refuse_when="NEW.valid_until <= NEW.published_at OR NEW.valid_from < NEW.published_at OR NEW.review_by > NEW.valid_until OR NEW.review_by <= NEW.valid_from",
        message="publications: a window begins when it is published or later, ends after that, and is reviewed within",
    ),
    Guard(
        name="publications_after_approval",
        table="publications",
        on="INSERT",
        refuse_when="EXISTS (SELECT 1 FROM review_rounds r WHERE r.id = NEW.round_id AND r.state_since > NEW.published_at)",
        message="publications: nothing is published before it was approved",
    ),
    Guard(
        name="publications_own_channel",
        table="publications",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM content_items i WHERE i.id = NEW.item_id AND i.channel = NEW.channel)",
        message="publications: the channel is that of the item",
    ),
    Guard(
        name="publications_by_active_person",
        table="publications",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM people p WHERE p.id = NEW.published_by AND p.state = 'active')",
        message="publications: a deactivated account publishes nothing",
    ),
    Guard(
        name="publication_heads_start_live",
        table="publication_heads",
        on="INSERT",
        refuse_when="NEW.state <> 'live'",
        message="publication_heads: a publication starts live",
    ),
    Guard(
        name="publication_heads_keep_facts",
        table="publication_heads",
        on="UPDATE",
        refuse_when="NEW.publication_id <> OLD.publication_id OR NEW.item_id <> OLD.item_id OR NEW.channel <> OLD.channel",
        message="publication_heads: a head belongs to one publication",
    ),
    Guard(
        name="publication_heads_moves",
        table="publication_heads",
        on="UPDATE",
        refuse_when="OLD.state <> NEW.state AND NOT ((OLD.state = 'expired' AND NEW.state = 'recalled') OR (OLD.state = 'live' AND NEW.state = 'expired') OR (OLD.state = 'live' AND NEW.state = 'quarantined') OR (OLD.state = 'live' AND NEW.state = 'recalled') OR (OLD.state = 'live' AND NEW.state = 'superseded') OR (OLD.state = 'quarantined' AND NEW.state = 'expired') OR (OLD.state = 'quarantined' AND NEW.state = 'live') OR (OLD.state = 'quarantined' AND NEW.state = 'recalled') OR (OLD.state = 'superseded' AND NEW.state = 'recalled'))",
        message="publication_heads: this change of state is not in the transition table",
    ),
    Guard(
        name="publication_heads_stay",
        table="publication_heads",
        on="DELETE",
        refuse_when="1 = 1",
        message="publication_heads: never deleted",
    ),
    Guard(
        name="suppression_lifts_earned",
        table="suppression_lifts",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM suppressions s, consent_events e, leads l WHERE s.id = NEW.suppression_id AND e.id = NEW.consent_event_id AND l.id = e.lead_id AND s.reason = 'opt_out' AND e.act = 'agreed' AND e.proof IN ('double', 'signed') AND e.source NOT LIKE 'import:%' AND e.occurred_at > s.since AND s.address_digest IN (l.email_digest, l.phone_digest) AND s.channel IN ('*', e.channel) AND s.purpose IN ('*', e.purpose))",
        message="suppression_lifts: only a later agreement of the same person, proven double or signed, ends an opt-out",
    ),
    Guard(
        name="leads_no_delete",
        table="leads",
        on="DELETE",
        refuse_when="1 = 1",
        message="leads: a lead is erased, never deleted",
    ),
    Guard(
        name="leads_stay_erased",
        table="leads",
        on="UPDATE",
        refuse_when="OLD.erased_at IS NOT NULL OR OLD.id <> NEW.id OR OLD.lead_type <> NEW.lead_type OR OLD.created_at <> NEW.created_at OR OLD.created_by <> NEW.created_by",
        message="leads: an erased lead never changes, nor does what a lead is",
    ),
    Guard(
        name="leads_erased_whole",
        table="leads",
        on="UPDATE",
        refuse_when="NEW.erased_at IS NOT NULL AND (NEW.email_digest <> '' OR NEW.phone_digest <> '' OR length(NEW.sealed) <> 0)",
        message="leads: erasing empties everything that points at a person",
    ),
    Guard(
        name="lead_keys_no_change",
        table="lead_keys",
        on="UPDATE",
        refuse_when="1 = 1",
        message="lead_keys: a key is made once and destroyed once",
    ),
    Guard(
        name="lead_keys_of_the_living",
        table="lead_keys",
        on="INSERT",
        refuse_when="EXISTS (SELECT 1 FROM leads l WHERE l.id = NEW.lead_id AND l.erased_at IS NOT NULL)",
        message="lead_keys: an erased lead gets no new key",
    ),
    Guard(
        name="sequence_versions_moves",
        table="sequence_versions",
        on="UPDATE",
        refuse_when="OLD.state <> NEW.state AND NOT ((OLD.state = 'active' AND NEW.state = 'paused') OR (OLD.state = 'active' AND NEW.state = 'retired') OR (OLD.state = 'draft' AND NEW.state = 'active') OR (OLD.state = 'draft' AND NEW.state = 'retired') OR (OLD.state = 'paused' AND NEW.state = 'active') OR (OLD.state = 'paused' AND NEW.state = 'retired'))",
        message="sequence_versions: this change of state is not in the transition table",
    ),
    Guard(
        name="sequence_versions_fixed",
        table="sequence_versions",
        on="UPDATE",
        refuse_when="OLD.id <> NEW.id OR OLD.sequence_id <> NEW.sequence_id OR OLD.number <> NEW.number OR OLD.source <> NEW.source OR OLD.digest <> NEW.digest OR OLD.lead_type <> NEW.lead_type OR OLD.created_by <> NEW.created_by OR OLD.created_at <> NEW.created_at",
        message="sequence_versions: only the state of a version changes",
    ),
    Guard(
        name="sequence_versions_start",
        table="sequence_versions",
        on="INSERT",
        refuse_when="NEW.state <> 'draft'",
        message="sequence_versions: a version starts as a draft",
    ),
    Guard(
        name="sequence_versions_no_delete",
        table="sequence_versions",
        on="DELETE",
        refuse_when="1 = 1",
        message="sequence_versions: kept for ever",
    ),
    Guard(
        name="sequence_steps_of_drafts",
        table="sequence_steps",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM sequence_versions v WHERE v.id = NEW.sequence_version_id AND v.state = 'draft')",
        message="sequence_steps: only a draft takes steps",
    ),
    Guard(
        name="enrollments_moves",
        table="enrollments",
        on="UPDATE",
        refuse_when="OLD.state <> NEW.state AND NOT ((OLD.state = 'active' AND NEW.state = 'finished') OR (OLD.state = 'active' AND NEW.state = 'stopped'))",
        message="enrollments: this change of state is not in the transition table",
    ),
    Guard(
        name="enrollments_fixed",
        table="enrollments",
        on="UPDATE",
        refuse_when="OLD.id <> NEW.id OR OLD.sequence_id <> NEW.sequence_id OR OLD.sequence_version_id <> NEW.sequence_version_id OR OLD.lead_id <> NEW.lead_id OR OLD.enrolled_at <> NEW.enrolled_at OR OLD.enrolled_by <> NEW.enrolled_by",
        message="enrollments: who is in what never changes",
    ),
    Guard(
        name="enrollments_start",
        table="enrollments",
        on="INSERT",
        refuse_when="NEW.state <> 'active' OR NOT EXISTS (SELECT 1 FROM sequence_versions v WHERE v.id = NEW.sequence_version_id AND v.sequence_id = NEW.sequence_id AND v.state = 'active')",
        message="enrollments: a lead enters an active version",
    ),
    Guard(
        name="enrollments_no_delete",
        table="enrollments",
        on="DELETE",
        refuse_when="1 = 1",
        message="enrollments: stopped, never deleted",
    ),
    Guard(
        name="kill_switches_only_release",
        table="kill_switches",
        on="UPDATE",
        refuse_when="OLD.released_at IS NOT NULL OR NEW.released_at IS NULL OR NEW.released_by IS NULL OR OLD.scope <> NEW.scope OR OLD.reason <> NEW.reason OR OLD.engaged_by <> NEW.engaged_by OR OLD.engaged_at <> NEW.engaged_at",
        message="kill_switches: a switch is let go of once and otherwise not changed",
    ),
    Guard(
        name="kill_switches_no_delete",
        table="kill_switches",
        on="DELETE",
        refuse_when="1 = 1",
        message="kill_switches: history stays",
    ),
    Guard(
        name="decisions_of_claimed",
        table="decisions",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = NEW.message_id AND m.epoch = NEW.epoch AND m.state = 'claimed' AND m.publication_id = NEW.publication_id AND m.closure_root = NEW.closure_root)",
        message="decisions: the message is not claimed under this epoch for these bytes",
    ),
    Guard(
        name="attempts_once",
        table="attempts",
        on="INSERT",
        refuse_when="EXISTS (SELECT 1 FROM attempts a WHERE a.message_id = NEW.message_id AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.attempt_id = a.id AND r.outcome IN ('deferred', 'aborted_before_dot')))",
        message="attempts: an earlier attempt of this message left or may have left",
    ),
    Guard(
        name="attempts_not_suppressed",
        table="attempts",
        on="INSERT",
        refuse_when="EXISTS (SELECT 1 FROM messages m WHERE m.id = NEW.message_id AND EXISTS (SELECT 1 FROM suppressions s WHERE s.address_digest = NEW.address_digest AND s.channel IN ('*', m.channel) AND s.purpose IN ('*', m.topic) AND NOT EXISTS (SELECT 1 FROM suppression_lifts f, consent_events e WHERE f.suppression_id = s.id AND e.id = f.consent_event_id AND e.channel = m.channel AND e.purpose = m.topic)))",
        message="attempts: the address is suppressed",
    ),
    Guard(
        name="attempts_of_live_content",
        table="attempts",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM messages m JOIN publication_heads h ON h.publication_id = m.publication_id JOIN publications p ON p.id = m.publication_id WHERE m.id = NEW.message_id AND h.state = 'live' AND p.valid_from <= NEW.released_at AND NEW.released_at < p.valid_until)",
        message="attempts: the publication is not live at this instant",
    ),
    Guard(
        name="attempts_of_claimed",
        table="attempts",
        on="INSERT",
        refuse_when="NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = NEW.message_id AND m.epoch = NEW.epoch AND m.state = 'claimed' AND m.address_digest = NEW.address_digest AND m.closure_root = NEW.closure_root)",
        message="attempts: the message is not claimed under this epoch for this address and these bytes",
    ),
    Guard(
        name="messages_released_with_attempt",
        table="messages",
        on="UPDATE",
        refuse_when="NEW.state = 'released' AND OLD.state <> 'released' AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.message_id = NEW.id AND a.epoch = NEW.epoch)",
        message="messages: released needs an attempt in the same transaction",
    ),
)


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_audit_events")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_audit_events_action"), "audit_events", ["action"], unique=False)
    op.create_index(op.f("ix_audit_events_actor"), "audit_events", ["actor"], unique=False)
    op.create_index(op.f("ix_audit_events_subject_id"), "audit_events", ["subject_id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("frontier", base.CanonicalJson(), nullable=False),
        sa.Column("last_at", base.Instant(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("login_digest", sa.String(length=64), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_ins")),
        info={"protected": True, "append_only": True},
    )
    op.create_index(op.f("ix_failed_sign_ins_login_digest"), "failed_sign_ins", ["login_digest"], unique=False)
    op.create_table(
        "kill_switches",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("engaged_by", sa.String(length=64), nullable=False),
        sa.Column("engaged_at", base.Instant(), nullable=False),
        sa.Column("released_by", sa.String(length=64), nullable=True),
        sa.Column("released_at", base.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kill_switches")),
        info={"protected": True},
    )
    op.create_index(
        "uq_kill_switches_engaged",
        "kill_switches",
        ["scope"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("lead_type", sa.String(length=64), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("email_digest", sa.String(length=64), nullable=False),
        sa.Column("phone_digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("erased_at", base.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        info={"protected": True},
    )
    op.create_index("ix_leads_phone", "leads", ["phone_digest"], unique=False)
    op.create_index(
        "uq_leads_email",
        "leads",
        ["email_digest"],
        unique=True,
        sqlite_where=sa.text("email_digest <> ''"),
        postgresql_where=sa.text("email_digest <> ''"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        info={"protected": True},
    )
    op.create_table(
        "senders",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("from_address", sa.String(length=254), nullable=False),
        sa.Column("reply_to", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("postal_address", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", "number", name=op.f("pk_senders")),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "suppressions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("since", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("address_digest <> ''", name=op.f("ck_suppressions_address")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        info={"protected": True, "append_only": True},
    )
    op.create_index("ix_suppressions_address", "suppressions", ["address_digest", "channel", "purpose"], unique=False)
    op.create_table(
        "content_items",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=16), nullable=False),
        sa.Column("created_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_content_items_created_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_content_items_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_items")),
        sa.UniqueConstraint("key", name=op.f("uq_content_items_key")),
        info={"protected": True},
    )
    op.create_table(
        "lead_keys",
        sa.Column("lead_id", sa.String(length=16), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_keys_lead_id")),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_keys")),
    )
    op.create_table(
        "person_roles",
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("granted_by", sa.String(length=64), nullable=False),
        sa.Column("granted_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_roles")),
        info={"protected": True},
    )
    op.create_table(
        "sequences",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_sequences_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequences")),
        sa.UniqueConstraint("key", name=op.f("uq_sequences_key")),
        info={"protected": True},
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("seen_at", base.Instant(), nullable=False),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "step_ups",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("meaning", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("granted_at", base.Instant(), nullable=False),
        sa.Column("used_at", base.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_step_ups_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_ups")),
        info={"protected": True},
    )
    op.create_table(
        "content_versions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.Column("metadata_json", base.CanonicalJson(), nullable=False),
        sa.Column("sender_json", base.CanonicalJson(), nullable=True),
        sa.Column("skeleton", base.CanonicalJson(), nullable=False),
        sa.Column("leaves", base.CanonicalJson(), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.String(length=16), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_content_versions_number")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_content_versions_author_id")),
        sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name=op.f("fk_content_versions_item_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["content_versions.id"], name=op.f("fk_content_versions_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_versions")),
        sa.UniqueConstraint("id", "closure_root", name="uq_content_versions_root"),
        sa.UniqueConstraint("id", "item_id", name="uq_content_versions_item"),
        sa.UniqueConstraint("item_id", "number", name="uq_content_versions_number"),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "sequence_versions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("sequence_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("state_since", base.Instant(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("lead_type", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_sequence_versions_created_by")),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequences.id"], name=op.f("fk_sequence_versions_sequence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_versions")),
        sa.UniqueConstraint("id", "sequence_id", name="uq_sequence_versions_sequence"),
        sa.UniqueConstraint("sequence_id", "number", name="uq_sequence_versions_number"),
        info={"protected": True},
    )
    op.create_index(
        "uq_sequence_versions_one_active",
        "sequence_versions",
        ["sequence_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('active', 'paused')"),
        postgresql_where=sa.text("state IN ('active', 'paused')"),
    )
    op.create_table(
        "consent_events",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("lead_id", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("seller", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("wording_version_id", sa.String(length=16), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", base.Instant(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("expires_at", base.Instant(), nullable=True),
        sa.CheckConstraint(
            "act <> 'agreed' OR (channel <> '*' AND purpose <> '*')", name=op.f("ck_consent_events_named_scope")
        ),
        sa.CheckConstraint(
            "act <> 'agreed' OR proof = 'asserted' OR source NOT LIKE 'import:%'",
            name=op.f("ck_consent_events_import_lowers"),
        ),
        sa.CheckConstraint(
            "act <> 'agreed' OR proof = 'asserted' OR wording_version_id IS NOT NULL",
            name=op.f("ck_consent_events_wording"),
        ),
        sa.CheckConstraint("act IN ('agreed', 'withdrew')", name=op.f("ck_consent_events_act")),
        sa.CheckConstraint("proof IN ('asserted', 'single', 'double', 'signed')", name=op.f("ck_consent_events_proof")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_consent_events_lead_id")),
        sa.ForeignKeyConstraint(
            ["wording_version_id"], ["content_versions.id"], name=op.f("fk_consent_events_wording_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_events")),
        info={"protected": True, "append_only": True},
    )
    op.create_index(
        "ix_consent_events_ledger", "consent_events", ["lead_id", "channel", "purpose", "recorded_at"], unique=False
    )
    op.create_table(
        "enrollments",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("sequence_id", sa.String(length=16), nullable=False),
        sa.Column("sequence_version_id", sa.String(length=16), nullable=False),
        sa.Column("lead_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("state_since", base.Instant(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("next_step", sa.Integer(), nullable=True),
        sa.Column("next_due", base.Instant(), nullable=True),
        sa.Column("enrolled_at", base.Instant(), nullable=False),
        sa.Column("enrolled_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_enrollments_lead_id")),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequences.id"], name=op.f("fk_enrollments_sequence_id")),
        sa.ForeignKeyConstraint(
            ["sequence_version_id"], ["sequence_versions.id"], name=op.f("fk_enrollments_sequence_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollments")),
        info={"protected": True},
    )
    op.create_index(
        "ix_enrollments_due",
        "enrollments",
        ["next_due"],
        unique=False,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "uq_enrollments_one_active",
        "enrollments",
        ["sequence_id", "lead_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "finding_reports",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("pack_digest", sa.String(length=64), nullable=False),
        sa.Column("report", base.CanonicalJson(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("blocks", sa.Integer(), nullable=False),
        sa.Column("warns", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "closure_root"],
            ["content_versions.id", "content_versions.closure_root"],
            name="fk_finding_reports_version",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_reports")),
        sa.UniqueConstraint("id", "version_id", "digest", "pack_digest", "blocks", name="uq_finding_reports_facts"),
        sa.UniqueConstraint("version_id", "digest", name="uq_finding_reports_once"),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "leaf_authors",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("leaf", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_leaf_authors_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["content_versions.id"], name=op.f("fk_leaf_authors_version_id")),
        sa.PrimaryKeyConstraint("version_id", "leaf", "person_id", name=op.f("pk_leaf_authors")),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "review_rounds",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("report_id", sa.String(length=16), nullable=False),
        sa.Column("report_digest", sa.String(length=64), nullable=False),
        sa.Column("report_blocks", sa.Integer(), nullable=False),
        sa.Column("pack_digest", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("max_valid_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("state_since", base.Instant(), nullable=False),
        sa.Column("submitted_by", sa.String(length=16), nullable=False),
        sa.Column("submitted_at", base.Instant(), nullable=False),
        sa.Column("due_at", base.Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("report_blocks = 0", name=op.f("ck_review_rounds_no_block_findings")),
        sa.ForeignKeyConstraint(
            ["report_id", "version_id", "report_digest", "pack_digest", "report_blocks"],
            [
                "finding_reports.id",
                "finding_reports.version_id",
                "finding_reports.digest",
                "finding_reports.pack_digest",
                "finding_reports.blocks",
            ],
            name="fk_review_rounds_report",
        ),
        sa.ForeignKeyConstraint(["submitted_by"], ["people.id"], name=op.f("fk_review_rounds_submitted_by")),
        sa.ForeignKeyConstraint(
            ["version_id", "closure_root"],
            ["content_versions.id", "content_versions.closure_root"],
            name="fk_review_rounds_version",
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "item_id"], ["content_versions.id", "content_versions.item_id"], name="fk_review_rounds_item"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rounds")),
        sa.UniqueConstraint("id", "state", name="uq_review_rounds_outcome"),
        sa.UniqueConstraint("id", "version_id", "closure_root", name="uq_review_rounds_bytes"),
        info={"protected": True},
    )
    op.create_index(
        "uq_review_rounds_one_open",
        "review_rounds",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "suppression_lifts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("suppression_id", sa.String(length=16), nullable=False),
        sa.Column("consent_event_id", sa.String(length=16), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_event_id"], ["consent_events.id"], name=op.f("fk_suppression_lifts_consent_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["suppression_id"], ["suppressions.id"], name=op.f("fk_suppression_lifts_suppression_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression_lifts")),
        sa.UniqueConstraint("suppression_id", "consent_event_id", name="uq_suppression_lifts_once"),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("valid_from", base.Instant(), nullable=False),
        sa.Column("valid_until", base.Instant(), nullable=False),
        sa.Column("review_by", base.Instant(), nullable=False),
        sa.Column("owner_id", sa.String(length=16), nullable=False),
        sa.Column("published_by", sa.String(length=16), nullable=False),
        sa.Column("published_at", base.Instant(), nullable=False),
        sa.CheckConstraint("outcome = 'approved'", name=op.f("ck_publications_approved")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_publications_window")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_publications_owner_id")),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_publications_published_by")),
        sa.ForeignKeyConstraint(
            ["round_id", "outcome"], ["review_rounds.id", "review_rounds.state"], name="fk_publications_round"
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "version_id", "closure_root"],
            ["review_rounds.id", "review_rounds.version_id", "review_rounds.closure_root"],
            name="fk_publications_bytes",
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "item_id"], ["content_versions.id", "content_versions.item_id"], name="fk_publications_item"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("id", "closure_root", name="uq_publications_bytes"),
        sa.UniqueConstraint("id", "item_id", "channel", name="uq_publications_item"),
        sa.UniqueConstraint("round_id", name="uq_publications_round"),
        info={"protected": True, "append_only": True},
    )
    op.create_index(op.f("ix_publications_item_id"), "publications", ["item_id"], unique=False)
    op.create_table(
        "review_decisions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_review_decisions_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_rounds.id"], name=op.f("fk_review_decisions_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decisions")),
        sa.UniqueConstraint("round_id", name=op.f("uq_review_decisions_round_id")),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "review_threads",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("opened_by", sa.String(length=16), nullable=False),
        sa.Column("opened_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["people.id"], name=op.f("fk_review_threads_opened_by")),
        sa.ForeignKeyConstraint(["round_id"], ["review_rounds.id"], name=op.f("fk_review_threads_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_threads")),
        info={"protected": True},
    )
    op.create_index(op.f("ix_review_threads_round_id"), "review_threads", ["round_id"], unique=False)
    op.create_table(
        "round_roles",
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["review_rounds.id"], name=op.f("fk_round_roles_round_id")),
        sa.PrimaryKeyConstraint("round_id", "role", name=op.f("pk_round_roles")),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("dedupe_key", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("lead_id", sa.String(length=16), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("enrollment_id", sa.String(length=16), nullable=False),
        sa.Column("step_number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("pin", sa.String(length=64), nullable=False),
        sa.Column("publication_id", sa.String(length=16), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("due_at", base.Instant(), nullable=False),
        sa.Column("not_after", base.Instant(), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("state_since", base.Instant(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("lease_until", base.Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("planned_at", base.Instant(), nullable=False),
        sa.CheckConstraint("epoch >= 0", name=op.f("ck_messages_epoch")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name="fk_messages_enrollment"),
        sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name=op.f("fk_messages_item_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_messages_lead"),
        sa.ForeignKeyConstraint(
            ["publication_id", "closure_root"],
            ["publications.id", "publications.closure_root"],
            name="fk_messages_bytes",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("dedupe_key", name="uq_messages_once"),
        sa.UniqueConstraint("id", "address_digest", name="uq_messages_address"),
        info={"protected": True},
    )
    op.create_index(
        "ix_messages_due",
        "messages",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index("ix_messages_enrollment", "messages", ["enrollment_id", "step_number"], unique=False)
    op.create_index("ix_messages_lead", "messages", ["lead_id", "state_since"], unique=False)
    op.create_index(
        "ix_messages_leases",
        "messages",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state IN ('claimed', 'released')"),
        postgresql_where=sa.text("state IN ('claimed', 'released')"),
    )
    op.create_index("ix_messages_publication", "messages", ["publication_id", "state"], unique=False)
    op.create_table(
        "publication_heads",
        sa.Column("publication_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("since", base.Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id", "item_id", "channel"],
            ["publications.id", "publications.item_id", "publications.channel"],
            name="fk_publication_heads_publication",
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publication_heads")),
        info={"protected": True},
    )
    op.create_index(
        "uq_publication_heads_one_live",
        "publication_heads",
        ["item_id", "channel"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "review_comments",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("thread_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_review_comments_body")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_review_comments_person_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["review_threads.id"], name=op.f("fk_review_comments_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
        info={"protected": True, "append_only": True},
    )
    op.create_index(op.f("ix_review_comments_thread_id"), "review_comments", ["thread_id"], unique=False)
    op.create_table(
        "sequence_steps",
        sa.Column("sequence_version_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("pin", sa.String(length=64), nullable=False),
        sa.Column("publication_id", sa.String(length=16), nullable=True),
        sa.Column("delay_seconds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("useful_seconds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("window", base.CanonicalJson(), nullable=False),
        sa.CheckConstraint("(pin = 'exact') = (publication_id IS NOT NULL)", name=op.f("ck_sequence_steps_pin")),
        sa.CheckConstraint("delay_seconds >= 0 AND useful_seconds > 0", name=op.f("ck_sequence_steps_times")),
        sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name=op.f("fk_sequence_steps_item_id")),
        sa.ForeignKeyConstraint(["publication_id"], ["publications.id"], name=op.f("fk_sequence_steps_publication_id")),
        sa.ForeignKeyConstraint(
            ["sequence_version_id"], ["sequence_versions.id"], name=op.f("fk_sequence_steps_sequence_version_id")
        ),
        sa.PrimaryKeyConstraint("sequence_version_id", "number", name=op.f("pk_sequence_steps")),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("signer_id", sa.String(length=16), nullable=False),
        sa.Column("signer_name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("meaning", sa.String(length=64), nullable=False),
        sa.Column("step_up_id", sa.String(length=16), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("signed_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id", "role"], ["round_roles.round_id", "round_roles.role"], name="fk_signatures_role"
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "version_id", "closure_root"],
            ["review_rounds.id", "review_rounds.version_id", "review_rounds.closure_root"],
            name="fk_signatures_bytes",
        ),
        sa.ForeignKeyConstraint(["signer_id"], ["people.id"], name=op.f("fk_signatures_signer_id")),
        sa.ForeignKeyConstraint(["step_up_id"], ["step_ups.id"], name=op.f("fk_signatures_step_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("round_id", "role", name="uq_signatures_role"),
        sa.UniqueConstraint("round_id", "signer_id", name="uq_signatures_signer"),
        sa.UniqueConstraint("step_up_id", name="uq_signatures_step_up"),
        info={"protected": True, "append_only": True},
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("publication_id", sa.String(length=16), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("rendered_digest", sa.String(length=64), nullable=False),
        sa.Column("reasons", base.CanonicalJson(), nullable=False),
        sa.Column("results", base.CanonicalJson(), nullable=False),
        sa.Column("facts", base.CanonicalJson(), nullable=False),
        sa.Column("facts_digest", sa.String(length=64), nullable=False),
        sa.Column("effective_at", base.Instant(), nullable=False),
        sa.CheckConstraint("verdict IN ('permit', 'hold', 'refuse')", name=op.f("ck_decisions_verdict")),
        sa.ForeignKeyConstraint(
            ["message_id", "address_digest"], ["messages.id", "messages.address_digest"], name="fk_decisions_message"
        ),
        sa.ForeignKeyConstraint(
            ["publication_id", "closure_root"],
            ["publications.id", "publications.closure_root"],
            name="fk_decisions_bytes",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "id",
            "message_id",
            "epoch",
            "phase",
            "verdict",
            "address_digest",
            "closure_root",
            "rendered_digest",
            name="uq_decisions_permit",
        ),
        sa.UniqueConstraint("message_id", "epoch", "phase", name="uq_decisions_once"),
        info={"protected": True, "append_only": True},
    )
    op.create_index(op.f("ix_decisions_message_id"), "decisions", ["message_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("decision_id", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("closure_root", sa.String(length=64), nullable=False),
        sa.Column("rendered_digest", sa.String(length=64), nullable=False),
        sa.Column("message_id_header", sa.Text(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("released_at", base.Instant(), nullable=False),
        sa.CheckConstraint("verdict = 'permit' AND phase = 'release'", name=op.f("ck_attempts_permit")),
        sa.ForeignKeyConstraint(
            [
                "decision_id",
                "message_id",
                "epoch",
                "phase",
                "verdict",
                "address_digest",
                "closure_root",
                "rendered_digest",
            ],
            [
                "decisions.id",
                "decisions.message_id",
                "decisions.epoch",
                "decisions.phase",
                "decisions.verdict",
                "decisions.address_digest",
                "decisions.closure_root",
                "decisions.rendered_digest",
            ],
            name="fk_attempts_permit",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("decision_id", name="uq_attempts_decision"),
        sa.UniqueConstraint("message_id", "epoch", name="uq_attempts_epoch"),
        info={"protected": True, "append_only": True},
    )
    op.create_index("ix_attempts_released", "attempts", ["released_at"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("attempt_id", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("queue_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'rejected', 'deferred', 'aborted_before_dot', 'unknown')",
            name=op.f("ck_receipts_outcome"),
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_receipts_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("attempt_id", name="uq_receipts_attempt"),
        info={"protected": True, "append_only": True},
    )
    op.execute("INSERT INTO audit_head (id, size, frontier, last_at) VALUES (1, 0, '[]', NULL)")
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("receipts")
    op.drop_index("ix_attempts_released", table_name="attempts")
    op.drop_table("attempts")
    op.drop_index(op.f("ix_decisions_message_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("signatures")
    op.drop_table("sequence_steps")
    op.drop_index(op.f("ix_review_comments_thread_id"), table_name="review_comments")
    op.drop_table("review_comments")
    op.drop_index(
        "uq_publication_heads_one_live",
        table_name="publication_heads",
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.drop_table("publication_heads")
    op.drop_index("ix_messages_publication", table_name="messages")
    op.drop_index(
        "ix_messages_leases",
        table_name="messages",
        sqlite_where=sa.text("state IN ('claimed', 'released')"),
        postgresql_where=sa.text("state IN ('claimed', 'released')"),
    )
    op.drop_index("ix_messages_lead", table_name="messages")
    op.drop_index("ix_messages_enrollment", table_name="messages")
    op.drop_index(
        "ix_messages_due",
        table_name="messages",
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.drop_table("messages")
    op.drop_table("round_roles")
    op.drop_index(op.f("ix_review_threads_round_id"), table_name="review_threads")
    op.drop_table("review_threads")
    op.drop_table("review_decisions")
    op.drop_index(op.f("ix_publications_item_id"), table_name="publications")
    op.drop_table("publications")
    op.drop_table("suppression_lifts")
    op.drop_index(
        "uq_review_rounds_one_open",
        table_name="review_rounds",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("review_rounds")
    op.drop_table("leaf_authors")
    op.drop_table("finding_reports")
    op.drop_index(
        "uq_enrollments_one_active",
        table_name="enrollments",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_index(
        "ix_enrollments_due",
        table_name="enrollments",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_table("enrollments")
    op.drop_index("ix_consent_events_ledger", table_name="consent_events")
    op.drop_table("consent_events")
    op.drop_index(
        "uq_sequence_versions_one_active",
        table_name="sequence_versions",
        sqlite_where=sa.text("state IN ('active', 'paused')"),
        postgresql_where=sa.text("state IN ('active', 'paused')"),
    )
    op.drop_table("sequence_versions")
    op.drop_table("content_versions")
    op.drop_table("step_ups")
    op.drop_index(op.f("ix_sessions_person_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("sequences")
    op.drop_table("person_roles")
    op.drop_table("lead_keys")
    op.drop_table("content_items")
    op.drop_index("ix_suppressions_address", table_name="suppressions")
    op.drop_table("suppressions")
    op.drop_table("senders")
    op.drop_table("people")
    op.drop_index(
        "uq_leads_email",
        table_name="leads",
        sqlite_where=sa.text("email_digest <> ''"),
        postgresql_where=sa.text("email_digest <> ''"),
    )
    op.drop_index("ix_leads_phone", table_name="leads")
    op.drop_table("leads")
    op.drop_index(
        "uq_kill_switches_engaged",
        table_name="kill_switches",
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_table("kill_switches")
    op.drop_index(op.f("ix_failed_sign_ins_login_digest"), table_name="failed_sign_ins")
    op.drop_table("failed_sign_ins")
    op.drop_table("checkpoints")
    op.drop_table("audit_head")
    op.drop_index(op.f("ix_audit_events_subject_id"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_actor"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_action"), table_name="audit_events")
    op.drop_table("audit_events")
