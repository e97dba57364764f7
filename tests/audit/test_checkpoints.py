import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.checkpoints import Checkpoint, LogIdentity, key_hash, opened, parse, sign
from app.audit.offline_verifier import Unverified, read_checkpoint
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal
from app.storage.keys import SigningKey

ORIGIN = "placet.clinic.example/log"
KEY, NEXT, STRANGER = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))
LOG = LogIdentity(ORIGIN, (KEY.verify_key,))
CHECKPOINT = Checkpoint(ORIGIN, 42, b"\x07" * 32)
NOTE = sign(CHECKPOINT, [KEY])


def code(note: str, log: LogIdentity = LOG) -> str:
    outcome = opened(note, log)
    return outcome.code if isinstance(outcome, Refusal) else ""


def test_a_checkpoint_reads_as_c2sp_asks() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [ORIGIN, "42", base64.b64encode(b"\x07" * 32).decode(), ""]
    assert lines[4].startswith(f"\u2014 {ORIGIN} ")
    assert base64.b64decode(lines[4].split(" ")[2])[:4] == key_hash(ORIGIN, KEY.verify_key)
    assert lines[5:] == [""]


def test_the_key_hash_is_that_of_the_signed_note_specification() -> None:
    """The example key of golang.org/x/mod/sumdb/note: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW."""
    from app.storage.keys import VerifyKey

    raw = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert raw[:1] == b"\x01"
    assert key_hash("PeterNeumann", VerifyKey.of(raw[1:])).hex() == "c74f20a3"


@given(st.integers(0, 2**60), st.binary(min_size=32, max_size=32))
def test_what_was_signed_is_what_is_opened(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    note = sign(checkpoint, [KEY])
    assert parse(note).checkpoint == checkpoint == opened(note, LOG)
    assert read_checkpoint(note, [KEY.verify_key.raw], ORIGIN) == (size, root)


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_no_changed_character_goes_unnoticed(at: int, character: str) -> None:
    changed = NOTE[:at] + character + NOTE[at + 1 :]
    if changed == NOTE:
        return
    assert code(changed)
    with pytest.raises(Unverified):
        read_checkpoint(changed, [KEY.verify_key.raw], ORIGIN)


def test_a_new_key_signs_beside_the_old_one_and_both_verify_for_ever() -> None:
    both = sign(CHECKPOINT, [KEY, NEXT])
    new = LogIdentity(ORIGIN, (NEXT.verify_key,))
    assert opened(both, LOG) == opened(both, new) == CHECKPOINT
    assert code(NOTE, new) == "checkpoint_signature"
    assert opened(NOTE, LogIdentity(ORIGIN, (NEXT.verify_key, KEY.verify_key))) == CHECKPOINT


def test_a_witness_adds_its_line_and_a_forged_line_of_ours_spoils_it() -> None:
    witnessed = NOTE + sign(Checkpoint(ORIGIN, 42, b"\x07" * 32), [STRANGER]).rsplit("\n\n", 1)[1]
    assert opened(witnessed, LOG) == CHECKPOINT
    forged = base64.b64encode(key_hash(ORIGIN, NEXT.verify_key) + b"\x00" * 64).decode()
    spoiled = f"{NOTE}\u2014 {ORIGIN} {forged}\n"
    assert code(spoiled, LogIdentity(ORIGIN, (KEY.verify_key, NEXT.verify_key))) == "checkpoint_signature"


def test_another_log_and_another_key_are_refused() -> None:
    assert code(NOTE, LogIdentity("elsewhere", (KEY.verify_key,))) == "checkpoint_origin"
    assert code(NOTE, LogIdentity(ORIGIN, (STRANGER.verify_key,))) == "checkpoint_signature"


@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("", 1),
        ("one\ntwo\n", 1),
        (f"{ORIGIN}\n42\n\n\u2014 x y\n", 1),
        (NOTE.replace("\n42\n", "\n042\n"), 2),
        (NOTE.replace("\n42\n", "\n-1\n"), 2),
        (f"{ORIGIN}\n42\nAAAA\n\n\u2014 x AAAAAAAA\n", 3),
        (f"{ORIGIN}\n42\n!!\n\n\u2014 x AAAAAAAA\n", 3),
        (NOTE[:-1], 5),
        (NOTE.replace("\u2014", "-"), 5),
    ],
)
def test_a_note_that_cannot_be_read_names_the_line(note: str, line: int) -> None:
    with pytest.raises(BadInput) as caught:
        parse(note)
    assert caught.value.line == line
