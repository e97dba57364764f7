"""The proof of a send: it verifies without Placet, and not one character of it can be another."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.audit import offline_verifier
from app.audit.checkpoints import LogIdentity
from app.audit.operations import sign_checkpoint
from app.consent.queries import events
from app.insights.send_proof import proof_text, send_proof
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.storage.keys import SigningKey
from tests.builders.leads import make_lead
from tests.builders.review import ORGANISATION
from tests.builders.sending import Desk, Sending
from tests.insights.conftest import Read

LOG_KEY = SigningKey(b"l" * 32)
ORIGIN = "placet.clinic.example/log"
LOG = LogIdentity(ORIGIN, (LOG_KEY.verify_key,))
KEYS = [LOG_KEY.verify_key.raw, ORGANISATION.verify_key.raw]
NOT_EVIDENCE = {("keys",), ("origin",)}
"""What the file only suggests: the keys and the name of the log come from whoever verifies."""


def checkpoint(sending: Sending) -> None:
    sign_checkpoint(sending.units, LOG_KEY, ORIGIN, now=sending.clock.now())


def proof_of(read: Read, message_id: str) -> Any:
    return read(send_proof, message_id, log=LOG, organisation=ORGANISATION.verify_key)


def verified(text: str) -> str:
    return offline_verifier.verify_text(text, KEYS, ORIGIN, (), trust_file=False)


@pytest.fixture
def proof(sending: Sending, sender: Desk, read: Read) -> dict[str, Any]:
    """Of the first message, sent and signed into the log."""
    sender.send()
    checkpoint(sending)
    made = proof_of(read, sending.message().id)
    assert not isinstance(made, Refusal), made
    return json.loads(proof_text(made))


def test_a_send_is_proven_with_who_approved_it(proof: dict[str, Any], sending: Sending) -> None:
    said = verified(json.dumps(proof))
    assert f"message {sending.message().id} was released at" in said
    assert "accepted; approved by Cora Compliance (compliance), Mara Medical (medical)" in said


def test_the_command_line_verifier_agrees(proof: dict[str, Any], tmp_path, capsys) -> None:  # noqa: ANN001
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof) + "\n", encoding="utf-8")
    keys = [word for key in KEYS for word in ("--key", key.hex())]
    assert offline_verifier.main([str(file), *keys]) == 0
    assert offline_verifier.main([str(file), "--key", "0" * 64]) in {1, 2}
    assert capsys.readouterr().out.startswith("Verified: ")


def test_the_recipient_is_not_in_it(proof: dict[str, Any]) -> None:
    text = json.dumps(proof)
    assert "rita" not in text.lower()
    assert "home.example" not in text


def test_before_it_left_there_is_nothing_to_prove(sending: Sending, sender: Desk, read: Read) -> None:
    assert proof_of(read, sending.message().id).code == "never_released"
    with pytest.raises(NotFound):
        proof_of(read, "nothing")
    sender.send()
    assert proof_of(read, sending.message().id).code == "not_checkpointed"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to every scalar of a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    elif path[:1] not in NOT_EVIDENCE:
        yield path


def changed(value: Any, place: int) -> Any:
    """The value with one character of it another one."""
    if isinstance(value, str):
        if not value:
            return "x"
        place %= len(value)
        old = value[place]
        return value[:place] + ("1" if old == "0" else "0") + value[place + 1 :]
    if value is None:
        return 0
    return not value if isinstance(value, bool) else value + 1


def with_change(proof: dict[str, Any], path: tuple[Any, ...], place: int) -> dict[str, Any]:
    forged = copy.deepcopy(proof)
    inside: Any = forged
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = changed(inside[path[-1]], place)
    return forged


def refused(forged: dict[str, Any]) -> bool:
    try:
        verified(json.dumps(forged))
    except (offline_verifier.Unverified, offline_verifier.Unusable):
        return True
    return False


def test_no_value_of_it_can_be_another(proof: dict[str, Any]) -> None:
    paths = list(leaves(proof))
    assert len(paths) > 150
    assert [path for path in paths if not refused(with_change(proof, path, 0))] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_not_one_character_of_it_can_be_another(data: st.DataObject, proof: dict[str, Any]) -> None:
    path = data.draw(st.sampled_from(list(leaves(proof))))
    assert refused(with_change(proof, path, data.draw(st.integers(0, 10_000))))


def test_nothing_can_be_left_out_and_nothing_of_another_send_put_in(
    proof: dict[str, Any], sending: Sending, read: Read
) -> None:
    kept = []
    for number in range(len(proof["evidence"])):
        forged = copy.deepcopy(proof)
        del forged["evidence"][number]
        if not refused(forged):
            kept.append(proof["evidence"][number]["table"])
    assert kept == []
    other = proof_of(read, sending.message(1).id)
    for number, entry in enumerate(other["evidence"]):
        forged = copy.deepcopy(proof)
        if forged["evidence"][number]["key"] != entry["key"]:
            forged["evidence"][number] = entry
            assert refused(forged), entry["table"]


def test_it_shows_the_agreement_and_no_other_event_of_hers(proof: dict[str, Any], sending: Sending, read: Read) -> None:
    shown = [entry["key"] for entry in proof["evidence"] if entry["table"] == "consent_events"]
    assert shown == [event.id for event in read(events, sending.rita.id)]


def test_a_later_checkpoint_proves_it_as_well(proof: dict[str, Any], sending: Sending, read: Read) -> None:
    now = sending.clock.now()
    sending.commit(lambda uow: make_lead(uow, "new@home.example", now=now, ids=sending.ids))
    checkpoint(sending)
    later = proof_of(read, sending.message().id)
    assert later["evidence"] != proof["evidence"]
    assert verified(proof_text(later)) == verified(json.dumps(proof))
