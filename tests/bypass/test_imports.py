"""Who may import what, read from the source itself: the gate's contracts hold without any tool's opinion."""

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"


def imports() -> list[tuple[str, str]]:
    """(module of ours, what it imports) for every import statement of the program, those inside functions included."""
    found = []
    for path in APP.rglob("*.py"):
        module = "app." + ".".join(path.relative_to(APP).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found += [(module, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [(module, f"{node.module}.{alias.name}") for alias in node.names]
    return found


IMPORTS = imports()


def importers(prefix: str) -> set[str]:
    """Modules outside ``prefix`` that import it or something in it."""
    return {
        m for m, what in IMPORTS if (what + ".").startswith(prefix + ".") and not (m + ".").startswith(prefix + ".")
    }


def test_the_reader_sees_imports() -> None:
    assert "app.delivery.operations" in importers("app.gate.operations")
    assert len(IMPORTS) > 500


def test_only_the_gate_mints_and_only_delivery_takes_a_permit() -> None:
    assert importers("app.gate.permit") == {"app.gate.operations", "app.delivery.dots"}
    assert {m for m, what in IMPORTS if what == "app.gate.permit.mint"} == {"app.gate.operations"}


def test_dots_are_written_in_one_place() -> None:
    writers = {p for p in APP.rglob("*.py") if ".write_dot(" in p.read_text(encoding="utf-8")}
    assert writers - set((APP / "transports").glob("*.py")) == {APP / "delivery" / "dots.py"}
    assert importers("app.delivery.dots") == {"app.delivery.releasing"}


def test_only_the_worker_holds_a_transport_that_leads_out() -> None:
    """The demonstration's inbox and the benchmark's sink receive; they lead nowhere."""
    ways_out = {
        "app.transports.smtp",
        "app.transports.eml_folder",
        "app.transports.smtp_session",
        "app.transports.smtp_wire",
    }
    outside = {(m, w) for way in ways_out for w in [way] for m in importers(way) if not m.startswith("app.transports.")}
    assert {m for m, _ in outside} <= {"app.worker.bootstrap"} | {
        m for m in importers("app.transports") if m.startswith("app.cli.bench")
    }


def test_no_second_mail_or_web_client() -> None:
    clients = {
        "smtplib",
        "http.client",
        "urllib.request",
        "requests",
        "httpx",
        "aiohttp",
        "aiosmtplib",
        "ftplib",
        "urllib3",
    }
    assert {(m, w) for m, w in IMPORTS if any((w + ".").startswith(c + ".") for c in clients)} == set()


def test_sockets_are_opened_by_the_smtp_wire_alone() -> None:
    users = importers("socket") - {"app.bootstrap"}
    assert {m for m in users if not m.startswith(("app.cli.", "app.transports."))} == set()


def test_the_web_and_the_api_see_neither_delivery_s_tools_nor_transports() -> None:
    behind = (
        "app.transports",
        "app.gate.permit",
        "app.delivery.operations",
        "app.delivery.releasing",
        "app.delivery.dots",
    )
    seen = {(m, w) for m, w in IMPORTS if m.startswith(("app.web", "app.api")) and w.startswith(behind)}
    assert seen == set()


def test_consent_knows_nothing_of_content() -> None:
    content = ("app.authoring", "app.checks", "app.review", "app.publishing")
    assert {(m, w) for m, w in IMPORTS if m.startswith("app.consent.") and w.startswith(content)} == set()
