"""Addresses of pages, in one place. Ids only: never a title, a name, an address or a condition."""

HOME = "/"
CONTENT = "/content"
NEW_CONTENT = "/content/new"
REVIEWS = "/reviews"
SEQUENCES = "/sequences"
LEADS = "/leads"
SENDS = "/sends"
AUDIT = "/audit"
VERIFY = "/audit/verify"
AUDIT_EXPORT = "/audit/export"
SENDING = "/sending"
STOP_SENDING = "/sending/stop"
RESUME_SENDING = "/sending/resume"
HEALTH_LIVE = "/health/live"
HEALTH_READY = "/health/ready"
INBOX = "/inbox"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
APPEARANCE = "/appearance"
DEMO_PERSON = "/demo/person"
DEMO_CLOCK = "/demo/clock"


def item(item_id: str) -> str:
    return f"{CONTENT}/{item_id}"


def edit(item_id: str) -> str:
    return f"{item(item_id)}/edit"


def version(item_id: str, number: int) -> str:
    return f"{CONTENT}/{item_id}/v/{number}"


def preview(item_id: str, number: int) -> str:
    """Served sandboxed, for the preview frame only."""
    return f"{version(item_id, number)}/preview"


def submit(item_id: str, number: int) -> str:
    return f"{version(item_id, number)}/submit"


def review(round_id: str) -> str:
    return f"{REVIEWS}/{round_id}"


def sign(round_id: str) -> str:
    return f"{review(round_id)}/sign"


def request_changes(round_id: str) -> str:
    return f"{review(round_id)}/changes"


def decline(round_id: str) -> str:
    return f"{review(round_id)}/decline"


def withdraw(round_id: str) -> str:
    return f"{review(round_id)}/withdraw"


def publish(round_id: str) -> str:
    return f"{review(round_id)}/publish"


def threads(round_id: str) -> str:
    return f"{review(round_id)}/threads"


def thread(round_id: str, thread_id: str, act: str) -> str:
    """``act`` is answer, done, settle or reopen."""
    return f"{threads(round_id)}/{thread_id}/{act}"


def recall(publication_id: str) -> str:
    return f"/publications/{publication_id}/recall"


def sequence(sequence_id: str) -> str:
    return f"{SEQUENCES}/{sequence_id}"


def sequence_act(sequence_id: str, act: str) -> str:
    """``act`` is activate, pause, resume or retire."""
    return f"{sequence(sequence_id)}/{act}"


def enroll(sequence_id: str) -> str:
    return f"{sequence(sequence_id)}/people"


def take_out(sequence_id: str, enrollment_id: str) -> str:
    return f"{enroll(sequence_id)}/{enrollment_id}/stop"


def lead(lead_id: str) -> str:
    return f"{LEADS}/{lead_id}"


def opt_out(lead_id: str) -> str:
    return f"{lead(lead_id)}/opt-out"


def agreements(lead_id: str) -> str:
    return f"{lead(lead_id)}/agreements"


def erase(lead_id: str) -> str:
    return f"{lead(lead_id)}/erase"


def why(message_id: str) -> str:
    return f"{SENDS}/{message_id}"


def send_proof(message_id: str) -> str:
    """What a send stands on, as a file that verifies without Placet."""
    return f"{why(message_id)}/proof"


def resume_message(message_id: str) -> str:
    return f"{why(message_id)}/resume"


def record(index: int) -> str:
    return f"{AUDIT}/{index}"


def proof(index: int) -> str:
    """The proof that a record is in the log, as a file."""
    return f"{record(index)}/proof"


def inbox_message(message_id: str) -> str:
    return f"{INBOX}/{message_id}"


def inbox_frame(message_id: str) -> str:
    """Served sandboxed, for the message frame only."""
    return f"{inbox_message(message_id)}/frame"


def unsubscribe(token: str) -> str:
    return f"/u/{token}"
