"""What the gate's reasons and checks say in words. Facts are those the gate stores with the decision. Pure."""

from collections.abc import Mapping

from app.insights.wording_model import Wording

ONLY_SHE = "Only the person"
MANAGER = "The campaign manager"
NOBODY = "Nobody needs to act"

REASONS: Mapping[str, Wording] = {
    "approval_missing": Wording(
        "No complete approval covers this version: {required} must sign, and {signed} did",
        "The reviewers named in the policy",
        "Submit the version for review.",
    ),
    "approval_expired": Wording("The approval ended {until}", "The owner of the piece", "Start a renewal review."),
    "approval_not_started": Wording("The approval starts {from}", NOBODY, "It goes when the approval starts."),
    "recalled": Wording("This version was recalled", "The author", "Write a new version and have it reviewed."),
    "quarantined": Wording(
        "This version is quarantined, because a newer rule pack finds something to block",
        "The author",
        "Write a new version, or have the finding settled.",
    ),
    "superseded": Wording("A newer approved version has replaced this one", MANAGER, "Use the newer version."),
    "bytes_changed": Wording(
        "The message built for this person differs from what was signed",
        "The operator",
        "Find out what changed the message. This step is stopped until then.",
    ),
    "channel_mismatch": Wording(
        "The approval is for {approved}, and the message goes by {message}",
        MANAGER,
        "Use a piece approved for that channel.",
    ),
    "purpose_mismatch": Wording(
        "The piece is for {approved}, and the message was planned for {message}",
        MANAGER,
        "Plan the step again with a piece for that purpose.",
    ),
    "audience_mismatch": Wording(
        "The piece is written for {written_for}, and this lead is {lead}", MANAGER, "Use a piece for this kind of lead."
    ),
    "jurisdiction_mismatch": Wording(
        "The approval covers {approved}, and this lead is in {lead}",
        "The author",
        "Have the piece reviewed for that place.",
    ),
    "merge_value_missing": Wording(
        "{missing} is empty and has no approved fallback", "Whoever keeps the contact data", "Fill it in."
    ),
    "merge_value_not_allowed": Wording(
        "{refused} holds a value that its field does not allow", "Whoever keeps the contact data", "Correct it."
    ),
    "finding_on_rendered": Wording(
        "With this person's details the text breaks {rules}", "The author", "Write a new version."
    ),
    "required_content_missing": Wording(
        "The postal address, the way to stop, or the sender is missing from the message",
        "The author",
        "Add it and have the version reviewed.",
    ),
    "contact_erased": Wording("The record was erased at her request", "Nobody", "Nothing will be sent to her."),
    "consent_missing": Wording("She has not agreed to this on this channel", ONLY_SHE, "She may agree on a form."),
    "consent_out": Wording("She opted out", ONLY_SHE, "She may agree again on a form."),
    "consent_expired": Wording("Her agreement is too old to rely on", ONLY_SHE, "She may agree again on a form."),
    "consent_unproven": Wording(
        "Her agreement is not proven well enough for this channel ({proof})", ONLY_SHE, "She may confirm it."
    ),
    "suppressed_opt_out": Wording(
        "The address is suppressed, because she opted out", ONLY_SHE, "It stays so until she asks."
    ),
    "suppressed_bounce": Wording("The address bounced", "Whoever keeps the contact data", "Record a new address."),
    "suppressed_complaint": Wording("She reported a message as unwanted", ONLY_SHE, "It stays so until she asks."),
    "suppressed_manual": Wording(
        "A colleague put the address on the suppression list", "The CRM administrator", "See the contact's page."
    ),
    "quiet_hours": Wording(
        "It is outside the hours of this step where she lives", NOBODY, "It goes when the hours begin."
    ),
    "no_common_hours": Wording(
        "No hour fits every zone she may live in", "Whoever keeps the contact data", "Record her time zone."
    ),
    "cap_reached": Wording(
        "{sent} messages in {days} days is the limit of {cap}", MANAGER, "It goes at the next free time."
    ),
    "too_late": Wording("It is too late for it: it was due {due}", MANAGER, "Allow more time in the step."),
    "sender_unverified": Wording(
        "The sender's address is not on the organisation's list", "The administrator", "Add it."
    ),
    "kill_switch": Wording("Sending is stopped for {engaged}", "Whoever may stop sending", "Lift the stop."),
    "step_paused": Wording("The sequence is paused", MANAGER, "Resume it."),
    "sequence_stopped": Wording("The sequence is not live", MANAGER, "Activate it."),
    "enrollment_ended": Wording("She is no longer in the sequence", "Nobody", "Nothing will be sent from it."),
    "no_transport": Wording("No way to send on this channel is set up", "The operator", "Name a server for it."),
    "instance_held": Wording("Sending is held everywhere: {hold}", "The operator", "See the audit page."),
    "clock_behind": Wording("The clock of this machine stands behind the log", "The operator", "Set the clock."),
    "clock_wrong": Wording("The clock of this machine cannot be right", "The operator", "Set the clock."),
    "gate_error": Wording("A check could not run, so nothing was sent", "The operator", "See the log of the worker."),
    "unknown_outcome": Wording(
        "It was released, and no reply came from the mail server. It is not sent again",
        "The operator",
        "Ask the mail server's people whether it arrived.",
    ),
}

CHECKS: Mapping[str, str] = {
    "approval": "Signed by every required role",
    "stored_bytes": "Stored bytes are the signed ones",
    "window": "Inside the approval's window",
    "publication_state": "Not recalled, quarantined or replaced",
    "channel": "Approved for this channel",
    "purpose": "Approved for the purpose she was asked about",
    "audience": "Written for this kind of lead",
    "jurisdiction": "Approved for this place",
    "rendered_bytes": "The message equals the approved text",
    "merge_values": "Every field has an allowed value",
    "rendered_findings": "No rule blocks the finished text",
    "required_content": "Address, sender and a way to stop are in it",
    "lead": "The lead exists",
    "agreement": "She has agreed",
    "suppression": "The address is on no suppression list",
    "quiet_hours": "Inside the hours of the step",
    "frequency_cap": "Below the frequency limit",
    "usefulness": "Not too late to be useful",
    "sender": "The sender is on the organisation's list",
    "kill_switch": "Sending is not stopped",
    "sequence": "The sequence is live",
    "enrollment": "She is in the sequence",
    "transport": "There is a way to send",
    "instance": "This installation may send",
    "clock": "The clock agrees with the log",
    "facts": "The facts could be read",
}
