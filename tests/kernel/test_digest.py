import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.digest import Json, canonical, closure_root, digest_of, leaf_hash, node_hash, sha256, tree_root

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=30,
)


@given(values)
def test_canonical_json_is_that_of_the_rfc8785_library(value: Json) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_canonical_json_says_the_same(value: Json) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_keys_stand_in_utf_16_order_as_rfc_8785_section_3_2_3_shows() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    ordered = list(json.loads(canonical(dict.fromkeys(keys, 0))))
    assert ordered == ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), 2**53, -(2**53), "\ud800", {"\ud800": 1}, {1: 2}, b"x", object(), [[{"a": 1.5}]], {1}]
)
def test_what_two_programs_could_read_differently_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical(value)  # type: ignore[arg-type]


def test_digests_are_sha_256() -> None:
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of({"b": 1, "a": [True, None]}) == sha256(b'{"a":[true,null],"b":1}')


def test_leaves_and_nodes_live_in_different_worlds() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) != leaf_hash(left + right)
    assert tree_root([left, right]) == node_hash(left, right)


@given(st.dictionaries(st.text("abc/[]0", min_size=1), st.text("0123456789abcdef", min_size=1), min_size=1))
def test_a_closure_root_depends_on_every_leaf_and_on_no_order(leaves: dict[str, str]) -> None:
    root = closure_root(leaves)
    assert closure_root(dict(reversed(list(leaves.items())))) == root
    for name, digest in leaves.items():
        assert closure_root({**leaves, name: digest + "0"}) != root
        assert closure_root({key: value for key, value in leaves.items() if key != name}) != root
        renamed = {(key + "!" if key == name else key): value for key, value in leaves.items()}
        assert closure_root(renamed) != root
