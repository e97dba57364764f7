"""What the refusals of people's acts say in words. Pure."""

from collections.abc import Mapping

from app.insights.wording_model import Wording

YOU = "You"
NOBODY = "Nobody needs to act"
ADMIN = "An administrator"
WRITER = "The author"
REVIEWERS = "The reviewers"
MANAGER = "The campaign manager"
OPERATOR = "The operator"

ACCOUNTS: Mapping[str, Wording] = {
    "not_permitted": Wording("This needs a permission that your roles do not hold", ADMIN, "Ask for the role."),
    "sign_in_failed": Wording("The address and the password do not go together", YOU, "Check both. Paste works here."),
    "sign_in_throttled": Wording("There were too many attempts", NOBODY, "Wait {retry_after_seconds} seconds."),
    "confirmation_failed": Wording("The password is not the one of your account", YOU, "Type it again."),
    "confirmation_throttled": Wording("There were too many attempts", NOBODY, "Wait {retry_after_seconds} seconds."),
    "account_deactivated": Wording("This account is switched off", ADMIN, "Ask an administrator."),
    "step_up_expired": Wording("Your confirmation is older than 5 minutes", YOU, "Confirm again."),
    "step_up_used": Wording("This confirmation was used already", YOU, "Confirm again."),
    "step_up_other": Wording("This confirmation was made for something else", YOU, "Confirm again on this page."),
    "email_taken": Wording("Another account has this address", YOU, "Choose another address."),
    "password_too_short": Wording("A password has at least {minimum} characters", YOU, "Choose a longer one."),
    "password_too_long": Wording("A password has at most {maximum} characters", YOU, "Choose a shorter one."),
    "password_is_email": Wording("The password is the e-mail address", YOU, "Choose another one."),
    "password_unchanged": Wording("The new password is the old one", YOU, "Choose another one."),
    "own_roles": Wording("Nobody changes her own roles", "Another administrator", "Ask her."),
    "roles_unchanged": Wording("The roles are the same as before", NOBODY, "Nothing to do."),
    "last_administrator": Wording("She is the last administrator", ADMIN, "Make somebody else one first."),
    "people_exist": Wording("There are accounts already", ADMIN, "Sign in as one of them."),
    "first_person_administers": Wording("The first account must be an administrator", YOU, "Give it that role."),
    "person_not_allowed": Wording("The account stands otherwise already", NOBODY, "Reload the page."),
}
REVIEW: Mapping[str, Wording] = {
    "block_findings": Wording("{count} errors are left: {rules}", WRITER, "Rewrite what the errors name."),
    "no_policy": Wording("No approval policy covers this piece", ADMIN, "Add a policy that covers it."),
    "objected": Wording("{words}", WRITER, "Change the text as it says."),
    "not_latest_version": Wording("There is a newer version", YOU, "Submit the newest one."),
    "content_type_fixed": Wording("A piece keeps its content type for life", WRITER, "Make a new piece."),
    "already_published": Wording("This version is published already", NOBODY, "Nothing to do."),
    "already_signed": Wording("This is signed already", NOBODY, "Nothing to do."),
    "round_open": Wording("A review is open already", REVIEWERS, "Decide or withdraw that one first."),
    "round_not_allowed": Wording(
        "The review does not stand so any more", WRITER, "Reload the page and see how it ended."
    ),
    "round_not_approved": Wording("The review has not approved this version", REVIEWERS, "Have it signed first."),
    "role_not_held": Wording("This needs somebody who is {role}", "A colleague with that role", "Ask her."),
    "role_not_required": Wording("Your role is not asked to sign this", REVIEWERS, "Nothing to do."),
    "own_words": Wording(
        "You wrote words of this version, so you cannot approve it",
        "A colleague with the same role",
        "Ask her to sign.",
    ),
    "open_must_thread": Wording(
        "{count} comments marked ‘must change’ are open", "Whoever raised them", "Settle them first."
    ),
    "content_changed": Wording(
        "The {what} changed while this page was open", YOU, "Read what changed, then decide again."
    ),
    "version_declined": Wording("A reviewer declined this version", WRITER, "Write a new version."),
    "not_submitter": Wording("Only whoever submitted a review withdraws it", "Whoever submitted it", "Ask her."),
    "reason_missing": Wording("A reason is missing", YOU, "Say why, in a sentence."),
    "reason_too_short": Wording("The reason is shorter than {words} words", YOU, "Say why, in a sentence."),
    "comment_missing": Wording("The comment is empty", YOU, "Write it."),
    "thread_not_yours": Wording(
        "This act belongs to somebody else", "Whoever raised the comment, or the author", "Ask her."
    ),
    "thread_not_allowed": Wording("The comment does not stand so any more", NOBODY, "Reload the page."),
    "approval_too_old": Wording(
        "The approval of {approved} is older than {days} days", REVIEWERS, "Have it reviewed again."
    ),
    "window_order": Wording("The end, {until}, is not after the start, {from}", YOU, "Choose a later end."),
    "window_in_past": Wording("The end, {until}, has passed", YOU, "Choose a later end."),
    "window_too_long": Wording("The policy allows {days} days, until {latest}", YOU, "Choose an earlier end."),
    "other_live": Wording("Another version is live", MANAGER, "Replace it in the same step."),
    "would_interrupt": Wording("The live version would stop before this one starts", YOU, "Choose an earlier start."),
    "recalled_since_approval": Wording(
        "A version was recalled after this one was approved", REVIEWERS, "Have it reviewed again."
    ),
    "publication_not_allowed": Wording("The publication does not stand so any more", "Its owner", "Reload the page."),
}
PEOPLE: Mapping[str, Wording] = {
    "lead_known": Wording("There is a lead with this address already", YOU, "Open that one."),
    "lead_erased": Wording("The record was erased at her request", "Nobody", "Nothing can be added."),
    "no_address": Wording("There is no address for this channel", "Whoever keeps the contact data", "Record one."),
    "consent_dates": Wording(
        "The date of an agreement lies in the future or before the wording", YOU, "Correct the date."
    ),
    "proof_too_strong": Wording("This source proves {most} at most, not {proof}", YOU, "Record the weaker proof."),
    "wording_needed": Wording("The wording she saw is missing", YOU, "Name the version of the wording."),
    "own_act_only": Wording("Only the person herself can do this", "Only the person", "Nothing to do."),
}
SEQUENCES: Mapping[str, Wording] = {
    "lead_type_mismatch": Wording(
        "The sequence is for {sequence}, and this lead is {lead}", MANAGER, "Choose another one."
    ),
    "already_enrolled": Wording("She is in this sequence already", NOBODY, "Nothing to do."),
    "sequence_not_active": Wording("The sequence is not live", MANAGER, "Activate it first."),
    "sequence_not_allowed": Wording("The sequence does not stand so any more", MANAGER, "Reload the page."),
    "enrollment_not_allowed": Wording("She has left the sequence already", NOBODY, "Nothing to do."),
    "other_version_running": Wording("Version {version} of this sequence is live", MANAGER, "Retire it first."),
    "item_unknown": Wording("These pieces do not exist: {items}", MANAGER, "Correct the sequence."),
    "publication_unknown": Wording("Step {step} names a publication that does not exist", MANAGER, "Correct the step."),
    "step_channel": Wording("A piece does not fit the channel of steps {steps}", MANAGER, "Correct the steps."),
    "step_not_approved": Wording("The content of steps {steps} is not approved", REVIEWERS, "Have it approved first."),
    "already_stopped": Wording("Sending is stopped already", NOBODY, "Nothing to do."),
    "not_stopped": Wording("Sending is not stopped", NOBODY, "Nothing to do."),
    "message_not_allowed": Wording("The message does not stand so any more", NOBODY, "Reload the page."),
}
WAITING: Mapping[str, Wording] = {
    "not_enrolled": Wording("She is in no sequence with this piece", MANAGER, "Put her into one."),
    "step_planned": Wording("Her next message is planned", NOBODY, "It goes when its time comes."),
    "step_rejected": Wording(
        "The mail server rejected her last message", MANAGER, "See why, then decide how to go on."
    ),
    "step_refused": Wording("The gate refused her last message", MANAGER, "See why, then decide how to go on."),
    "step_held": Wording("Her last message is held", MANAGER, "See why it is held."),
    "step_unknown": Wording("Nobody knows whether her last message arrived", OPERATOR, "Ask the mail server's people."),
    "taken_out": Wording("A colleague took her out of the sequence", MANAGER, "Enrol her again."),
    "sequence_retired": Wording("The sequence was ended", MANAGER, "Choose another sequence."),
    "worker_lost": Wording("The engine stopped before it left", NOBODY, "It is tried again by itself."),
    "release_failed": Wording("The release could not be recorded, so it did not leave", NOBODY, "It is tried again."),
    "released_elsewhere": Wording(
        "It may have left before the database was restored",
        OPERATOR,
        "Ask the mail server's people whether it arrived.",
    ),
    "no_delivery": Wording(
        "The mail server put it off too often", OPERATOR, "Look at the server, then resume the message."
    ),
    "database_behind_journal": Wording(
        "The database is older than the engine's journal",
        OPERATOR,
        "Restore the newest database before sending goes on.",
    ),
}
EVIDENCE: Mapping[str, Wording] = {
    "checkpoint_origin": Wording("The checkpoint is of another log, {origin}", OPERATOR, "Use the one of {expected}."),
    "checkpoint_signature": Wording("No known key signed the checkpoint", OPERATOR, "Use a checkpoint of this log."),
    "checkpoint_unreadable": Wording("The checkpoint cannot be read", OPERATOR, "Fetch it again."),
    "not_checkpointed": Wording("Record {index} is newer than the last checkpoint", NOBODY, "Wait for the next one."),
    "never_released": Wording("The message was never released", NOBODY, "See why on its page."),
    "not_settled": Wording("The outcome of the message is still open", NOBODY, "Wait for it."),
    "proof_leaf": Wording("The proof is for another record", OPERATOR, "Export it again."),
    "proof_path": Wording("The proof does not lead to the checkpoint", OPERATOR, "Treat the record as altered."),
    "proof_size": Wording("The proof and the checkpoint differ in size", OPERATOR, "Export both again."),
}
ACTS: Mapping[str, Wording] = {**ACCOUNTS, **REVIEW, **PEOPLE, **SEQUENCES, **WAITING, **EVIDENCE}
