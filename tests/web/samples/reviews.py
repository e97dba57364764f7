"""Filled view models: reviews."""

from app.web.view_models.content import SignatureView
from app.web.view_models.forms import Choice
from app.web.view_models.review import (
    Block,
    Change,
    CommentView,
    QueueGroup,
    QueuePage,
    QueueRow,
    ReviewPage,
    Run,
    ThreadView,
)
from tests.web.samples.shared import F, at

SIGS = (
    SignatureView("Compliance", "signed", "Cora Ortiz", "Approves the claims and disclosures", at(-10)),
    SignatureView("Medical", "yours", "Dr Mara Rao"),
    SignatureView("Legal", "requested", "Lev Bauer"),
)
R = Run

PAGES: dict[str, tuple[str, object]] = {}
PAGES["reviews"] = (
    "pages/reviews.html",
    QueuePage(
        (
            QueueGroup(
                "Overdue",
                (
                    QueueRow(
                        "r2",
                        "Hip replacement, mail 3",
                        1,
                        at(-1),
                        True,
                        "New, 410 words",
                        6,
                        SIGS,
                        0,
                        "2 live sequences",
                    ),
                ),
            ),
            QueueGroup(
                "Today",
                (
                    QueueRow(
                        "r1",
                        "Knee MRI: what to expect",
                        8,
                        at(hours=3),
                        False,
                        "14 words in 2 places, 1 material",
                        2,
                        SIGS,
                        1,
                        "Step 2 of Knee pathway",
                    ),
                ),
            ),
            QueueGroup(
                "This week",
                (
                    QueueRow(
                        "r4", "Referral guide for practices", 2, at(3), False, "3 places", 4, SIGS[1:], 0, "nothing"
                    ),
                ),
            ),
        ),
        3,
        1,
        "/reviews/r2",
    ),
)
PAGES["reviews_empty"] = ("pages/reviews.html", QueuePage((), 0, 0))
PAGES["review"] = (
    "pages/review.html",
    ReviewPage(
        "r1",
        "Knee MRI: what to expect",
        8,
        "in_review",
        at(hours=3),
        "Version 8 changes 14 words in 2 places; 1 material change; images unchanged; links unchanged.",
        "approved v7",
        (Choice("7", "approved v7"), Choice("6", "v6")),
        "dose corrected",
        "Ada Lind",
        at(hours=-5),
        (
            Block("subject", (R("same", "Your knee MRI: what to expect"),)),
            Block("heading", (R("same", "Before you come"),)),
            Block(
                "paragraph",
                (
                    R("same", "The contrast dye dose is "),
                    R("deleted", "5 ml", 1),
                    R("inserted", "10 ml", 1),
                    R("same", ". Tell us if you are allergic to anything."),
                ),
            ),
            Block(
                "paragraph",
                (
                    R("same", "An MRI is "),
                    R("deleted", "completely safe", 2),
                    R("inserted", "low risk for most people, with the risks listed here,", 2),
                    R("same", " and takes about 45 minutes. You may hear "),
                    R("quoted", "loud knocking"),
                    R("same", ". The staff can see you at all times."),
                ),
            ),
            Block("item", (R("same", "Wear loose clothes without metal."),)),
            Block("item", (R("same", "Leave jewellery at home."),)),
            Block("paragraph", (R("same", "<script>alert(1)</script> stays text."),)),
            Block("action", (R("same", "Book a time"),)),
            Block(
                "small",
                (
                    R(
                        "same",
                        "Lindenhof Clinics, 12 Park Row, Leeds LS1 5HD. You get this because you asked about knee pain. Stop these emails.",
                    ),
                ),
            ),
        ),
        (
            Change(1, "Dose", "5 ml", "10 ml", True, "Before you come, paragraph 1"),
            Change(
                2,
                "Claim wording",
                "completely safe",
                "low risk for most people, with the risks listed here,",
                False,
                "Before you come, paragraph 2",
            ),
        ),
        (
            ThreadView(
                "t1",
                "Must change",
                True,
                "done",
                "10 ml",
                "paragraph 1",
                (
                    CommentView("Dr Mara Rao", "The leaflet says 7.5 ml. Which source is this?", at(-1)),
                    CommentView("Ada Lind", "Fixed, see reference R-12.", at(hours=-4)),
                ),
                settle_href="/x",
                reopen_href="/x",
            ),
            ThreadView(
                "t2",
                "Question",
                False,
                "open",
                "at all times",
                "was here in version 7",
                (CommentView("Lev Bauer", "Do we promise this in writing?", at(hours=-2)),),
            ),
            ThreadView(
                "t3",
                "Note",
                False,
                "settled",
                "",
                "",
                (CommentView("Cora Ortiz", "Wording now follows CLM-014.", at(-2)),),
            ),
        ),
        F[1:2],
        "core 3",
        SIGS,
        "/content/8f3k2",
        "/_frame",
        sign_href="/reviews/r1/sign",
        changes_href="/x",
        decline_href="/x",
        comment_href="/x",
    ),
)
PAGES["review_blocked"] = (
    "pages/review.html",
    ReviewPage(
        "r1",
        "SMS: fasting reminder",
        1,
        "in_review",
        None,
        "New, 24 words.",
        "",
        (),
        "first version",
        "Ada Lind",
        at(hours=-5),
        (
            Block(
                "paragraph", (R("same", "Hello {{ first_name }}, eat nothing after midnight. Reply STOP to opt out."),)
            ),
        ),
        (),
        (),
        (),
        "core 3",
        SIGS[:1],
        "/content/8f3k2",
        "/_frame",
        stale="Version 2 was submitted 2 minutes ago. You are reading 1.",
        stale_href="#",
        sign_blocked="You wrote 11 words of this version on 3 Nov 2026, so you cannot approve it.",
    ),
)
