from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit import merkle, proof
from app.audit.checkpoints import Checkpoint, LogIdentity, sign
from app.audit.model import Leaf
from app.audit.offline_verifier import main
from app.kernel.digest import canonical, leaf_hash, tree_root
from app.kernel.errors import BadInput
from app.storage.keys import SigningKey

KEY = SigningKey(b"\x01" * 32)
LOG = LogIdentity("placet/log", (KEY.verify_key,))
AT = datetime(2026, 3, 2, tzinfo=UTC)
TEXTS = [canonical(Leaf(i, AT, "ada", "x.done", "x", str(i), {}, ()).as_json()).decode() for i in range(11)]
HASHES = [leaf_hash(text.encode()) for text in TEXTS]
NOTE = sign(Checkpoint("placet/log", 11, tree_root(HASHES)), [KEY])


def made(index: int) -> proof.Proof:
    path = tuple(step.hex() for step in merkle.inclusion_proof(HASHES, index))
    return proof.Proof(TEXTS[index], index, 11, path, NOTE)


@pytest.mark.parametrize("index", range(11))
def test_every_event_is_proved_here_and_by_the_stand_alone_file(
    index: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = proof.bundle(made(index), LOG)
    assert proof.read_bundle(text) == made(index)
    assert proof.verify(made(index), LOG) is None
    path = tmp_path / "proof.json"
    path.write_text(text, encoding="utf-8")
    assert main([str(path), "--key", KEY.verify_key.raw.hex()]) == 0
    assert f"event {index} (x.done" in capsys.readouterr().out
    assert main([str(path), "--key", SigningKey(b"\x02" * 32).verify_key.raw.hex()]) == 1
    assert main([str(path)]) == 2


@given(st.integers(0, 10), st.data())
def test_no_changed_proof_verifies(index: int, data: st.DataObject) -> None:
    right = made(index)
    other = made((index + 1) % 11)
    wrong = [
        proof.Proof(other.leaf, right.index, 11, right.path, NOTE),
        proof.Proof(other.leaf, other.index, 11, right.path, NOTE),
        proof.Proof(right.leaf, other.index, 11, right.path, NOTE),
        proof.Proof(right.leaf, right.index, 10, right.path, NOTE),
        proof.Proof(right.leaf, right.index, 11, right.path[1:], NOTE),
        proof.Proof(right.leaf, right.index, 11, (*right.path, "00" * 32), NOTE),
        proof.Proof("not json", right.index, 11, right.path, NOTE),
        proof.Proof(right.leaf, right.index, 11, ("zz",), NOTE),
        proof.Proof(right.leaf, right.index, 11, right.path, "no note"),
    ]
    for changed in wrong:
        assert proof.verify(changed, LOG) is not None
    text = list(right.leaf)
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] = "0" if text[at] != "0" else "1"
    assert proof.verify(proof.Proof("".join(text), index, 11, right.path, NOTE), LOG) is not None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"placet_proof":2}', '{"placet_proof":1}', "null", '{"placet_proof":1,"path":3}']
)
def test_what_is_no_proof_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadInput, match="not a Placet proof"):
        proof.read_bundle(text)
