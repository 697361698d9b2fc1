"""One's own keys: moved, and all of them back where they usually are."""

from inbox.keys import KEYS, shown
from tests.inbox.desk_of_five import Desk, browser

USUAL = {action: shown(usual) for action, (usual, _label) in KEYS.items()}


def test_keys_are_moved_and_all_of_them_come_back_at_once(desk: Desk) -> None:
    ada = browser(desk.ada)
    ada.post("/me/keys/", {**USUAL, "reply": "w", "mine": "g m", "single": "on"})
    desk.ada.refresh_from_db()
    assert desk.ada.keys == {"reply": "KeyW", "mine": "KeyG KeyM"}
    ada.post("/me/keys/", {**USUAL, "reply": "not a key", "single": "on", "usual": "1"})
    desk.ada.refresh_from_db()
    assert (desk.ada.keys, desk.ada.single_keys) == ({}, True)
