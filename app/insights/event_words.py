"""What a record of the log says in words. An action nobody has given words to is shown by its own, spaced. Pure."""

from collections.abc import Mapping
from typing import Any

from app.audit.model import Leaf
from app.insights.wording import fact_text, speak

WORDS: Mapping[str, str] = {
    "accounts.identity.confirmed": "{who} confirmed her identity",
    "accounts.identity.not_confirmed": "A confirmation of identity failed",
    "accounts.password.changed": "{who} changed her password",
    "accounts.people.added": "People were added",
    "accounts.person.created": "{who} opened the account {subject}",
    "accounts.person.deactivated": "{who} switched off the account {subject}",
    "accounts.roles.changed": "{who} changed the roles of {subject}",
    "accounts.session.ended": "{who} signed out",
    "accounts.session.seen": "{who} went on working",
    "accounts.session.started": "{who} signed in",
    "accounts.sessions.ended": "{who} ended sessions of {subject}",
    "accounts.sign_in.failed": "A sign-in failed",
    "accounts.step_up.used": "{who} used a confirmation of identity",
    "audit.checkpoint.signed": "The log was signed at {subject} records",
    "checks.report.recorded": "Version {subject} was checked",
    "consent.address.suppressed": "An address was suppressed ({reason})",
    "consent.event.agreed": "Contact {subject} agreed: {channel}, {purpose}",
    "consent.event.withdrew": "Contact {subject} opted out: {channel}, {purpose}",
    "consent.lead.added": "{who} added contact {subject}",
    "consent.lead.erased": "{who} erased contact {subject}",
    "consent.lead.looked_up": "{who} looked up {subject} by address",
    "consent.leads.imported": "{who} imported contacts",
    "content.item.created": "{who} added the piece {subject}",
    "content.version.created": "{who} saved a new version of {subject}",
    "delivery.receipt.recorded": "A message came to rest: {outcome}",
    "gate.pre.stopped": "The gate stopped messages before connecting",
    "gate.release.decided": "The gate decided on messages",
    "gate.switch.engaged": "{who} stopped sending for {subject}",
    "gate.switch.released": "{who} let sending go on for {subject}",
    "outbox.message.repinned": "Message {subject} now follows a newer publication",
    "outbox.messages.claimed": "{messages} taken up for sending",
    "outbox.messages.held": "Messages of a publication were held ({held}): {reason}",
    "outbox.messages.planned": "{messages} planned",
    "publishing.publication.created": "{who} published {subject}",
    "publishing.publication.recalled": "{who} recalled {subject}",
    "publishing.publication.expired": "The approval of {subject} ended",
    "publishing.publication.superseded": "A newer version replaced {subject}",
    "publishing.publication.quarantined": "{subject} was quarantined",
    "publishing.publication.released": "{subject} left quarantine",
    "review.round.opened": "{who} submitted version {version} for review",
    "review.round.signed": "{who} signed: {meaning}",
    "review.round.approved": "Review {subject} approved its version",
    "review.round.changes_requested": "{who} requested changes",
    "review.round.declined": "{who} declined the version under review",
    "review.round.withdrawn": "{who} withdrew the review",
    "review.round.voided": "A newer version voided review {subject}",
    "review.thread.opened": "{who} opened a comment",
    "review.thread.commented": "{who} answered in a comment",
    "review.thread.done": "{who} says that a comment is done",
    "review.thread.settled": "{who} settled a comment",
    "review.thread.reopened": "{who} opened a comment again",
    "sender.edition.created": "{who} added an edition of sender {subject}",
    "sequences.due.planned": "Steps that had come due were planned",
    "sequences.enrollment.advanced": "Enrollment {subject} moved on",
    "sequences.enrollment.started": "{who} enrolled contact {lead} in {sequence}",
    "sequences.enrollment.stopped": "{who} took enrollment {subject} out",
    "sequences.enrollments.stopped": "{stopped} people left the sequence",
    "sequences.version.imported": "{who} imported {sequence} v{number}",
    "sequences.version.activate": "{who} activated {sequence} v{number}",
    "sequences.version.pause": "{who} paused {sequence} v{number}",
    "sequences.version.resume": "{who} resumed {sequence} v{number}",
    "sequences.version.retire": "{who} retired {sequence} v{number}",
}
MOVES: Mapping[str, str] = {
    "claim": "was taken up for sending",
    "give_back": "went back to wait",
    "hold": "was held",
    "resume": "was planned again",
    "refuse": "was refused",
    "reject": "was rejected by the mail server",
    "release": "was released",
    "accept": "was accepted by the mail server",
    "lose_track": "has an unknown outcome",
}
"""What becomes of a message, by the last word of the action."""
ENGINE_NAMES: Mapping[str, str] = {
    "engine": "The engine",
    "system": "The system",
    "recipient": "The recipient",
    "setup": "The set-up",
    "demo": "The demonstration",
}
KINDS: tuple[tuple[str, str], ...] = (
    ("", "Everything"),
    ("accounts", "People and sign-ins"),
    ("content", "Content"),
    ("review", "Reviews"),
    ("publishing", "Publications"),
    ("consent", "Consent"),
    ("sequences", "Sequences"),
    ("gate", "Decisions of the gate"),
    ("outbox", "Messages"),
    ("delivery", "Receipts"),
    ("audit", "Checkpoints"),
)
"""Beginnings of actions to choose from, with their words."""


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "(not stated)"


def who_text(actor: str, names: Mapping[str, str]) -> str:
    """The printed name of whoever acted."""
    known = names.get(actor) or ENGINE_NAMES.get(actor)
    return known or ("The engine" if actor.startswith("worker-") else actor)


def event_sentence(leaf: Leaf, names: Mapping[str, str]) -> str:
    """One record in one sentence without a full stop."""
    said = {key: _said(key, value) for key, value in leaf.data.items() if value not in (None, "")}
    known = _Known({**said, "who": who_text(leaf.actor, names), "subject": _subject(leaf, names)})
    count = leaf.data.get("count")
    known["messages"] = "One message was" if count == 1 else f"{'Some' if count is None else count} messages were"
    stage, _, what = leaf.action.partition(".")
    if stage == "outbox" and leaf.action not in WORDS:
        thing, _, move = what.partition(".")
        moved = MOVES.get(move, move.replace("_", " "))
        because = f": {reason_text(str(leaf.data['reason']))}" if leaf.data.get("reason") else ""
        if thing == "message":
            return f"Message {leaf.subject_id} {moved}{because}"
        return f"One message {moved}{because}" if count == 1 else f"{count} messages: each {moved}{because}"
    template = WORDS.get(leaf.action)
    if template is None:
        return f"{known['who']}: {leaf.action.replace('.', ' ').replace('_', ' ')}, {known['subject']}"
    return template.format_map(known)


def reason_text(code: str) -> str:
    """A reason in the middle of a sentence, where no facts are at hand: without what they would have filled in."""
    sentence = speak(code).sentence
    for sign in (":", " (", ",", " was due", " ends", " ended", " starts", " holds"):
        if "(not stated)" in sentence and sign in sentence:
            sentence = sentence[: sentence.index(sign)] + {
                " ends": " ends",
                " ended": " ended",
                " starts": " starts later",
            }.get(sign, "")
    return sentence[:1].lower() + sentence[1:]


def _subject(leaf: Leaf, names: Mapping[str, str]) -> str:
    if leaf.subject_kind == "kill_switch":
        return "everything" if leaf.subject_id == "all" else f"sequence {leaf.subject_id}"
    return names.get(leaf.subject_id, leaf.subject_id)


def _said(key: str, value: Any) -> str:
    text = fact_text(value)
    if key == "reason":
        return reason_text(text)
    return {"*": "everything"}.get(text, text.replace("_", " "))
