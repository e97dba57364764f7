"""What people do in a review. Every operation writes through the caller's unit of work and never commits."""

from app.review.operations.comments import (
    Comment,
    MoveThread,
    OpenThread,
    comment,
    mark_done,
    open_thread,
    reopen,
    settle,
)
from app.review.operations.rounds import (
    EndRound,
    Submit,
    decline,
    import_content,
    request_changes,
    submit,
    void_open_rounds,
    withdraw,
)
from app.review.operations.signatures import Sign, sign

__all__ = [
    "Comment",
    "EndRound",
    "MoveThread",
    "OpenThread",
    "Sign",
    "Submit",
    "comment",
    "decline",
    "import_content",
    "mark_done",
    "open_thread",
    "reopen",
    "request_changes",
    "settle",
    "sign",
    "submit",
    "void_open_rounds",
    "withdraw",
]
