"""The ground a measurement stands on: approved content, many leads who agreed, everybody due now."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.audit.operations import open_units
from app.consent import operations as consent
from app.consent.commands import AddLead, RecordAgreement
from app.consent.model import ConsentChannel, Proof, SourceKind
from app.consent.vault import Vault
from app.insights.demo_content import Library
from app.insights.demo_leads import WORDINGS
from app.insights.demo_stage import Demonstration, Play
from app.kernel.clock import SystemClock
from app.kernel.errors import Untrustworthy
from app.kernel.finding import Refusal
from app.kernel.ids import SystemIds, SystemTokens
from app.sequences import operations as sequences
from app.sequences.commands import Enroll, ImportPlan
from app.storage import migrate
from app.storage.engine import open_engine, sqlite_url
from app.storage.keys import ADDRESS_KEY, KeyFiles

T = TypeVar("T")
_BATCH = 500
_PLAN = b"""key: bench
title: Measurement
lead_type: patient
steps:
  - item: mri-prep-1
    channel: email
    pin: latest
    delay: "0 hours"
    window: {from: "00:00", to: "24:00", days: [mon, tue, wed, thu, fri, sat, sun]}
    useful_for: "52 weeks"
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a worker is measured. ``seconds`` is how long it took to prepare."""

    data: Path
    database_url: str
    dialect: str
    seconds: float


def build_ground(data: Path, count: int, database_url: str) -> Ground:
    """Content through real review, ``count`` leads with consent and a message due now, in ``data``."""
    clock, tokens = SystemClock(), SystemTokens()
    began = clock.monotonic()
    url = database_url or sqlite_url(data / "placet.sqlite3")
    engine = open_engine(url)
    migrate.upgrade(engine)
    stage = Demonstration(open_units(engine), clock, SystemIds(), tokens, KeyFiles(data / "keys", tokens), data)
    play = Play(stage)
    play.open_accounts()
    library = Library(play)
    library.build()
    play.until(play.now)
    _start_sequence(play)
    wording = library.imported[WORDINGS["education"]].version.id
    for start in range(0, count, _BATCH):
        _people(play, range(start, min(start + _BATCH, count)), wording)
    _plan(play)
    engine.dispose()
    return Ground(data, url, engine.dialect.name, round(clock.monotonic() - began, 1))


def _start_sequence(play: Play) -> None:
    manager, ids = play.actors["max"], play.stage.ids
    made = play.act(
        lambda uow: sequences.import_plan(uow, ImportPlan(_PLAN, "bench"), actor=manager, now=play.at, ids=ids)
    )
    play.act(lambda uow: sequences.activate(uow, made.version.id, actor=manager, now=play.at))


def _people(play: Play, numbers: range, wording: str) -> None:
    """One batch of leads, agreements and enrollments in one unit, by the operations that people use."""
    stage, now = play.stage, play.at
    vault = Vault(stage.keys.secret(ADDRESS_KEY))
    with stage.units() as uow:
        for number in numbers:
            command = AddLead(
                "patient", email=f"lead{number}@example.org", first_name="Robin", timezone="UTC", region="US-OH"
            )
            lead = _given(
                consent.add_lead(
                    uow, command, actor=play.actors["cleo"], now=now, ids=stage.ids, tokens=stage.tokens, vault=vault
                )
            )
            agreement = RecordAgreement(
                lead.id, ConsentChannel.EMAIL, "education", Proof.SINGLE, SourceKind.FORM, "bench", wording, now
            )
            _given(consent.record_agreement(uow, agreement, actor=consent.RECIPIENT, now=now, ids=stage.ids))
            _given(sequences.enroll(uow, Enroll("bench", lead.id), actor=play.actors["max"], now=now, ids=stage.ids))
        uow.commit()


def _plan(play: Play) -> None:
    vault, ids = Vault(play.stage.keys.secret(ADDRESS_KEY)), play.stage.ids
    planned = 1
    while planned:
        with play.stage.units() as uow:
            planned = sequences.plan_due(uow, now=play.at, limit=_BATCH, vault=vault, ids=ids)
            if planned:
                uow.commit()


def _given(result: T | Refusal) -> T:
    if isinstance(result, Refusal):
        raise Untrustworthy(f"The measurement was refused: {result.code}.")
    return result
