"""A proof that one event is in the log, as a file that verifies without Placet. No I/O."""

import json
from dataclasses import dataclass

from app.audit import merkle
from app.audit.checkpoints import LogIdentity, opened
from app.audit.model import leaf_from_text
from app.kernel.digest import canonical, leaf_hash
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal

PROOF_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Proof:
    """The leaf's text, its place, the path to the root (hexadecimal), and the signed checkpoint of that root."""

    leaf: str
    index: int
    size: int
    path: tuple[str, ...]
    checkpoint: str


def bundle(proof: Proof, log: LogIdentity) -> str:
    """The proof as canonical JSON. ``keys`` help a reader find the right key; they prove nothing about whose it is."""
    return canonical(
        {
            "placet_proof": PROOF_FORMAT,
            "leaf": proof.leaf,
            "index": proof.index,
            "size": proof.size,
            "path": list(proof.path),
            "checkpoint": proof.checkpoint,
            "origin": log.origin,
            "keys": [key.raw.hex() for key in log.keys],
        }
    ).decode()


def read_bundle(text: str) -> Proof:
    """Inverse of :func:`bundle`; raises ``BadInput`` for anything else."""
    try:
        raw = json.loads(text)
        known = raw["placet_proof"] == PROOF_FORMAT
        path = tuple(str(step) for step in raw["path"])
        proof = Proof(str(raw["leaf"]), int(raw["index"]), int(raw["size"]), path, str(raw["checkpoint"]))
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise BadInput("This is not a Placet proof. Use the file that `placet audit proof` wrote, unchanged.")
    return proof


def verify(proof: Proof, log: LogIdentity) -> Refusal | None:
    """None when the proof holds. Codes: those of a checkpoint, ``proof_size``, ``proof_leaf``, ``proof_path``."""
    checkpoint = opened(proof.checkpoint, log)
    if isinstance(checkpoint, Refusal):
        return checkpoint
    if checkpoint.size != proof.size:
        return Refusal("proof_size", {"checkpoint": checkpoint.size, "proof": proof.size})
    try:
        stated = leaf_from_text(proof.leaf).index
        path = [bytes.fromhex(step) for step in proof.path]
    except (ValueError, KeyError, TypeError):
        return Refusal("proof_leaf", {"why": "unreadable"})
    if stated != proof.index or proof.index < 0:
        return Refusal("proof_leaf", {"leaf": stated, "proof": proof.index})
    root = merkle.root_from_inclusion(leaf_hash(proof.leaf.encode()), proof.index, proof.size, path)
    return None if root == checkpoint.root else Refusal("proof_path")
