"""What several samples share: an instant, a digest, signatures, findings."""

from datetime import UTC, datetime, timedelta

from app.web.view_models.content import FindingView

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


def at(days: int = 0, hours: int = 0, minutes: int = 0) -> datetime:
    return NOW + timedelta(days=days, hours=hours, minutes=minutes)


D = "9f3a71c2b8e04d5560aa12cde98f7710443bcfa2190e7d6b5c4a39281706f5e4"

F = (
    FindingView(
        "block",
        "Absolute safety claim",
        "completely safe",
        "Patients may read this as a guarantee of no risk.",
        "House rule CLM-014, after the FTC substantiation policy",
        "CLM-014",
        "low risk for most people, with the risks listed here",
        12,
    ),
    FindingView(
        "warn",
        "Long sentence",
        "You may hear loud knocking while the staff watch you from the next room and talk to you",
        "31 words. The target for patients is 25.",
        "NHS content guide",
        "READ-002",
        "",
        15,
    ),
    FindingView("info", "Hard word", "utilise", "A plainer word exists.", "Plain English list", "READ-009", "use", 18),
)
