"""What must not leave does not leave, and ``placet why`` names the reason: the gate met by commands and a real mail server."""

import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, select, update

from app.authoring.tables import ContentVersionRow
from app.insights.schema import guards
from app.settings import WebSettings
from app.storage.engine import open_engine
from app.storage.guards import create_guards, drop_guards
from app.storage.rows import table_of
from app.web.application import create_app
from app.web.serving import build_context
from tests.chaos.smtp import ChaosSmtp, drop, say
from tests.cli.desk import Desk
from tests.journeys.stage import CONTENT, RITA, done, let_time_pass, reasons, refused, unusable, welcome, why, work

PIECE = "mri-prep-1"
LATER = say("451 4.3.0 come back later")


def changed_piece(folder: Path, change: Callable[[str], str]) -> str:
    """The file of the piece with other words in it."""
    source = (CONTENT / "imaging" / f"{PIECE}.md").read_text(encoding="utf-8")
    changed = change(source)
    assert changed != source
    file = folder / f"{PIECE}.md"
    file.write_text(changed, encoding="utf-8")
    return str(file)


def without_the_comma(text: str) -> str:
    return text.replace("Bring it with you, or ask us", "Bring it with you or ask us")


def test_who_did_not_agree_or_no_longer_does_gets_nothing(clinic: Desk, tmp_path: Path) -> None:
    for name in ("wanda", "bo", "erin"):
        welcome(clinic, f"{name}@home.example", name.title())
    welcome(clinic, "sue@home.example", "Sue", proof=None)
    done(clinic, "cleo", "consent", "withdraw", "wanda@home.example", "--channel", "email")
    done(clinic, "cleo", "consent", "suppress", "bo@home.example", "--reason", "bounce")
    sheet = tmp_path / "again.csv"
    rows = [f"{name}@home.example,{name},patient,US-OH,yes,education,2026-01-05" for name in ("bo", "wanda", "ann")]
    head = "email,first_name,lead_type,region,consent_email,consent_purpose,consent_date"
    sheet.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert "1 new, 2 known" in done(clinic, "cleo", "leads", "import", str(sheet))

    everybody = [RITA, *(f"{name}@home.example" for name in ("wanda", "bo", "erin", "sue", "ann"))]
    done(clinic, "max", "enroll", "visit", *everybody)
    done(clinic, "cleo", "leads", "erase", "erin@home.example")
    with ChaosSmtp() as server:
        work(clinic, server.port)
        assert [record.recipient for record in server.dots] == [RITA]
    assert reasons(clinic, "sue@home.example") == {"consent_missing"}
    assert reasons(clinic, "ann@home.example") == {"consent_unproven"}
    assert reasons(clinic, "wanda@home.example") == {"consent_out", "suppressed_opt_out"}
    assert reasons(clinic, "bo@home.example") == {"suppressed_bounce"}
    assert "erin@home.example" in unusable(clinic, "", "why", "--lead", "erin@home.example", "--item", PIECE)
    assert "She opted out" in done(clinic, "", "why", "--lead", "wanda@home.example", "--item", PIECE)


def test_a_changed_comma_does_not_leave_on_the_old_signatures(clinic: Desk, tmp_path: Path) -> None:
    done(clinic, "ada", "import", changed_piece(tmp_path, without_the_comma))
    shown = clinic.ask("content", "show", PIECE)
    assert (shown["version"], shown["status"]["state"]) == (2, "draft")
    assert "already_published" in refused(clinic, "max", "publish", PIECE)
    done(clinic, "ada", "submit", PIECE, "--note", "One comma less.")
    done(clinic, "cora", "sign", PIECE, "--role", "compliance")
    done(
        clinic, "ada", "import", changed_piece(tmp_path, lambda text: without_the_comma(text).replace("45 to", "40 to"))
    )
    assert "voided" in done(clinic, "", "review", "show", PIECE)
    assert "round_not_allowed" in refused(clinic, "mara", "sign", PIECE, "--role", "medical")

    done(clinic, "max", "enroll", "visit", RITA)
    with ChaosSmtp() as server:
        work(clinic, server.port)
        (record,) = server.dots
    assert b"Bring it with you, or ask us" in record.message
    assert why(clinic, RITA)["line"]["version"] == 1


def tamper(engine: Engine, key: str) -> str:
    """Somebody with the database changes one word of a stored source, and puts the triggers back."""
    versions = table_of(ContentVersionRow)
    with engine.begin() as connection:
        stored = connection.execute(select(versions.c.id, versions.c.source).where(versions.c.number == 1)).all()
        version_id, source = next(
            (row.id, bytes(row.source)) for row in stored if f"id: {key}\n".encode() in row.source
        )
        standing = [guard for guard in guards() if guard.table == versions.name]
        assert standing
        drop_guards(connection, standing)
        other = source.replace(b"Most visits last 45", b"Most visits last 15")
        assert other != source
        connection.execute(update(versions).where(versions.c.id == version_id).values(source=other))
        create_guards(connection, standing)
    return str(version_id)


def test_tampered_bytes_do_not_leave_and_the_audit_names_the_row(clinic: Desk) -> None:
    done(clinic, "max", "enroll", "visit", RITA)
    engine = open_engine(clinic.env["PLACET_DATABASE_URL"])
    version = tamper(engine, PIECE)
    engine.dispose()
    with ChaosSmtp() as server:
        work(clinic, server.port)
        assert (server.dots, server.partial) == ([], [])
    assert "bytes_changed" in reasons(clinic, RITA)
    checked = clinic.run("audit", "verify")
    assert checked.exit_code == 1
    assert f"content_versions {version}" in checked.stdout
    assert "Stop sending" in checked.stdout


def queued(clinic: Desk) -> None:
    """Rita's message is planned and waits, because the mail server asked to come back."""
    done(clinic, "max", "enroll", "visit", RITA)
    with ChaosSmtp({"rcpt": LATER}) as server:
        assert work(clinic, server.port).deferred == 1
        assert server.dots == []
    assert why(clinic, RITA)["line"]["state"] == "planned"


def test_after_the_expiry_a_waiting_message_does_not_leave(clinic: Desk) -> None:
    queued(clinic)
    let_time_pass(clinic, days=366)
    with ChaosSmtp() as server:
        work(clinic, server.port)
        assert server.dots == []
    line = why(clinic, RITA)["line"]
    assert line["state"] in ("held", "refused")
    assert line["reason"] == "approval_expired"
    said = done(clinic, "", "why", "--lead", RITA, "--item", PIECE)
    assert re.search(r"The approval ended \d+ \w+ \d{4}", said)
    done(clinic, "max", "sequence", "pause", "visit")
    assert "step_not_approved" in refused(clinic, "max", "sequence", "resume", "visit")


def test_a_recall_stops_what_waits(clinic: Desk) -> None:
    queued(clinic)
    assert "1 waiting messages are held" in done(clinic, "cora", "recall", PIECE, "--reason", "The door has moved.")
    let_time_pass(clinic, hours=3)
    with ChaosSmtp() as server:
        work(clinic, server.port)
        assert server.dots == []
    answer = why(clinic, RITA)
    assert (answer["line"]["state"], answer["line"]["reason"]) == ("held", "recalled")
    assert "This version was recalled" in done(clinic, "", "why", answer["line"]["message_id"])
    done(clinic, "max", "sends", "resume", answer["line"]["message_id"])
    with ChaosSmtp() as server:
        work(clinic, server.port)
        assert server.dots == []
    assert why(clinic, RITA)["line"]["reason"] == "recalled"


def test_one_click_in_the_mail_ends_the_mail(clinic: Desk) -> None:
    done(clinic, "max", "enroll", "visit", RITA)
    with ChaosSmtp() as server:
        work(clinic, server.port)
        (record,) = server.dots
    head = record.message.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
    line = next(line for line in head.split("\r\n") if line.startswith("List-Unsubscribe:"))
    path = "/u/" + line.partition("/u/")[2].rstrip(">")
    context = build_context(WebSettings.from_mapping(clinic.env, data_dir=clinic.data))
    browser = create_app(context).test_client()
    assert browser.get(path).status_code == 200
    forged = f"{path[:-4]}AAAA"
    assert browser.post(forged, data={"List-Unsubscribe": "One-Click"}).status_code == 200, "it says nothing to a guess"
    ledger = clinic.ask("consent", "show", RITA, who="cleo")
    assert [row["act"] for row in ledger] == ["agreed"], "neither looking nor guessing changes anything"
    for _ in range(2):
        assert browser.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    context.units.engine.dispose()
    ledger = clinic.ask("consent", "show", RITA, who="cleo")
    assert [row["act"] for row in ledger] == ["agreed", "withdrew"]

    let_time_pass(clinic, days=3)
    with ChaosSmtp() as server:
        work(clinic, server.port)
        assert server.dots == []
    assert reasons(clinic, RITA, "mri-prep-2") == {"consent_out", "suppressed_opt_out"}


def test_an_unknown_outcome_is_never_tried_again(clinic: Desk) -> None:
    done(clinic, "max", "enroll", "visit", RITA)
    with ChaosSmtp({"dot": drop(accept=True)}) as server:
        assert work(clinic, server.port).unknown == 1
        assert len(server.accepted) == 1
    message = why(clinic, RITA)["line"]["message_id"]
    refused(clinic, "max", "sends", "resume", message)
    let_time_pass(clinic, days=3)
    with ChaosSmtp() as server:
        for _ in range(2):
            work(clinic, server.port)
        assert server.messages == 0
    assert "It may have arrived" in done(clinic, "", "why", message)
    assert clinic.ask("audit", "verify")["ok"] is True


def test_a_step_that_expired_before_its_hour_waits_in_sight(clinic: Desk) -> None:
    done(clinic, "max", "enroll", "visit", RITA)
    let_time_pass(clinic, days=366)
    with ChaosSmtp() as server:
        work(clinic, server.port)
        assert server.messages == 0
    told = clinic.ask("why", "--lead", RITA, "--item", PIECE)
    assert [reason["code"] for reason in told["reasons"]] == ["approval_missing", "step_not_approved"]
    assert "(not stated)" not in told["answer"] + "".join(reason["sentence"] for reason in told["reasons"])
