"""A clinic from nothing, by commands alone, and the processes that a journey needs around it."""

import mailbox
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from app.consent.model import Proof
from app.delivery.model import BatchCounts
from app.settings import WorkerSettings
from app.storage.demo_clock import DemoClockFile
from app.worker.bootstrap import build
from app.worker.loop import Stop, run
from tests.cli.desk import DOMAIN, PASSWORD, Desk

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
PIECES = ("consent-email-education", "mri-prep-1", "mri-prep-2")
SIGNERS = {"medical": "mara", "legal": "lev", "compliance": "cora"}
STAFF = (
    ("ada", "Ada Brandt", ("writer", "medical")),
    ("mara", "Dr Mara Lindqvist", ("medical",)),
    ("lev", "Lev Aronson", ("legal",)),
    ("cora", "Cora Whitfield", ("compliance",)),
    ("max", "Max Ferreira", ("campaign_manager",)),
    ("cleo", "Cleo Haddad", ("crm_admin",)),
)
"""Ada writes, and may sign for medicine too: never what she wrote."""
RITA = "rita.riverside@home.example"
ALWAYS = 'window: {from: "00:00", to: "24:00", days: [mon, tue, wed, thu, fri, sat, sun]}'
SEQUENCE = f"""key: visit
title: Before a visit
lead_type: patient
steps:
  - item: mri-prep-1
    channel: email
    pin: latest
    delay: "0 hours"
    {ALWAYS}
    useful_for: "4 weeks"
  - item: mri-prep-2
    channel: email
    pin: latest
    delay: "2 days"
    {ALWAYS}
    useful_for: "4 weeks"
"""


def done(desk: Desk, who: str, *words: str) -> str:
    """What a command that succeeds says."""
    result = desk.run(*words, who=who)
    assert result.exit_code == 0, f"{words}: {result.output[:2_000]}"
    return result.stdout


def refused(desk: Desk, who: str, *words: str) -> str:
    """What a command that is refused by policy says."""
    result = desk.run(*words, who=who)
    assert result.exit_code == 1, f"{words}: {result.output[:2_000]}"
    return result.stderr


def unusable(desk: Desk, who: str, *words: str) -> str:
    """What a command says whose input cannot be used."""
    result = desk.run(*words, who=who)
    assert result.exit_code == 2, f"{words}: {result.output[:2_000]}"
    return result.stderr


def open_the_clinic(desk: Desk) -> None:
    """From an empty database to published content, a sequence that runs, and Rita, who agreed to hear from us."""
    words = ["init", "--email", f"nora@{DOMAIN}", "--name", "Nora Petrov"]
    done(desk, "", *words, "--new-password-file", str(desk.password_file))
    for key, name, roles in STAFF:
        holds = [word for role in roles for word in ("--role", role)]
        add = ["people", "add", f"{key}@{DOMAIN}", "--name", name, *holds]
        done(desk, "nora", *add, "--new-password-file", str(desk.password_file))
    done(desk, "nora", "import", str(CONTENT / "senders.yml"))
    files = ("disclosures", "consent/email-education.md", "imaging/mri-prep-1.md", "imaging/mri-prep-2.md")
    done(desk, "ada", "import", *(str(CONTENT / name) for name in files))
    done(desk, "", "check", *(str(CONTENT / name) for name in files))
    plan = desk.data / "visit.yml"
    plan.write_text(SEQUENCE, encoding="utf-8")
    done(desk, "max", "sequence", "import", str(plan))
    assert "step_not_approved" in refused(desk, "max", "sequence", "activate", "visit")
    for piece in PIECES:
        approve_and_publish(desk, piece)
    done(desk, "max", "sequence", "activate", "visit")
    welcome(desk, RITA, "Rita")


def approve_and_publish(desk: Desk, piece: str, *window: str) -> None:
    """Ada submits, everybody who must sign does, Max publishes."""
    done(desk, "ada", "submit", piece, "--note", "Ready to be read.")
    missing = next(row["missing"] for row in desk.ask("review", "list") if row["item"] == piece)
    assert len(missing) == 2
    if "medical" in missing:
        assert "own_words" in refused(desk, "ada", "sign", piece, "--role", "medical")
    for role in missing:
        assert "round_not_approved" in refused(desk, "max", "publish", piece)
        done(desk, SIGNERS[role], "sign", piece, "--role", role)
    done(desk, "max", "publish", piece, *window)


def welcome(desk: Desk, address: str, name: str, *, proof: Proof | None = Proof.SINGLE) -> str:
    """A new lead, with her agreement on the published wording unless ``proof`` is None; returns her id."""
    words = ["leads", "add", "--type", "patient", "--email", address, "--first-name", name, "--region", "US-OH"]
    lead: str = desk.ask(*words, "--timezone", "America/New_York", who="cleo")["id"]
    if proof is not None:
        on = ["--channel", "email", "--purpose", "education", "--wording", "consent-email-education"]
        done(desk, "cleo", "consent", "agree", address, *on, "--proof", proof.value, "--source", "paper")
    return lead


def why(desk: Desk, address: str, item: str = "mri-prep-1") -> dict[str, Any]:
    """The answer of ``placet why`` about the newest message of a piece to somebody."""
    answer = desk.ask("why", "--lead", address, "--item", item)
    assert isinstance(answer, dict)
    return answer


def reasons(desk: Desk, address: str, item: str = "mri-prep-1") -> set[str]:
    """The codes that stopped the newest message of a piece to somebody."""
    return {check["code"] for check in why(desk, address, item)["failing"]}


def smtp(port: int) -> dict[str, str]:
    """The settings that point a worker at a server of this machine."""
    return {"PLACET_SMTP_HOST": "127.0.0.1", "PLACET_SMTP_PORT": str(port), "PLACET_SMTP_SECURITY": "none"}


def work(desk: Desk, port: int) -> BatchCounts:
    """One ``worker --once`` within this process: the same code, without the two seconds it takes to start."""
    stop = Stop()
    worker = build(WorkerSettings.from_mapping({**desk.env, **smtp(port)}, data_dir=desk.data), stop.pause)
    try:
        return run(worker, stop, once=True)
    finally:
        worker.lock.release()
        worker.delivery.journal.close()
        worker.delivery.units.engine.dispose()


def placet(desk: Desk, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, as somebody types it."""
    command = [sys.executable, "-P", "-m", "app.cli.main", *words, "--data", str(desk.data)]
    around = {**os.environ, **desk.env, **(env or {})}
    return subprocess.run(command, env=around, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@contextmanager
def inbox(maildir: Path) -> Iterator[int]:
    """The built-in mail server as a process; yields its port."""
    command = [sys.executable, "-P", "-m", "app.transports.local_inbox", "--maildir", str(maildir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            word, port = process.stdout.readline().split()
            assert word == "ready"
            yield int(port)
        finally:
            process.terminate()
            process.wait(10)


def letters(maildir: Path) -> list[EmailMessage]:
    """What arrived, oldest first."""
    box = mailbox.Maildir(maildir, create=False)
    raw = [box.get_bytes(key) for key in sorted(box.keys())]
    return [cast("EmailMessage", message_from_bytes(data, policy=default)) for data in raw]


def body(letter: EmailMessage, kind: str) -> str:
    """The ``plain`` or ``html`` part of a letter."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def let_time_pass(desk: Desk, **span: float) -> None:
    """Move the clock of a data directory that counts as a demonstration from now on."""
    (desk.data / "demo").mkdir(exist_ok=True)
    (desk.data / "demo" / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    (desk.data / "demo.json").write_text("{}", encoding="utf-8")
    DemoClockFile(desk.data).advance(timedelta(**span))
