from hypothesis import given
from hypothesis import strategies as st

from app.authoring.policy import leaf_authors_of, new_edition
from tests.authoring.samples import CARE

ADA, BEN = frozenset({"ada"}), frozenset({"ben"})


def test_a_carried_leaf_keeps_its_authors_and_a_changed_one_gains_one() -> None:
    before = {"body": "1", "title": "2", "gone": "3"}
    authors = {"body": ADA, "title": ADA, "gone": ADA}
    after = leaf_authors_of(before, authors, {"body": "9", "title": "2", "links/0": "4"}, "ben")
    assert after == {"body": ADA | BEN, "title": ADA, "links/0": BEN}


_LEAVES = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "2"]))


@given(st.lists(st.tuples(_LEAVES, st.sampled_from(["ada", "ben", "cyd"])), min_size=1, max_size=6))
def test_whoever_last_changed_a_leaf_is_among_its_authors_and_nobody_is_forgotten(
    history: list[tuple[dict[str, str], str]],
) -> None:
    leaves: dict[str, str] = {}
    authors: dict[str, frozenset[str]] = {}
    for new, writer in history:
        after = leaf_authors_of(leaves, authors, new, writer)
        assert after.keys() == new.keys()
        for leaf, digest in new.items():
            assert after[leaf] >= authors.get(leaf, frozenset())
            assert (writer in after[leaf]) or leaves.get(leaf) == digest
            assert after[leaf]
        leaves, authors = new, dict(after)


def test_a_sender_profile_gets_a_new_number_only_when_it_changed() -> None:
    assert new_edition(CARE, CARE) is None
    first = new_edition(None, CARE)
    assert first is not None
    assert first.number == 1
