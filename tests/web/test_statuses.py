"""A state is a shape and a word; none is shown raw, and no two words of a kind share a look that matters."""

from enum import StrEnum

import pytest
from flask import Flask

from app.consent.model import ConsentState
from app.delivery.model import Outcome
from app.gate.model import Verdict
from app.kernel.finding import Severity
from app.outbox.model import MessageState
from app.publishing.model import PublicationState
from app.review.model import RoundState, ThreadState
from app.sequences.model import SequenceState
from app.web.statuses import CONSENT, CONTENT, KINDS, MESSAGE, status_of


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("content", RoundState),
        ("content", PublicationState),
        ("message", MessageState),
        ("attempt", Outcome),
        ("consent", ConsentState),
        ("sequence", SequenceState),
        ("thread", ThreadState),
        ("finding", Severity),
        ("check", Verdict),
    ],
)
def test_every_state_of_the_program_has_a_word(kind: str, states: type[StrEnum]) -> None:
    for state in states:
        assert "_" not in status_of(kind, state.value).word


def test_a_state_without_a_word_is_an_error_and_never_shown_raw() -> None:
    with pytest.raises(KeyError):
        status_of("message", "half_sent")


def test_every_glyph_is_drawn_and_no_two_are_drawn_alike(web: Flask) -> None:
    names = {status.glyph for kind in KINDS.values() for status in kind.values()}
    macro = web.jinja_env.get_template("macros/status.html").module.glyph  # type: ignore[attr-defined]
    drawings = {name: str(macro(name)) for name in names}
    assert all("<path" in drawing or "<circle" in drawing for drawing in drawings.values())
    assert len(set(drawings.values())) == len(names)


def test_the_words_people_must_tell_apart_have_shapes_of_their_own() -> None:
    told_apart = [CONTENT[s] for s in ("draft", "in_review", "changes_requested", "approved", "expiring", "expired")]
    told_apart += [CONTENT[s] for s in ("recalled", "quarantined", "superseded")]
    told_apart += [MESSAGE[s] for s in ("planned", "held", "released", "accepted", "rejected", "refused", "unknown")]
    told_apart += list(CONSENT.values())
    assert len({status.glyph for status in told_apart}) == len(told_apart)


def test_the_shape_is_hidden_from_screen_readers_and_the_word_is_not(web: Flask) -> None:
    template = web.jinja_env.get_template("macros/status.html").module
    shown = str(template.status("message", "unknown"))  # type: ignore[attr-defined]
    assert 'aria-hidden="true"' in shown
    assert "Unknown outcome" in shown
