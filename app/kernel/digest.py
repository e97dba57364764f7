"""Digests: canonical JSON, SHA-256, and the RFC 6962 tree over named leaves.

Canonical JSON is RFC 8785 restricted to what Placet stores: strings, integers within +-2^53, booleans, null, lists and
string-keyed objects. Floats are refused, so that no two programs can disagree about a digest.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

_SAFE_INTEGER = 2**53
_LEAF = b"\x00"
_NODE = b"\x01"
EMPTY_ROOT = hashlib.sha256(b"").digest()


def canonical(value: Json) -> bytes:
    """RFC 8785 bytes of ``value``. Raises ``ValueError`` for floats, huge integers, lone surrogates and anything unknown."""
    text = _encode(_ordered(value))
    return text.encode("utf-8")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _ordered(value: Json) -> Json:
    """The same value with its keys in UTF-16 code unit order (RFC 8785 section 3.2.3); refuses what has no one form."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        if not -_SAFE_INTEGER < value < _SAFE_INTEGER:  # type: ignore[operator]
            raise ValueError(f"integer {value} does not survive JSON")
        return value
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in _sorted_keys(value)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, str):
        return str(value)
    raise ValueError(f"{kind.__name__} has no canonical form")


def _sorted_keys(value: Mapping[str, Json]) -> list[str]:
    if not all(isinstance(key, str) for key in value):
        raise ValueError("an object has a key that is not text")
    # Code point order is UTF-16 order for ASCII, and nearly every key is ASCII.
    if all(map(str.isascii, value)):
        return sorted(value)
    return sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Json) -> str:
    """SHA-256 of the canonical JSON of ``value``."""
    return sha256(canonical(value))


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 section 2.1 hash of one leaf."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1 hash of an inner node."""
    return hashlib.sha256(_NODE + left + right).digest()


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """RFC 6962 Merkle tree hash of leaves that are hashed already; of none, SHA-256 of nothing."""
    if not leaf_hashes:
        return EMPTY_ROOT
    level = list(leaf_hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def closure_root(leaves: Mapping[str, str]) -> str:
    """The digest a signature covers: RFC 6962 root over ``name NUL content-digest`` in name order, hexadecimal."""
    hashes = [leaf_hash(name.encode() + b"\x00" + leaves[name].encode()) for name in sorted(leaves)]
    return tree_root(hashes).hex()
