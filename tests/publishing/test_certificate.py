"""A certificate carries all that somebody needs who does not trust us."""

from datetime import datetime

import pytest

from app.authoring.queries import item_by_id
from app.kernel.digest import canonical, closure_root
from app.kernel.finding import Refusal
from app.publishing.certificate import certificate, certificate_digest
from app.review import queries as review
from app.storage.keys import VerifyKey
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.builders.review import ORGANISATION, make_publication, make_round
from tests.fakes import CountingIds

pytestmark = pytest.mark.usefixtures("people")
KEY = ORGANISATION.verify_key


def test_a_certificate_verifies_from_itself_alone(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        publication = make_publication(uow, version, now=now, ids=ids)
        round_ = review.round_(uow.connection, publication.round_id)
        item = item_by_id(uow.connection, version.item_id)
    assert round_ is not None
    made = certificate(item, version, round_, publication, {"findings": []}, KEY)
    assert not isinstance(made, Refusal)
    canonical(made)
    content, key = made["content"], made["key"]
    assert isinstance(content, dict)
    assert isinstance(key, dict)
    leaves = content["leaves"]
    assert isinstance(leaves, dict)
    assert closure_root({name: str(digest) for name, digest in leaves.items()}) == content["closure_root"]
    verify_key = VerifyKey.of(bytes.fromhex(str(key["ed25519"])))
    signatures = made["signatures"]
    assert isinstance(signatures, list)
    assert len(signatures) == 2
    for signature in signatures:
        assert isinstance(signature, dict)
        signed = bytes.fromhex(str(key["prefix"])) + str(signature["statement"]).encode()
        assert verify_key.verifies(bytes.fromhex(str(signature["signature"])), signed)
        assert str(content["closure_root"]) in str(signature["statement"])
    assert certificate_digest({**made, "log_proof": {"leaf": 3}}) == certificate_digest(made)
    assert certificate_digest({**made, "policy": {}}) != certificate_digest(made)


def test_there_is_no_certificate_of_an_open_round(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        round_ = make_round(uow, version, now=now, ids=ids)
        item = item_by_id(uow.connection, version.item_id)
    outcome = certificate(item, version, round_, None, {}, KEY)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "round_not_approved"
