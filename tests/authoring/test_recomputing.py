"""A stored version still is what was signed, or it is noticed."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.accounts.model import Actor
from app.authoring.model import Sender, Version
from app.authoring.recomputing import is_current_sender, recomputed_closure, recomputed_root
from app.kernel.errors import BadInput
from app.storage.unit_of_work import Units
from tests.builders.content import BODY, make_version
from tests.delivery.sqlite_alone import database_url
from tests.fakes import CountingIds

__all__ = ["database_url"]
NOTE = {"type": "disclosure", "subject": "", "sender": "", "cta": "", "fallbacks": "", "title": "A note"}


@pytest.fixture
def version(units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds) -> Version:
    with units() as uow:
        made = make_version(uow, now=now, ids=ids)
        uow.commit()
    return made


def test_what_nobody_touched_comes_out_the_same(version: Version, units: Units) -> None:
    with units.reading() as connection:
        assert recomputed_closure(connection, version) == version.closure


@pytest.mark.parametrize(
    "old", [b"ten minutes", b"Getting ready for your visit", b"https://clinic.example/ready", b"[US]"]
)
def test_a_changed_source_is_noticed(old: bytes, version: Version, units: Units) -> None:
    other = replace(version, source=version.source.replace(old, old[:-1] + (b"A]" if old == b"[US]" else b"x")))
    assert other.source != version.source
    with units.reading() as connection:
        assert _root_or_bad(connection, other) != version.closure.root


def _root_or_bad(connection, version: Version) -> str:  # noqa: ANN001
    try:
        return recomputed_root(connection, version)
    except BadInput:
        return ""


@pytest.mark.parametrize("part", ["subject", "preheader", "html", "text"])
def test_a_changed_skeleton_is_noticed(part: str, version: Version, units: Units) -> None:
    other = replace(version, skeleton=replace(version.skeleton, **{part: ()}))
    with units.reading() as connection:
        same = getattr(version.skeleton, part) == ()
        assert (recomputed_root(connection, other) == version.closure.root) is same


def test_metadata_that_the_source_does_not_say_match_nothing(version: Version, units: Units) -> None:
    other = replace(version, metadata=replace(version.metadata, owner="eve@clinic.example"))
    with units.reading() as connection:
        closure = recomputed_closure(connection, other)
    assert closure.leaves == {}
    assert closure.root != version.closure.root


def test_another_sender_is_noticed_and_a_new_edition_ends_the_old_address(version: Version, units: Units) -> None:
    assert version.sender is not None
    moved: Sender = replace(version.sender, from_address="other@clinic.example")
    with units.reading() as connection:
        assert recomputed_root(connection, replace(version, sender=moved)) != version.closure.root
        assert is_current_sender(connection, version.sender)
        assert not is_current_sender(connection, moved)
        assert not is_current_sender(connection, replace(version.sender, key="unknown"))


def test_a_quoted_disclosure_is_that_of_then(units: Units, people: object, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        make_version(uow, "note", now=now, ids=ids, body="This is no medical advice.\n", **NOTE)
        quoting = make_version(uow, now=now, ids=ids, disclosures="[note]", body=BODY)
        make_version(uow, "note", now=now, ids=ids, body="This is not medical advice at all.\n", **NOTE)
        uow.commit()
    with units.reading() as connection:
        assert recomputed_root(connection, quoting) == quoting.closure.root
        leaves = {**quoting.closure.leaves, "disclosures/note": "0" * 64}
        lost = replace(quoting, closure=replace(quoting.closure, leaves=leaves))
        with pytest.raises(BadInput, match="no longer stored"):
            recomputed_root(connection, lost)
