"""The second act of the demonstration: leads with what they agreed to, sequences, and who is put into which."""

from collections.abc import Sequence
from datetime import timedelta

from app.authoring.fields import FIELDS
from app.consent import operations as consent
from app.consent import queries as leads
from app.consent.commands import ImportLeads, LeadEntry, RecordAgreement, Withdraw
from app.consent.csv_file import LeadFile
from app.consent.model import ConsentChannel, Lead, Proof, SourceKind
from app.consent.vault import Vault
from app.insights.demo_content import Library
from app.insights.demo_stage import CONTENT, Play
from app.kernel.finding import Refusal
from app.publishing import operations as publishing
from app.sequences import operations as sequences
from app.sequences.commands import Enroll, ImportPlan
from app.storage.keys import ADDRESS_KEY

WORDINGS = {
    "education": "consent-email-education",
    "newsletter": "consent-email-newsletter",
    "partner": "consent-email-partner",
}
"""The wording that stood on the form, by purpose."""
ONLY_ASSERTED = 4
"""So many of those who said yes in the file have not acted themselves: nothing is sent on their word."""
EXPIRED_SEQUENCE = "ct-visit"
_FIELDS = tuple(name for name, field in FIELDS.items() if not field.system)


class Crowd:
    """The leads of the file, by what they said and did."""

    def __init__(self, play: Play, library: Library) -> None:
        self._play = play
        self._library = library
        self._vault = Vault(play.stage.keys.secret(ADDRESS_KEY))
        self.agreed: dict[str, list[str]] = {purpose: [] for purpose in WORDINGS}
        self.asserted: list[str] = []
        self.silent: list[str] = []
        self.stopped = ""

    def gather(self) -> None:
        """Import the file; then people fill in forms, and one of them changes her mind."""
        play, stage = self._play, self._play.stage
        file = LeadFile((CONTENT / "leads" / "demo.csv").read_bytes(), "content/leads/demo.csv", _FIELDS)
        entries = tuple(row for row in file if isinstance(row, LeadEntry))
        command = ImportLeads(entries, file.digest)
        play.act(
            lambda uow: consent.import_leads(
                uow,
                command,
                actor=play.actors["cleo"],
                now=play.at,
                ids=stage.ids,
                tokens=stage.tokens,
                vault=self._vault,
            )
        )
        asserted = 0
        for entry in entries:
            said = entry.consents.get(ConsentChannel.EMAIL)
            if not entry.lead.email or said is False:
                continue
            lead = self._lead(entry)
            if said is None:
                self.silent.append(lead.id)
            elif entry.purpose == "education" and asserted < ONLY_ASSERTED and len(self.agreed["education"]) >= 2:
                asserted += 1
                self.asserted.append(lead.id)
            elif entry.purpose in WORDINGS:
                self._agree(lead, entry.purpose)
        self._change_of_mind(self.agreed["education"].pop())

    def _lead(self, entry: LeadEntry) -> Lead:
        with self._play.stage.units.reading() as connection:
            found = leads.lead_by_address(connection, entry.lead.email, self._vault)
        assert found is not None
        return found

    def _agree(self, lead: Lead, purpose: str) -> None:
        play = self._play
        wording = self._library.imported[WORDINGS[purpose]].version.id
        play.wait(minutes=11)
        command = RecordAgreement(
            lead.id,
            ConsentChannel.EMAIL,
            purpose,
            Proof.SINGLE,
            SourceKind.FORM,
            "northgate.example.org/ask",
            wording,
            play.at,
        )
        play.act(
            lambda uow: consent.record_agreement(uow, command, actor=consent.RECIPIENT, now=play.at, ids=play.stage.ids)
        )
        self.agreed[purpose].append(lead.id)

    def _change_of_mind(self, lead_id: str) -> None:
        play = self._play
        play.wait(days=2)
        command = Withdraw(lead_id, "email", "*", SourceKind.STAFF, "said so on the telephone")
        play.act(lambda uow: consent.withdraw(uow, command, actor=play.actors["sam"], now=play.at, ids=play.stage.ids))
        self.stopped = lead_id


class Campaigns:
    """Sequences from their files, and enrollments."""

    def __init__(self, play: Play, crowd: Crowd) -> None:
        self._play = play
        self._crowd = crowd
        self._vault = Vault(play.stage.keys.secret(ADDRESS_KEY))

    def open(self) -> None:
        """Import and activate every sequence while all its content is approved."""
        play = self._play
        for file in sorted((CONTENT / "sequences").glob("*.yml")):
            command = ImportPlan(file.read_bytes(), f"sequences/{file.name}")
            made = play.act(
                lambda uow, command=command: sequences.import_plan(  # type: ignore[misc]
                    uow, command, actor=play.actors["max"], now=play.at, ids=play.stage.ids
                )
            )
            version = made.version.id
            play.act(
                lambda uow, version=version: sequences.activate(  # type: ignore[misc]
                    uow, version, actor=play.actors["max"], now=play.at
                )
            )

    def overtaken(self) -> None:
        """Two that time overtook: one whose piece expired while her message waited, one whose message came due long ago."""
        play, education = self._play, self._crowd.agreed["education"]
        play.until(play.now - timedelta(days=4))
        self._enroll("imaging-prep", education[-1:])
        play.until(play.now - timedelta(days=2))
        self._enroll(EXPIRED_SEQUENCE, education[-2:-1])
        ids, vault = play.stage.ids, self._vault
        play.act(lambda uow: sequences.plan_due(uow, now=play.at, limit=50, vault=vault, ids=ids))
        play.until(play.now - timedelta(hours=23))
        play.act(lambda uow: publishing.expire_due(uow, now=play.at, limit=50))

    def enroll(self) -> None:
        """Those whose first message is due within the minute: most are sent, some are refused, and the page says why."""
        crowd = self._crowd
        education = crowd.agreed["education"]
        self._enroll("imaging-prep", [*education[:4], *crowd.asserted[:1], *crowd.silent[:1], crowd.stopped])
        self._enroll("surgery-programme", education[4:6])
        self._enroll("newsletter", crowd.agreed["newsletter"][:2])
        self._enroll("referral-partner", crowd.agreed["partner"][:2])

    def _enroll(self, key: str, lead_ids: Sequence[str]) -> None:
        play = self._play
        for lead_id in lead_ids:
            command = Enroll(key, lead_id)
            with play.stage.units() as uow:
                result = sequences.enroll(uow, command, actor=play.actors["max"], now=play.at, ids=play.stage.ids)
                if not isinstance(result, Refusal):
                    uow.commit()
