"""Filled view models: sending."""

from app.web.view_models.content import Fact, SavedView
from app.web.view_models.forms import Choice
from app.web.view_models.sending import (
    Phase,
    ReasonView,
    SendingPage,
    SendRow,
    SendsPage,
    SequenceAct,
    SequencePage,
    SequenceRow,
    SequencesPage,
    StepView,
    StoppedView,
    WhyPage,
)
from tests.web.samples.shared import D, at

SV = (
    SavedView("All", "?", 1261, True),
    SavedView("Refused", "?", 41, False),
    SavedView("Held", "?", 12, False),
    SavedView("Unknown outcome", "?", 1, False),
)

PAGES: dict[str, tuple[str, object]] = {}
PAGES["sequences"] = (
    "pages/sequences.html",
    SequencesPage(
        (
            SequenceRow(
                "s1",
                "Knee pathway",
                4,
                "active",
                5,
                560,
                at(12),
                "214 of 560 sends in the next 60 days will be refused",
            ),
            SequenceRow("s2", "Newsletter readers", 1, "draft", 2, 0, None, ""),
            SequenceRow("s3", "Aesthetics, returning visitors", 2, "paused", 3, 120, at(80), ""),
        )
    ),
)
PAGES["sequence"] = (
    "pages/sequence.html",
    SequencePage(
        "s1",
        "Knee pathway",
        4,
        "active",
        560,
        "If nothing changes, 214 of 560 sends in the next 60 days will be refused: 198 because approval ends (step 4), 16 for want of consent.",
        (
            StepView(
                1,
                0,
                "Welcome",
                "/content/a",
                "Email",
                "at once",
                "exactly v5",
                "approved",
                "until 2 Sep 2027",
                0,
                558,
                2,
                0,
            ),
            StepView(
                2,
                3,
                "Knee MRI: what to expect",
                "/content/b",
                "Email",
                "3 days later",
                "latest approved",
                "approved",
                "v7 until 14 Mar 2027; v8 in review",
                120,
                430,
                8,
                1,
            ),
            StepView(
                3,
                8,
                "Questions people ask",
                "/content/c",
                "Email",
                "5 days later",
                "exactly v2",
                "approved",
                "until 30 Jan 2027",
                200,
                200,
                0,
                0,
            ),
            StepView(
                4,
                22,
                "Preparing for surgery",
                "/content/d",
                "Email",
                "14 days later",
                "exactly v1",
                "expiring",
                "in 12 days, before 38 % of people get here",
                214,
                0,
                0,
                0,
            ),
            StepView(
                5,
                30,
                "SMS: fasting reminder",
                "/content/e",
                "SMS",
                "8 days later",
                "exactly v3",
                "recalled",
                "",
                0,
                0,
                14,
                0,
            ),
        ),
        (Fact("Made by", "Max Okafor"), Fact("Live since", "2 Nov 2026"), Fact("Digest", D, True)),
        acts=(SequenceAct("/x", "Pause"),),
        list_href="/x?as=list",
    ),
)
PAGES["sends"] = (
    "pages/sends.html",
    SendsPage(
        SV,
        "1 261 planned in the last 24 hours: 1 204 accepted, 3 rejected, 41 refused, 12 held, 1 unknown, 0 pending.",
        tuple(
            SendRow(f"m{i}", s, w, "8f3k2", "Email", at(hours=-i - 1), at(), y, o)
            for i, (s, w, y, o) in enumerate(
                [
                    ("refused", "Preparing for surgery v1", "Approval ended 4 Dec 2026 00:00 UTC", 1),
                    ("accepted", "Knee MRI: what to expect v7", "", 0),
                    ("held", "Welcome v5", "It is night where she lives; held until 09:00", 0),
                    (
                        "unknown",
                        "Knee MRI: what to expect v7",
                        "Released 14:03:07, and no reply came from the mail server. It is not retried",
                        0,
                    ),
                    ("rejected", "Welcome v5", "The mail server said: no such mailbox", 0),
                    ("planned", "Questions people ask v2", "", 0),
                    ("released", "Welcome v5", "", 0),
                ]
            )
        ),
        1261,
        "?",
    ),
)
PAGES["why"] = (
    "pages/why.html",
    WhyPage(
        "d77120",
        "Preparing for surgery v1, step 4",
        "/content/d",
        "8f3k2",
        "/leads/8f3k2",
        at(hours=-28),
        "refused",
        "Not sent because the approval ended on 21 Nov 2026 00:00 UTC, 9 hours before it was due.",
        "One more reason would also have stopped it: no agreement to email about surgery.",
        (
            ReasonView(
                "refuse",
                "Approval ended 21 Nov 2026 00:00 UTC",
                "v1, signed by Rao, Ortiz, Bauer",
                "The owner Ada Lind",
                "Start a renewal review.",
                "publication",
                "/content/d",
            ),
            ReasonView(
                "refuse",
                "No agreement to email about surgery is recorded",
                "email × surgery: nothing in the ledger",
                "Only the person",
                "She may agree on a form.",
                "consent timeline",
                "/leads/8f3k2",
            ),
        ),
        tuple(
            ReasonView("permit", a, b)
            for a, b in [
                ("Not recalled", "no recall of v1"),
                ("Not suppressed", "the address is on no list"),
                ("Cap", "0 of 3 in 7 days"),
                ("Quiet hours", "09:00 her time"),
                ("Bytes", "equal to the approved skeleton"),
                ("Sender", "care@lindenhof.example verified"),
                ("Sending not stopped", "no stop in force"),
            ]
        ),
        "This step waits until 24 Nov 2026 09:00 UTC unless renewed; she stays in the sequence.",
        (Phase(at(hours=-28), "Decided", "refused by the gate"), Phase(at(-9), "Planned", "step 4 of Knee pathway v4")),
        (
            Fact("Decided", "21 Nov 2026, 09:00:00.412 UTC"),
            Fact("Decision", "d-77120"),
            Fact("Rule pack", "core 3"),
            Fact("Log record", "#48 213", href="/audit/48213"),
            Fact("Closure digest", D, True),
        ),
        "We did not send this message because its review had run out. You do not need to do anything.",
    ),
)
PAGES["why_unknown"] = (
    "pages/why.html",
    WhyPage(
        "d77121",
        "Welcome v5, step 1",
        "/content/d",
        "8f3k2",
        "/leads/8f3k2",
        at(hours=-28),
        "unknown",
        "Unknown: the message was released at 14:03:07 UTC and the mail server never answered.",
        "It is not retried, because she may have it already.",
        (),
        (),
        "An operator asks the mail server's people whether the Message-ID arrived, then settles it.",
        (Phase(at(hours=-28), "Dot written", "57 182 bytes"), Phase(at(hours=-28), "Released")),
        (Fact("Decision", "d-77121"),),
        "",
    ),
)
PAGES["sending"] = (
    "pages/sending.html",
    SendingPage(
        (StoppedView("Everything", "The sender list is being checked", "Max Okafor", at(hours=-2), "all"),),
        (Choice("s1", "Knee pathway"),),
        12,
        "/sending/stop",
        "/sending/resume",
    ),
)
