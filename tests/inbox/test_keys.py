"""The keys of the desk: usual ones, moved ones, and what cannot be a key."""

import pytest

from inbox.errors import Invalid
from inbox.keys import KEYS, moved, read, shown, strokes_of

USUAL = {action: stroke for action, (stroke, _label) in KEYS.items()}


def test_the_usual_keys_can_be_told_apart_and_are_not_kept() -> None:
    assert moved(USUAL) == {}
    assert strokes_of({}) == USUAL


def test_what_was_moved_is_kept_and_what_was_taken_away_has_none() -> None:
    his = moved(USUAL | {"reply": "KeyZ", "note": ""})
    assert his == {"reply": "KeyZ", "note": ""}
    strokes = strokes_of(his)
    assert strokes["reply"] == "KeyZ"
    assert "note" not in strokes


@pytest.mark.parametrize("clash", ["KeyJ", "KeyG", "KeyG KeyI"])
def test_two_actions_that_cannot_be_told_apart_are_refused(clash: str) -> None:
    with pytest.raises(Invalid, match="cannot be told apart"):
        moved(USUAL | {"reply": clash})


@pytest.mark.parametrize("stroke", ["R", "Alt+KeyR", "KeyR KeyR KeyR", "Enter", "Escape", "keyr", "🙂"])
def test_what_is_no_key_is_refused(stroke: str) -> None:
    with pytest.raises(Invalid, match="is no key"):
        moved(USUAL | {"reply": stroke})


def test_an_action_that_there_is_not_is_refused() -> None:
    with pytest.raises(Invalid):
        moved({"fly": "KeyF"})


@pytest.mark.parametrize(
    ("stroke", "sign"),
    [
        ("KeyR", "r"),
        ("Shift+KeyR", "Shift+R"),
        ("KeyG KeyI", "g i"),
        ("Slash", "/"),
        ("Shift+Slash", "?"),
        ("Digit7", "7"),
    ],
)
def test_a_stroke_is_shown_as_it_is_printed_on_the_keys(stroke: str, sign: str) -> None:
    assert shown(stroke) == sign
    assert read(sign) == stroke


def test_every_usual_key_is_read_as_it_is_shown_and_what_is_on_no_key_stays_as_it_is() -> None:
    assert {action: read(shown(stroke)) for action, stroke in USUAL.items()} == USUAL
    assert read("R") == "KeyR"
    assert read("Alt+r Enter") == "Alt+r Enter"
