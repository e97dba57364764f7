"""Filled view models: content."""

from app.web.view_models.content import (
    EditPage,
    Fact,
    ItemPage,
    LibraryPage,
    LibraryRow,
    SavedView,
    SignatureView,
    VersionRow,
)
from app.web.view_models.forms import FieldError
from tests.web.samples.shared import D, F, at

DONE = (
    SignatureView(
        "Compliance",
        "signed",
        "Cora Ortiz",
        "I reviewed the claims and required disclosures, and approve this content.",
        at(-10),
    ),
    SignatureView("Medical", "signed", "Dr Mara Rao", "I reviewed the medical content, and approve it.", at(-9)),
)
V = (
    SavedView("All", "/content", 14, True),
    SavedView("Mine", "/content?view=mine", 3, False),
    SavedView("Live now", "?v", 6, False),
    SavedView("Expiring within 30 days", "?v", 2, False),
    SavedView("Expired but used", "?v", 1, False),
)
st = [
    "approved",
    "in_review",
    "expiring",
    "draft",
    "changes_requested",
    "expired",
    "recalled",
    "quarantined",
    "superseded",
    "scheduled",
]
T = [
    "Knee MRI: what to expect",
    "Preparing for surgery",
    "Welcome to the orthopaedic clinic",
    "Newsletter, December 2026",
    "Referral guide for practices",
    "Questions people ask before an MRI",
    "SMS: fasting reminder",
    "Laser consultation offer",
    "Hip replacement, mail 3",
    "Landing page: joint pain clinic",
]

PAGES: dict[str, tuple[str, object]] = {}
PAGES["library"] = (
    "pages/library.html",
    LibraryPage(
        V,
        tuple(
            LibraryRow(
                f"i{i}",
                T[i],
                s,
                "patients",
                "Email" if i % 3 else "SMS",
                "education",
                i % 4 + 1,
                at(days=112 - i * 30) if s in ("approved", "expiring", "expired", "scheduled") else None,
                i % 4,
                "Ada Lind",
                f"grade {6 + i * 0.3:.1f}" if i != 6 else "not scored",
            )
            for i, s in enumerate(st)
        ),
        14,
        "?more",
    ),
)
PAGES["item"] = (
    "pages/item.html",
    ItemPage(
        "8f3k2",
        "Knee MRI: what to expect",
        7,
        "approved",
        "Approved until 14 Mar 2027 00:00 UTC, used in 3 sequences, next review 12 Feb 2027 by Dr Mara Rao.",
        "Your knee MRI: what to expect",
        "Plan 45 minutes. Wear loose clothes.",
        "/_frame",
        "Hello {{ first_name }},\n\nAn MRI is low risk for most people, with the risks listed here, and takes about 45 minutes.\n\nBook a time: https://clinic.example/book\n\nLindenhof Clinics, 12 Park Row, Leeds LS1 5HD",
        (
            Fact("Channel", "Email"),
            Fact("Audience", "patients"),
            Fact("Purpose", "education"),
            Fact("Language", "en-GB"),
            Fact("Owner", "Ada Lind"),
            Fact("Sender", "Lindenhof Orthopaedics <care@lindenhof.example>"),
        ),
        F[1:],
        "core 3",
        "grade 6.9, target 6 to 8",
        DONE,
        (
            VersionRow(8, "in_review", "Ada Lind", at(-1), D, "#"),
            VersionRow(7, "approved", "Ada Lind", at(-40), D[::-1], "#"),
            VersionRow(6, "superseded", "Ben Cole", at(-200), D[8:] + D[:8], "#"),
        ),
        (("subject", D), ("body", D[::-1]), ("sender", D), ("locale", D)),
        D,
        (("Knee pathway, step 2", "/sequences/s1"), ("Newsletter readers, step 1", "/sequences/s2")),
        recall_href="/publications/p1/recall",
        review_href="/reviews/r1",
    ),
)
PAGES["item_draft"] = (
    "pages/item.html",
    ItemPage(
        "8f3k2",
        "Newsletter, December 2026",
        1,
        "draft",
        "A draft that nobody has reviewed. Nothing sends it.",
        "Winter at the clinic",
        "",
        "",
        "Hello,\n\nAn MRI is completely safe.",
        (Fact("Channel", "Email"),),
        F,
        "core 3",
        "grade 9.1, target 6 to 8",
        (),
        (VersionRow(1, "draft", "Ada Lind", at(-1), D, "#"),),
        (("subject", D),),
        D,
        (),
        submit_href="/x",
        submit_blocked="1 error is left.",
    ),
)
PAGES["edit"] = (
    "pages/edit.html",
    EditPage(
        "Edit Newsletter, December 2026",
        "---\nid: newsletter\n---\n# Winter\n\nHello <script>alert(1)</script>\n",
        "/content/8f3k2/edit",
        "/content/8f3k2",
        "Newsletter, December 2026",
        1,
        findings=F,
        pack="core 3",
        errors=(FieldError("source", "Line 2, column 5: id: too short. Choose another."),),
    ),
)
