"""Verify Placet proofs, checkpoints and log exports without Placet.

One file. Needs Python 3.11 and the package ``cryptography`` (for Ed25519); reads nothing but the file it is given::

    python offline_verifier.py FILE --key HEX [--key HEX …] [--origin NAME] [--checkpoint NOTE …]

``--key`` is a public key, 64 hexadecimal digits, that you got from somewhere else than the file: the log's, and for the
proof of a send also the one under people's approvals.
``--trust-file-keys`` takes the keys from the file itself: that shows that the file agrees with itself, not whose it is.
``--checkpoint`` names a file with a checkpoint that you kept earlier: an export must still contain that log.

Exit status: 0 everything holds, 1 something does not, 2 the call or the file cannot be used. The tree is that of RFC
6962, the notes are C2SP tlog-checkpoint in C2SP signed-note. Nothing is imported from Placet, on purpose: a second
implementation, so that an error in the first does not confirm itself.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Unverified(Exception):
    """Something does not hold; the message says what."""


class Unusable(Exception):
    """The file or the call cannot be verified; the message says what to do."""


def leaf_hash(data: bytes) -> bytes:  # RFC 6962 section 2.1, as the next one
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an audit path leads to: the recursion of RFC 6962 section 2.1.1, read from the top."""
    if not 0 <= index < size:
        raise Unverified(f"leaf {index} is not in a tree of {size}")
    if size == 1:
        if path:
            raise Unverified("the path is longer than the tree is high")
        return leaf
    if not path:
        raise Unverified("the path is shorter than the tree is high")
    half = 1 << ((size - 1).bit_length() - 1)
    if index < half:
        return node_hash(root_of_path(leaf, index, half, path[:-1]), path[-1])
    return node_hash(path[-1], root_of_path(leaf, index - half, size - half, path[:-1]))


class Tree:
    """A tree that only grows; keeps one hash per perfect subtree, each with its height."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[tuple[int, bytes]] = []

    def add(self, hashed: bytes) -> None:
        height = 0
        while self._subtrees and self._subtrees[-1][0] == height:
            hashed = node_hash(self._subtrees.pop()[1], hashed)
            height += 1
        self._subtrees.append((height, hashed))
        self.size += 1

    def root(self) -> bytes:
        if not self._subtrees:
            return hashlib.sha256(b"").digest()
        hashed = self._subtrees[-1][1]
        for _, left in reversed(self._subtrees[:-1]):
            hashed = node_hash(left, hashed)
        return hashed


def read_checkpoint(note: str, keys: Sequence[bytes], origin: str) -> tuple[int, bytes]:
    """Size and root of a note that one of ``keys`` signed; raises ``Unverified``."""
    body, gap, tail = note.rpartition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) < 3 or not all(lines) or not tail.endswith("\n"):
        raise Unverified("the checkpoint is not a signed note with origin, size and root")
    if lines[0] != origin:
        raise Unverified(f"the checkpoint is of the log '{lines[0]}', not of '{origin}'")
    if not lines[1].isascii() or not lines[1].isdigit():
        raise Unverified("the checkpoint's size is not a number")
    known = {hashlib.sha256(origin.encode() + b"\n\x01" + key).digest()[:4]: key for key in keys}
    verified = 0
    for line in tail[:-1].split("\n"):
        name, _, encoded = line.removeprefix("\u2014 ").rpartition(" ")
        stamp = _base64(encoded)
        key = known.get(stamp[:4])
        if line.startswith("\u2014 ") and name == origin and key is not None:
            _verify(key, stamp[4:], f"{body}\n".encode())
            verified += 1
    if not verified:
        raise Unverified("no signature on the checkpoint is by a key that you gave")
    return int(lines[1]), _base64(lines[2])


def _verify(key: bytes, signature: bytes, data: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except InvalidSignature:
        raise Unverified("a signature is not by the key that it names") from None


def _base64(text: str) -> bytes:  # one spelling only: spare bits in the last character count
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise Unverified("the checkpoint holds something that is not standard base64")
    return data


def verify_proof(proof: dict[str, Any], keys: Sequence[bytes], origin: str) -> str:
    """Verify one inclusion proof; returns a sentence."""
    size, root = read_checkpoint(proof["checkpoint"], keys, origin)
    index, event = proof["index"], json.loads(proof["leaf"])
    if proof["size"] != size:
        raise Unverified(f"the proof is for a tree of {proof['size']}, its checkpoint for one of {size}")
    if type(index) is not int or event["index"] != index:
        raise Unverified(f"the event says it is number {event['index']}, the proof says {index}")
    path = [bytes.fromhex(step) for step in proof["path"]]
    if root_of_path(leaf_hash(proof["leaf"].encode()), index, size, path) != root:
        raise Unverified("the path does not lead from the event to the signed root")
    return f"event {index} ({event['action']}, {event['at']}) is in the log of {size} events that was signed"


def verify_send(proof: dict[str, Any], keys: Sequence[bytes], origin: str) -> str:
    """Verify the proof of one send: every row is the one that the log names, the rows fit, and people signed them."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for entry in proof["evidence"]:
        verify_proof(entry, keys, origin)
        plain = json.dumps(entry["row"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        named = [entry["table"], entry["key"], hashlib.sha256(plain).hexdigest()]
        if entry["row"]["id"] != entry["key"] or named not in json.loads(entry["leaf"])["rows"]:
            raise Unverified(f"{entry['table']} {entry['key']} is not the row that the log names")
        rows.setdefault(entry["table"], []).append(entry["row"])
    (attempt,), (receipt,), (decision,) = rows["attempts"], rows["receipts"], rows["decisions"]
    (publication,), (review,), (version,) = rows["publications"], rows["review_rounds"], rows["content_versions"]
    (report,), root, at = rows["finding_reports"], decision["closure_root"], attempt["released_at"]
    signed = sorted(row["role"] for row in rows["signatures"])
    names = ("message_id", "epoch", "address_digest", "closure_root", "rendered_digest")
    pairs = {
        "the attempt is not the one that was decided on": [(attempt[n], decision[n]) for n in names],
        "the decision is no permit at the release": [(decision["verdict"], "permit"), (decision["phase"], "release")],
        "the receipt is of another attempt": [(receipt["attempt_id"], attempt["id"])],
        "the content is not what was approved": [(row["closure_root"], root) for row in (publication, review, version)],
        "the approval was not complete": [(review["state"], "approved"), (publication["round_id"], review["id"])],
        "the findings are not those that were signed": [(report["digest"], review["report_digest"])],
        "a signature is missing": [(signed, sorted(decision["facts"]["content"]["required_roles"]))],
    }
    for problem, pair in pairs.items():
        if any(left != right for left, right in pair):
            raise Unverified(problem)
    if proof["message"] != attempt["message_id"] or not publication["valid_from"] <= at < publication["valid_until"]:
        raise Unverified("the release was of another message or outside the window of the approval")
    for signature in rows["signatures"]:
        said, data = json.loads(signature["statement"]), b"placet.signature.v1\x00" + signature["statement"].encode()
        key = next((k for k in keys if hashlib.sha256(k).hexdigest()[:16] == signature["key_id"]), None)
        if key is None or (said["closure_root"], said["round_id"]) != (root, review["id"]):
            raise Unverified("a signature is by an unknown key or covers something else")
        _verify(key, bytes.fromhex(signature["signature"]), data)
    if [row["id"] for row in rows.get("consent_events", [])] != [decision["facts"]["consent"]["event_id"]]:
        raise Unverified("the agreement that the decision names is not here")
    signers = ", ".join(f"{row['signer_name']} ({row['role']})" for row in rows["signatures"])
    return f"message {proof['message']} was released at {at} and {receipt['outcome']}; approved by {signers}"


def verify_export(lines: Iterable[str], keys: Sequence[bytes], origin: str, kept: Sequence[str] = ()) -> str:
    """Verify a whole log; ``kept`` are checkpoint notes from elsewhere. Returns a sentence."""
    tree, ended = Tree(), False
    signed: dict[int, set[bytes]] = {}
    for note in kept:
        _expect(signed, note, keys, origin)
    for line in lines:
        entry = json.loads(line)
        if ended:
            raise Unverified("there are lines after the closing one")
        if "checkpoint" in entry and tree.size == 0:
            _expect(signed, entry["checkpoint"], keys, origin)
        elif "leaf" in entry:
            _add_leaf(tree, entry["leaf"], signed)
        elif "end" in entry:
            ended = True
            if entry["end"] != {"leaves": tree.size, "root": tree.root().hex()}:
                raise Unverified("the closing line does not fit the events before it")
        else:
            raise Unverified(f"a line is out of place: {line[:60]}")
    if not ended:
        raise Unverified("the export has no closing line: it was cut short")
    return _conclude(tree, signed)


def _conclude(tree: Tree, signed: dict[int, set[bytes]]) -> str:
    covered = max(signed, default=0)
    if covered > tree.size:
        raise Unverified(f"{covered} events were signed, {tree.size} are here: the end of the log is gone")
    return (
        f"{tree.size} events, {len(signed)} signed sizes; {tree.size - covered} events came after the newest signature"
    )


def _expect(signed: dict[int, set[bytes]], note: str, keys: Sequence[bytes], origin: str) -> None:
    size, root = read_checkpoint(note, keys, origin)
    signed.setdefault(size, set()).add(root)


def _add_leaf(tree: Tree, leaf: str, signed: dict[int, set[bytes]]) -> None:
    stated = json.loads(leaf)["index"]
    if stated != tree.size:
        raise Unverified(f"event {tree.size} is missing or out of order: the next one says {stated}")
    tree.add(leaf_hash(leaf.encode()))
    if tree.size in signed and signed[tree.size] != {tree.root()}:
        raise Unverified(f"the first {tree.size} events are not those that were signed")


def verify_text(text: str, keys: Sequence[bytes], origin: str, kept: Sequence[str], *, trust_file: bool) -> str:
    """Verify whatever ``text`` is: a proof, an export or a checkpoint. Raises ``Unverified`` or ``Unusable``."""
    first, _, rest = text.partition("\n")
    try:
        head = json.loads(first)
    except ValueError:
        head = None
    if not isinstance(head, dict) or not {"placet_proof", "placet_log", "placet_send_proof"} & set(head):
        keys, origin = _trusted(keys, origin, {"keys": [], "origin": first}, trust_file=False)
        size, root = read_checkpoint(text, keys, origin)
        return f"the log '{origin}' of {size} events with root {root.hex()} was signed"
    keys, origin = _trusted(keys, origin, head, trust_file=trust_file)
    try:
        if head.get("placet_send_proof") == 1:
            return verify_send(head, keys, origin)
        if head.get("placet_proof") == 1:
            return verify_proof(head, keys, origin)
        if head.get("placet_log") == 1:
            return verify_export((line for line in rest.split("\n") if line), keys, origin, kept)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Unverified(f"the file is damaged: {problem!r}") from None
    raise Unusable("This file was written by a newer Placet. Use the verifier that came with it.")


def _trusted(
    keys: Sequence[bytes], origin: str, head: dict[str, Any], *, trust_file: bool
) -> tuple[Sequence[bytes], str]:
    if trust_file:
        keys = [bytes.fromhex(key) for key in head["keys"]]
    if not keys:
        raise Unusable("Give the log's public key with --key; ask for it somewhere else than where the file came from.")
    return keys, origin or str(head["origin"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from a command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Verify a Placet proof, checkpoint or log export, offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", action="append", default=[], help="public key of the log, 64 hexadecimal digits")
    parser.add_argument("--origin", default="", help="name of the log; default: the one in the file")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="a checkpoint you kept")
    parser.add_argument("--trust-file-keys", action="store_true", help="take the keys from the file itself")
    given = parser.parse_args(arguments)
    try:
        keys = [_key(text) for text in given.key]
        kept, text = [path.read_bytes().decode() for path in given.checkpoint], given.file.read_bytes().decode()
        sentence = verify_text(text, keys, given.origin, kept, trust_file=given.trust_file_keys)
    except Unverified as problem:
        sys.stdout.write(f"NOT VERIFIED: {problem}\n")
        return 1
    except (Unusable, OSError, UnicodeDecodeError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(f"Verified: {sentence}.\n")
    if given.trust_file_keys:
        sys.stdout.write("The keys came from the file itself: it agrees with itself, no more.\n")
    return 0


def _key(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text.strip())
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise Unusable(f"'{text}' is not a public key: give 64 hexadecimal digits.") from None
    return raw


if __name__ == "__main__":
    sys.exit(main())
