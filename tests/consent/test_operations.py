"""Agreeing, withdrawing, importing and erasing, on both databases."""

from datetime import datetime, timedelta

import pytest

from app.accounts.model import Actor
from app.consent import operations, queries
from app.consent.commands import (
    AddLead,
    ImportLeads,
    ImportReport,
    LeadEntry,
    RecordAgreement,
    Suppress,
    Withdraw,
    Withdrawn,
)
from app.consent.csv_file import LeadFile
from app.consent.model import ConsentChannel, ConsentState, Lead, Proof, SourceKind, SuppressionReason
from app.consent.operations import RECIPIENT
from app.consent.tokens import TokenFacts
from app.kernel.finding import Refusal
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.builders.leads import VAULT, agree, make_lead
from tests.fakes import CountingIds, CountingTokens, FixedClock

EMAIL = ConsentChannel.EMAIL
HOUR = timedelta(hours=1)


class World:
    """Rita, and the wording she was shown."""

    def __init__(self, units: Units, lead: Lead, wording: str, ids: CountingIds, clock: FixedClock) -> None:
        self.units, self.lead, self.wording, self.ids, self.clock = units, lead, wording, ids, clock

    def agree(
        self, proof: Proof = Proof.SINGLE, source: SourceKind = SourceKind.FORM, purpose: str = "education"
    ) -> None:
        self.clock.advance(HOUR)
        with self.units() as uow:
            agree(
                uow,
                self.lead,
                self.wording,
                now=self.clock.now(),
                ids=self.ids,
                proof=proof,
                source=source,
                purpose=purpose,
            )
            uow.commit()

    def unsubscribe(self, purpose: str = "education", *, everything: bool = False) -> Withdrawn:
        self.clock.advance(HOUR)
        facts = TokenFacts(self.lead.id, "email", purpose, "m1")
        with self.units() as uow:
            done = operations.unsubscribe(uow, facts, now=self.clock.now(), ids=self.ids, everything=everything)
            if done.new:
                uow.commit()
        return done

    def state(self, purpose: str = "education") -> ConsentState:
        with self.units.reading() as connection:
            return queries.standing(connection, self.lead.id, EMAIL, purpose, self.clock.now()).state

    def suppressed(self, purpose: str = "education") -> bool:
        with self.units.reading() as connection:
            return bool(queries.suppressions(connection, self.lead.email_digest, "email", purpose))

    def import_csv(self, text: str, actor: Actor) -> ImportReport:
        self.clock.advance(HOUR)
        file = LeadFile(text.encode(), "leads.csv")
        entries = tuple(e for e in file if isinstance(e, LeadEntry))
        with self.units() as uow:
            done = operations.import_leads(
                uow, ImportLeads(entries, file.digest), actor=actor, now=self.clock.now(), ids=self.ids,
                tokens=CountingTokens(text), vault=VAULT,
            )  # fmt: skip
            assert isinstance(done, ImportReport), done
            uow.commit()
        return done


@pytest.fixture
def world(units: Units, people: dict[str, Actor], clock: FixedClock, ids: CountingIds) -> World:
    with units() as uow:
        wording = make_version(uow, "consent-email", now=clock.now(), ids=ids)
        lead = make_lead(uow, now=clock.now(), ids=ids)
        uow.commit()
    return World(units, lead, wording.id, ids, clock)


def test_a_new_lead_has_agreed_to_nothing_and_opens_with_the_vault(world: World) -> None:
    assert world.state() is ConsentState.UNKNOWN
    with world.units.reading() as connection:
        opened = queries.lead_by_address(connection, "RITA@example.org", VAULT)
        closed = queries.lead(connection, world.lead.id, None)
    assert opened is not None
    assert closed is not None
    assert (opened.personal and opened.personal.first_name, closed.personal) == ("Rita", None)


def test_a_lead_is_added_once(world: World, cleo: Actor, now: datetime) -> None:
    again = AddLead("patient", email="Rita@Example.org")
    with world.units() as uow:
        answer = operations.add_lead(
            uow, again, actor=cleo, now=now, ids=world.ids, tokens=CountingTokens("again"), vault=VAULT
        )
    assert answer == Refusal("lead_known", {"lead": world.lead.id})


def test_rita_agrees_stops_and_comes_back_with_a_confirmation(world: World) -> None:
    world.agree()
    assert (world.state(), world.suppressed()) == (ConsentState.IN, False)
    world.unsubscribe()
    assert (world.state(), world.suppressed()) == (ConsentState.OUT, True)
    world.agree(Proof.DOUBLE, SourceKind.CONFIRMATION)
    assert (world.state(), world.suppressed()) == (ConsentState.IN, False)


def test_a_single_click_after_an_opt_out_does_not_lift_the_suppression(world: World) -> None:
    world.unsubscribe()
    world.agree(Proof.SINGLE)
    assert world.suppressed()


def test_a_lift_reaches_no_further_than_the_agreement(world: World) -> None:
    world.unsubscribe(everything=True)
    world.agree(Proof.DOUBLE, SourceKind.CONFIRMATION)
    assert (world.suppressed("education"), world.suppressed("offers")) == (False, True)
    world.unsubscribe()
    assert world.suppressed("education")


def test_pressing_stop_twice_says_when_it_was_recorded_first(world: World) -> None:
    first, second = world.unsubscribe(), world.unsubscribe()
    assert (first.new, second.new, second.since) == (True, False, first.since)
    with world.units.reading() as connection:
        assert len(queries.events(connection, world.lead.id)) == 1


def test_a_complaint_is_never_lifted(world: World, cleo: Actor, now: datetime) -> None:
    with world.units() as uow:
        complaint = Suppress(world.lead.email_digest, "email", "*", SuppressionReason.COMPLAINT)
        operations.suppress(uow, complaint, actor=cleo, now=now, ids=world.ids)
        uow.commit()
    world.agree(Proof.DOUBLE, SourceKind.CONFIRMATION)
    assert world.suppressed()


@pytest.mark.parametrize(
    ("source", "proof", "code"),
    [
        (SourceKind.FORM, Proof.SINGLE, "own_act_only"),
        (SourceKind.CONFIRMATION, Proof.DOUBLE, "own_act_only"),
        (SourceKind.STAFF, Proof.DOUBLE, "proof_too_strong"),
        (SourceKind.IMPORT, Proof.SINGLE, "proof_too_strong"),
        (SourceKind.ONE_CLICK, Proof.ASSERTED, "own_act_only"),
    ],
)
def test_staff_cannot_forge_what_only_rita_can_do(
    world: World, cleo: Actor, now: datetime, source: SourceKind, proof: Proof, code: str
) -> None:
    command = RecordAgreement(world.lead.id, EMAIL, "education", proof, source, "", world.wording, now)
    with world.units() as uow:
        refused = operations.record_agreement(uow, command, actor=cleo, now=now, ids=world.ids)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_an_agreement_without_wording_is_refused(world: World, now: datetime) -> None:
    command = RecordAgreement(world.lead.id, EMAIL, "education", Proof.SINGLE, SourceKind.FORM, "", None, now)
    with world.units() as uow:
        assert operations.record_agreement(uow, command, actor=RECIPIENT, now=now, ids=world.ids) == Refusal(
            "wording_needed", {"proof": "single"}
        )


def test_otto_may_neither_add_withdraw_nor_erase(world: World, otto: Actor, now: datetime) -> None:
    ids = world.ids
    with world.units() as uow:
        answers = [
            operations.erase(uow, world.lead.id, actor=otto, now=now, ids=ids),
            operations.withdraw(uow, Withdraw(world.lead.id, "*", "*", SourceKind.STAFF), actor=otto, now=now, ids=ids),
            operations.add_lead(
                uow,
                AddLead("patient", email="o@example.org"),
                actor=otto,
                now=now,
                ids=ids,
                tokens=CountingTokens(),
                vault=VAULT,
            ),
        ]
    assert [a.code for a in answers if isinstance(a, Refusal)] == ["not_permitted"] * 3


def test_an_import_says_yes_and_nothing_may_be_sent_on_it(world: World, cleo: Actor) -> None:
    text = (
        "email,lead_type,consent_email,consent_purpose,consent_date\nnew@example.org,patient,yes,education,2026-01-02\n"
    )
    assert world.import_csv(text, cleo) == ImportReport(added=1, asserted=1)
    assert world.import_csv(text, cleo) == ImportReport(known=1)
    with world.units.reading() as connection:
        lead = queries.lead_by_address(connection, "new@example.org", VAULT)
        assert lead is not None
        standing = queries.standing(connection, lead.id, EMAIL, "education", world.clock.now())
    assert (standing.state, standing.sendable) == (ConsentState.IN, False)


def test_an_import_can_lower_consent_and_never_raise_it(world: World, cleo: Actor) -> None:
    world.agree()
    head = "email,lead_type,consent_email,consent_purpose,consent_date\nrita@example.org,patient,"
    assert world.import_csv(head + "no,,\n", cleo) == ImportReport(known=1, withdrew=1)
    assert (world.state(), world.suppressed()) == (ConsentState.OUT, True)
    assert world.import_csv(head + "yes,education,2026-01-02\n", cleo) == ImportReport(known=1, kept_out=1)
    assert (world.state(), world.suppressed()) == (ConsentState.OUT, True)


def test_erasing_leaves_nobody_to_find_and_the_suppression_standing(world: World, cleo: Actor, now: datetime) -> None:
    world.agree()
    digest = world.lead.email_digest
    world.clock.advance(HOUR)
    with world.units() as uow:
        operations.erase(uow, world.lead.id, actor=cleo, now=world.clock.now(), ids=world.ids)
        uow.commit()
    with world.units.reading() as connection:
        erased = queries.lead(connection, world.lead.id, VAULT)
        assert erased is not None
        assert (erased.personal, erased.email_digest, erased.erased_at) == (None, "", world.clock.now())
        assert queries.lead_by_address(connection, "rita@example.org", VAULT) is None
        assert len(queries.events(connection, world.lead.id)) == 2
        assert queries.suppressions(connection, digest, "email", "education")
    with world.units() as uow:
        again = operations.erase(uow, world.lead.id, actor=cleo, now=now, ids=world.ids)
    assert again == Refusal("lead_erased", {"lead": world.lead.id})


def test_who_was_erased_and_imported_again_stays_suppressed(world: World, cleo: Actor) -> None:
    with world.units() as uow:
        operations.erase(uow, world.lead.id, actor=cleo, now=world.clock.now(), ids=world.ids)
        uow.commit()
    text = "email,lead_type,consent_email,consent_purpose,consent_date\nrita@example.org,patient,yes,education,2026-01-02\n"
    assert world.import_csv(text, cleo).added == 1
    assert world.suppressed()
