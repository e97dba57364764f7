"""Filled view models: home."""

from app.web import paths
from app.web.view_models.forms import FieldError, MessagePage, SignInPage
from app.web.view_models.home import Day, HomePage, Moving, Risk, Task
from tests.web.samples.shared import at

PAGES: dict[str, tuple[str, object]] = {}
PAGES["sign_in"] = ("pages/sign_in.html", SignInPage())
PAGES["sign_in_error"] = (
    "pages/sign_in.html",
    SignInPage(
        "ada@clinic.example",
        "/content",
        (FieldError("email", "The address and the password do not go together. Check both."),),
    ),
)
PAGES["home"] = (
    "pages/home.html",
    HomePage(
        "Mara",
        (
            Task(
                "Knee MRI: what to expect, v8",
                paths.review("r1"),
                "14 words changed in 2 places, 1 material",
                at(hours=3),
            ),
            Task("Hip replacement, mail 3, v1", paths.review("r2"), "New, 410 words", at(days=2)),
        ),
        (
            Risk(
                "content",
                "expiring",
                "Preparing for surgery",
                "/content/x",
                "Step 4 of Knee pathway uses it; its approval ends before 38 % of people get there.",
            ),
            Risk(
                "message",
                "unknown",
                "One message with an unknown outcome",
                "/sends/x",
                "Released yesterday 14:03 UTC; no reply came from the mail server.",
            ),
        ),
        (
            Moving("in_review", "Knee MRI: what to expect, v8", "/reviews/r1", "Waiting for Medical and Legal"),
            Moving("changes_requested", "Referral guide, v2", "/reviews/r3", "Waiting for Ada Lind"),
            Moving("draft", "Newsletter, December", "/content/n", "Two errors left"),
        ),
        Day(
            1204,
            3,
            41,
            12,
            1,
            (("Approval ended", 24), ("No agreement to email about surgery", 16), ("Address bounced", 1)),
        ),
        4,
    ),
)
PAGES["home_empty"] = ("pages/home.html", HomePage("Otto", (), (), (), None, 0))
PAGES["message"] = (
    "pages/message.html",
    MessagePage(
        "Your roles do not allow this",
        "This needs somebody who may read the audit log.",
        ("These roles may: Compliance reviewer, Legal reviewer, Auditor, Administrator.",),
        "An administrator",
        "Ask for the role, or ask one of these colleagues to do it.",
        "7h3k2mnp4rst",
        "/",
        "Home",
    ),
)
