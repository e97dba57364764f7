"""What ``placet audit verify`` recomputes about publishing: windows, approvals, and that each head tells the log's story."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from app.audit.model import Problem
from app.publishing import queries
from app.publishing.model import Publication
from app.review import queries as review
from app.review.model import RoundFacts, RoundState


def publications(connection: Connection) -> Iterator[Problem]:
    """Every publication that its round does not carry. Whether the round itself is carried is asked of review."""
    rounds = {facts.id: facts for facts in review.round_facts(connection)}
    for publication in queries.all_publications(connection):
        for code, detail in _objections(publication, rounds):
            yield Problem("publications", publication.id, None, code, f"Publication {publication.id}: {detail}")


def _objections(publication: Publication, rounds: Mapping[str, RoundFacts]) -> Iterator[tuple[str, str]]:
    facts = rounds.get(publication.round_id)
    if facts is None or facts.state is not RoundState.APPROVED:
        yield "publication_not_approved", f"round {publication.round_id} is not approved."
        return
    if (facts.version_id, facts.closure_root) != (publication.version_id, publication.closure_root):
        yield "publication_other_bytes", f"round {facts.id} approved other bytes."
    if publication.valid_until - publication.valid_from > timedelta(days=facts.max_valid_days):
        yield "publication_too_long", f"the window is longer than the {facts.max_valid_days} days that were signed."
    if not publication.valid_from < publication.review_by <= publication.valid_until:
        yield "publication_review_date", "the review date lies outside the window."
    if publication.state_since < publication.published_at:
        yield "publication_head_time", "its state is older than the publication."
