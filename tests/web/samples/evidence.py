"""Filled view models: evidence."""

from app.web.view_models.content import Fact
from app.web.view_models.evidence import (
    AuditPage,
    InboxMessagePage,
    InboxPage,
    InboxRow,
    RecordPage,
    RecordRow,
    VerifyResult,
    VerifyStep,
)
from tests.web.samples.shared import D, at

row = InboxRow(
    "m1",
    "ida.berg@example.org",
    "Lindenhof Orthopaedics",
    "Your knee MRI: what to expect",
    "Plan 45 minutes. Wear loose clothes.",
    at(minutes=-9),
)

PAGES: dict[str, tuple[str, object]] = {}
PAGES["audit"] = (
    "pages/audit.html",
    AuditPage(
        48213,
        D,
        at(minutes=-4),
        "signed by log-key-1, 3 minutes old",
        tuple(
            RecordRow(
                48213 - i,
                at(minutes=-4 - 30 * i),
                s,
                w,
                D,
                '{"action":"review.signed","at":"2026-11-22T13:01:00.000000Z","index":48213,"v":1}',
                2,
            )
            for i, (s, w) in enumerate(
                [
                    ("Message d77118 released to contact 8f3k2", "engine"),
                    ("Dr Mara Rao signed Knee MRI v8: medical approval", "Dr Mara Rao"),
                    ("Ada Lind submitted Knee MRI v8", "Ada Lind"),
                    ("Role Reviewer changed", "Cora Ortiz"),
                ]
            )
        ),
        VerifyResult(
            True,
            "All 48 213 records agree with the log, checked in 0.9 s.",
            (
                VerifyStep("passed", "Leaf hashes", "48 213 recomputed"),
                VerifyStep("passed", "Tree", "root equal to the stored one"),
                VerifyStep("passed", "Checkpoint signature", "log-key-1"),
                VerifyStep("passed", "Rows", "9 201 protected rows"),
            ),
        ),
        "?older",
    ),
)
PAGES["audit_bad"] = (
    "pages/audit.html",
    AuditPage(
        48213,
        D,
        at(minutes=-4),
        "",
        (),
        VerifyResult(
            False,
            "Row i7 of publications is not what record 48 120 says.",
            (
                VerifyStep("passed", "Leaf hashes", "48 213 recomputed"),
                VerifyStep("failed", "Rows", "publications i7: valid_until differs"),
            ),
            "Sending is held. Compare the row with the last export before you change anything.",
        ),
    ),
)
PAGES["record"] = (
    "pages/record.html",
    RecordPage(
        RecordRow(
            48213,
            at(),
            "Dr Mara Rao signed Knee MRI v8: medical approval",
            "Dr Mara Rao",
            D,
            '{"action":"review.signed"}',
            2,
        ),
        (Fact("Leaf", D, True), Fact("Index", "48 213")),
    ),
)
PAGES["inbox"] = (
    "pages/inbox.html",
    InboxPage((row, InboxRow("m2", "tom@example.net", "Lindenhof Clinics", "Welcome", "", at(-1)))),
)
PAGES["inbox_message"] = (
    "pages/inbox_message.html",
    InboxMessagePage(
        row,
        "/_frame",
        "Hello Ida,\n\nAn MRI is low risk…",
        (("Message-ID", "<k3.1@lindenhof.example>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")),
        "/sends/m1",
        "/u/x",
    ),
)
