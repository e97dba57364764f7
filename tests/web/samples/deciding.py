"""Filled view models: deciding."""

from app.web.view_models.content import Fact
from app.web.view_models.forms import FieldError
from app.web.view_models.review import Block, Change, ChangedPage, DecidePage, PublishPage, RecallPage, Run, SignPage
from tests.web.samples.shared import D, at

PAGES: dict[str, tuple[str, object]] = {}
PAGES["sign"] = (
    "pages/sign.html",
    SignPage(
        "r1",
        "Knee MRI: what to expect",
        8,
        D,
        D[::-1],
        "Dr Mara Rao",
        "Medical reviewer",
        "I reviewed the medical content, and approve it.",
        "medical_approval",
        "patients, email, en-GB, United Kingdom",
        at(),
        at(112),
        "The policy allows up to 12 months.",
        (
            Fact("redline to approved v7", "2 changes", href="/reviews/r1"),
            Fact("both text parts", ""),
            Fact("finding report", "0 errors, 1 warning with a justification", href="#"),
            Fact("rule pack", "core 3"),
        ),
        ("legal disclosure block (Legal signs it)",),
        "/reviews/r1/sign",
        "/reviews/r1",
        "Hello {{ first_name }},\n\nAn MRI is low risk…",
        "/_frame",
    ),
)
PAGES["sign_error"] = (
    "pages/sign.html",
    SignPage(
        "r1",
        "Knee MRI: what to expect",
        8,
        D,
        D[::-1],
        "Dr Mara Rao",
        "Medical reviewer",
        "I reviewed the medical content, and approve it.",
        "medical_approval",
        "patients, email",
        at(),
        at(112),
        "The policy allows up to 12 months.",
        (Fact("both text parts", ""),),
        (),
        "/reviews/r1/sign",
        "/reviews/r1",
        "Hello",
        "/_frame",
        (FieldError("password", "The password is not the one of your account. Type it again."),),
    ),
)
PAGES["publish"] = (
    "pages/publish.html",
    PublishPage(
        "Knee MRI: what to expect",
        8,
        "/x",
        "/y",
        "2026-11-22",
        "2027-03-14",
        "2027-02-12",
        "The policy allows up to 12 months.",
        (FieldError("valid_until", "The end is not after the start. Choose a later day."),),
    ),
)
PAGES["recall"] = (
    "pages/recall.html",
    RecallPage(
        "Knee MRI: what to expect",
        7,
        "/x",
        "/y",
        (
            "It stops at once: 214 planned messages in 3 sequences will not go.",
            "Messages that have left cannot be called back.",
        ),
    ),
)
PAGES["decide"] = (
    "pages/decide.html",
    DecidePage(
        "Request changes",
        "Knee MRI v8",
        "The review ends, and Ada Lind gets your comments in one round.",
        "What must change",
        "At least one thing, in a sentence.",
        "Request changes",
        "/x",
        "/y",
    ),
)
PAGES["changed"] = (
    "pages/changed.html",
    ChangedPage(
        "Knee MRI: what to expect",
        8,
        "Version 9 was saved while this page was open. Nothing was signed. Read what changed.",
        "v8",
        (Block("paragraph", (Run("same", "The dose is "), Run("deleted", "5", 1), Run("inserted", "10", 1))),),
        (Change(1, "Number", "5", "10", True, "block 1"),),
        "/reviews/r2",
        "Review version 9",
        "/reviews/r1",
    ),
)
