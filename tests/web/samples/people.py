"""Filled view models: people."""

from app.web.view_models.forms import Choice
from app.web.view_models.people import ConsentCell, ConsentEntry, LeadPage, LeadRow, LeadsPage, UnsubscribePage
from tests.web.samples.shared import at

PAGES: dict[str, tuple[str, object]] = {}
PAGES["leads"] = (
    "pages/leads.html",
    LeadsPage(
        tuple(
            LeadRow(f"l{i}", n, a, c, at(-i * 20), i % 3)
            for i, (n, a, c) in enumerate(
                [
                    ("Ida Berg", "ida.berg@example.org", (("Email", "in"), ("SMS", "unknown"))),
                    ("Tom Adeyemi", "tom@example.net", (("Email", "out"), ("SMS", "out"))),
                    ("Łucja Żak", "lucja.zak@example.com", (("Email", "expired"),)),
                ]
            )
        ),
        3,
    ),
)
PAGES["lead"] = (
    "pages/lead.html",
    LeadPage(
        "8f3k2",
        "Ida Berg",
        "ida.berg@example.org",
        "",
        (
            ConsentCell("Email", "education", "in", at(-20), "double opt-in"),
            ConsentCell("Email", "offers", "out", at(-2), "preference page"),
            ConsentCell("SMS", "appointments", "unknown", None, "never asked"),
        ),
        (
            ConsentEntry(
                "consent", at(-2), "out", "Opted out", "email, offers", "preference page", "", "", "", "herself"
            ),
            ConsentEntry(
                "send",
                at(-5),
                "accepted",
                "Knee MRI: what to expect v7 sent",
                "email, education",
                "consent In since 2 Nov 2026",
            ),
            ConsentEntry(
                "consent",
                at(-20),
                "in",
                "Agreed",
                "email, education",
                "form f-12",
                "Yes, email me about my knee. I can stop at any time.",
                "wording v3",
                "/content/w",
                "herself",
                at(-20),
            ),
        ),
        (("Knee pathway", "/sequences/s1", "waiting for step 4, due 5 Dec 2026"),),
        "/leads/8f3k2/opt-out",
        (Choice("", "All channels"), Choice("email", "Email")),
    ),
)
PAGES["unsubscribe"] = ("public/unsubscribe.html", UnsubscribePage("Lindenhof Clinics", "/u/x", "these emails"))
PAGES["unsubscribed"] = (
    "public/unsubscribe.html",
    UnsubscribePage("Lindenhof Clinics", "/u/x", "emails on this topic", True, at(), at(minutes=-1)),
)
