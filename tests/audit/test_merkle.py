"""The vectors are those of the Certificate Transparency reference implementation (merkletree tests)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit import merkle
from app.audit.offline_verifier import Tree, Unverified, root_of_path
from app.kernel.digest import EMPTY_ROOT, leaf_hash, tree_root

ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]
CONSISTENCY = [
    (1, 1, []),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
leaves = st.lists(st.binary(max_size=8).map(leaf_hash), min_size=1, max_size=70)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert merkle.frontier_root([]) == tree_root([]) == EMPTY_ROOT == Tree().root()


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(index: int, size: int, path: list[str]) -> None:
    assert [step.hex() for step in merkle.inclusion_proof(LEAVES[:size], index)] == path


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(old: int, new: int, path: list[str]) -> None:
    assert [step.hex() for step in merkle.consistency_proof(LEAVES[:new], old)] == path


@given(leaves)
def test_growing_leaf_by_leaf_gives_the_same_root_in_both_implementations(hashes: list[bytes]) -> None:
    frontier: list[bytes] = []
    tree = Tree()
    for size, hashed in enumerate(hashes):
        frontier = merkle.grow(frontier, size, hashed)
        tree.add(hashed)
        assert merkle.frontier_root(frontier) == tree_root(hashes[: size + 1]) == tree.root()
        assert len(frontier) == (size + 1).bit_count()


@given(leaves, st.data())
def test_every_inclusion_proof_verifies_and_no_changed_one_does(hashes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    size, root = len(hashes), tree_root(hashes)
    path = merkle.inclusion_proof(hashes, index)
    assert merkle.root_from_inclusion(hashes[index], index, size, path) == root
    assert root_of_path(hashes[index], index, size, path) == root
    for changed in _changed(path, data):
        assert merkle.root_from_inclusion(hashes[index], index, size, changed) != root
        assert _offline(hashes[index], index, size, changed) != root
    stranger = leaf_hash(b"a stranger, longer than eight")
    assert merkle.root_from_inclusion(stranger, index, size, path) != root
    assert merkle.root_from_inclusion(hashes[index], size + index, size, path) is None


@given(leaves, st.data())
def test_every_consistency_proof_verifies_and_no_changed_one_does(hashes: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(hashes)))
    sizes = (old, tree_root(hashes[:old]), len(hashes), tree_root(hashes))
    proof = merkle.consistency_proof(hashes, old)
    assert merkle.consistent(*sizes, proof)
    for changed in _changed(proof, data):
        assert not merkle.consistent(*sizes, changed)
    assert not merkle.consistent(old, leaf_hash(b"another history"), len(hashes), sizes[3], proof)
    assert not merkle.consistent(old, sizes[1], len(hashes), leaf_hash(b"another history"), proof)


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_proof_outside_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(LEAVES, index)
    with pytest.raises(IndexError):
        merkle.consistency_proof(LEAVES, index + 1 if index > 0 else 0)


def _offline(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    try:
        return root_of_path(leaf, index, size, path)
    except Unverified:
        return None


def _changed(path: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    longer = [*path, leaf_hash(b"one too many")]
    if not path:
        return [longer]
    at = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = bytearray(path[at])
    flipped[bit // 8] ^= 1 << bit % 8
    return [longer, path[:-1], path[1:], [*path[:at], bytes(flipped), *path[at + 1 :]]]
