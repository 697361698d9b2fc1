"""The keys of the desk: what each does, and where it lies on the keyboard unless somebody has moved it. Pure.

A stroke is a key by its place (`KeyboardEvent.code` of the UI Events specification), `Shift+` before it or not, or two
of these one after the other. So `KeyR` is R on a Latin layout and К on a Russian one.
"""

import re
from collections.abc import Mapping
from string import ascii_uppercase, digits

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from inbox.errors import Invalid

KEYS = {
    "next": ("KeyJ", _("The next conversation")),
    "previous": ("KeyK", _("The one before")),
    "open": ("KeyO", _("Open it")),
    "list": ("KeyU", _("Back to the list")),
    "reply": ("KeyR", _("Reply")),
    "note": ("KeyN", _("Note")),
    "take": ("KeyT", _("Take it")),
    "take_over": ("Shift+KeyT", _("Take over and say why")),
    "fresh": ("KeyF", _("Show what is new")),
    "pass_on": ("KeyA", _("Pass on")),
    "pass_up": ("Shift+KeyU", _("Pass up")),
    "snooze": ("KeyS", _("Snooze")),
    "solve": ("KeyE", _("Solve")),
    "tag": ("KeyL", _("Tag")),
    "tick": ("KeyX", _("Tick it")),
    "tick_to": ("Shift+KeyX", _("Tick all up to here")),
    "tick_all": ("Shift+KeyA", _("Tick all that match")),
    "find": ("Slash", _("Find")),
    "number": ("Shift+Digit3", _("Go to a number")),
    "mine": ("KeyG KeyI", _("Go to: mine")),
    "queue": ("KeyG KeyQ", _("Go to: team queue")),
    "promises": ("KeyG KeyP", _("Go to: promises")),
    "drafts": ("KeyG KeyD", _("Go to: drafts")),
    "all_open": ("KeyG KeyO", _("Go to: all open")),
    "waiting": ("KeyG KeyW", _("Go to: waiting for customer")),
    "snoozed": ("KeyG KeyZ", _("Go to: snoozed")),
    "solved": ("KeyG KeyS", _("Go to: solved")),
    "fold_list": ("BracketLeft", _("Shut the list, or open it")),
    "fold_side": ("BracketRight", _("Shut the side panel, or open it")),
    "palette": ("KeyP", _("Go to anything, do anything")),
    "sheet": ("Shift+Slash", _("These keys")),
}
ONE = r"(?:Shift\+)?(?:Key[A-Z]|Digit\d|Slash|Backslash|Comma|Period|Semicolon|Quote|Bracket(?:Left|Right)|Minus|Equal)"
STROKE = re.compile(rf"{ONE}(?: {ONE})?")
SIGNS = {
    "Slash": "/",
    "Backslash": "\\",
    "Comma": ",",
    "Period": ".",
    "Semicolon": ";",
    "Quote": "'",
    "BracketLeft": "[",
    "BracketRight": "]",
    "Minus": "-",
    "Equal": "=",
    "Shift+Slash": "?",
    "Shift+Digit3": "#",
}
PLACES = {sign: place for place, sign in SIGNS.items()}
PLACES |= {f"Shift+{sign}": f"Shift+{place}" for sign, place in PLACES.items() if not place.startswith("Shift+")}
LETTERS, DIGITS = set(ascii_uppercase), set(digits)


def strokes_of(moved: Mapping[str, str]) -> dict[str, str]:
    """The stroke of each action for somebody who has moved some of them; one without a stroke has none."""
    strokes = {action: moved.get(action, usual) for action, (usual, _label) in KEYS.items()}
    return {action: stroke for action, stroke in strokes.items() if stroke}


def moved(strokes: Mapping[str, str]) -> dict[str, str]:
    """What of these is not as usual. Raise Invalid where something is no stroke, or stands for two actions."""
    used: dict[str, str] = {}
    for action, stroke in strokes.items():
        if action not in KEYS or (stroke and not STROKE.fullmatch(stroke)):
            raise Invalid(gettext_noop("“%(stroke)s” is no key that can be used here."), stroke=stroke)
        if clash := next((other for other in used if stroke and _clash(stroke, other)), None):
            words = gettext_noop("“%(one)s” and “%(two)s” cannot be told apart.")
            raise Invalid(words, one=shown(stroke), two=shown(clash))
        used[stroke] = action
    return {action: stroke for action, stroke in strokes.items() if stroke != KEYS[action][0]}


def shown(stroke: str) -> str:
    """A stroke as it is printed on the keys of a Latin keyboard: `r`, `Shift+R`, `g i`, `?`."""
    return " ".join(_sign(one) for one in stroke.split())


def read(printed: str) -> str:
    """A stroke from how it is printed; what is printed on no key stays as it is."""
    return " ".join(_place(one) for one in printed.split())


def _clash(one: str, two: str) -> bool:
    return one == two or one.startswith(f"{two} ") or two.startswith(f"{one} ")


def _sign(one: str) -> str:
    if one in SIGNS:
        return SIGNS[one]
    shift, _plus, key = one.rpartition("+")
    sign = SIGNS.get(key) or key.removeprefix("Key").removeprefix("Digit")
    return f"{shift}+{sign}" if shift else sign.lower()


def _place(one: str) -> str:
    if one in PLACES:
        return PLACES[one]
    sign = one.removeprefix("Shift+")
    shift = one.removesuffix(sign)
    return f"{shift}Digit{sign}" if sign in DIGITS else f"{shift}Key{sign.upper()}" if sign.upper() in LETTERS else one
