"""The redline: every change is shown, once, and nothing is lost on either side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.fields import FIELDS, validate_value
from app.insights.materiality import label_of
from app.insights.preview import TYPICAL, Preview, preview
from app.insights.redline import Line, _compare, redline
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.storage.unit_of_work import Units
from tests.builders.content import BODY, make_version
from tests.fakes import MONDAY

LINES = st.lists(
    st.builds(Line, st.sampled_from(["paragraph", "item", "heading"]), st.text(alphabet="ab 1.,", max_size=30)),
    max_size=8,
)


@given(old=LINES, new=LINES)
def test_both_texts_can_be_read_back_from_a_redline(old: list[Line], new: list[Line]) -> None:
    blocks, changes, changed = _compare(old, new)
    text = {
        kind: "".join(s.text for b in blocks for s in b.stretches if s.kind in ("same", kind))
        for kind in ("deleted", "inserted")
    }
    assert text["deleted"] == "".join(line.text for line in old)
    assert text["inserted"] == "".join(line.text for line in new)
    numbers = [s.change for b in blocks for s in b.stretches if s.kind != "same"]
    assert set(numbers) == set(range(1, len(changes) + 1))
    assert [c.material for c in changes] == sorted((c.material for c in changes), reverse=True)
    assert (changed > 0) <= bool(changes)


@pytest.mark.parametrize(
    ("before", "after", "label", "material"),
    [
        ("5", "10", "Number", True),
        ("", "not ", "Negation", True),
        ("don't", "do", "Negation", True),
        ("may", "must", "How certain it is", True),
        ("https://a.example", "https://b.example", "Link", True),
        ("{{ first_name }}", "friend", "Merge field", True),
        ("nice", "kind", "Wording", False),
        ("", "kind", "Added", False),
        ("nice", "", "Removed", False),
        ("take 5 and rest", "take 5 and sleep", "Wording", False),
    ],
)
def test_a_change_is_named_by_what_matters_most(before: str, after: str, label: str, *, material: bool) -> None:
    assert label_of(before, after) == (label, material)


def test_a_changed_sender_and_a_changed_disclosure_are_seen(units: Units, people: object, ids: IdSource) -> None:
    with units() as uow:
        version = make_version(uow, now=MONDAY, ids=ids)
    assert version.sender is not None
    other = replace(version, sender=replace(version.sender, from_address="other@clinic.example"))
    assert [c.label for c in redline(version, other).changes] == ["Sender"]
    assert redline(version, version).identical
    assert not redline(version, version).changes
    assert not redline(None, version).changes


def test_every_field_has_a_typical_value_of_its_type() -> None:
    assert TYPICAL.keys() == FIELDS.keys()
    for name, value in TYPICAL.items():
        assert not isinstance(validate_value(name, value), Refusal), name


def test_a_preview_has_no_slot_left_and_nothing_a_transport_takes(units: Units, people: object, ids: IdSource) -> None:
    with units() as uow:
        shown = preview(make_version(uow, now=MONDAY, ids=ids, body=BODY))
    assert "{{" not in shown.html + shown.text + shown.subject
    assert set(Preview.__slots__) == {"subject", "preheader", "html", "text"}
