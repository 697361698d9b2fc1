"""Where a reply token hides in a mail: in an address, in References, in the subject, in an invisible mark of the HTML.

A token is an opaque string of at most 64 characters `[a-z0-9.]` that begins with `c`; it is made and
verified elsewhere. What is found here is a candidate only: anybody can write anything into a mail.
"""

import re
from collections.abc import Iterable
from html import escape

_FORM = r"c[a-z0-9]{1,63}(?:\.[a-z0-9]{1,63}){0,8}"
_IN_ADDRESS = re.compile(rf"\+({_FORM})@", re.IGNORECASE)
_IN_ROOT = re.compile(rf"<({_FORM})\.root@", re.IGNORECASE)
_IN_SUBJECT = re.compile(rf"\[#({_FORM})\]", re.IGNORECASE)
_IN_MARK = re.compile(rf"\[otvet:({_FORM})\]", re.IGNORECASE)

_INVISIBLE = "display:none;font-size:0;line-height:0;max-height:0;overflow:hidden;mso-hide:all"
MOST_CHARACTERS = 64
MOST_CANDIDATES = 20  # each one costs a check of its signature


def address_with(address: str, token: str) -> str:
    """`help@example.com` as `help+<token>@example.com`; a mailbox with plus addressing gets both."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def subject_with(subject: str, token: str) -> str:
    """The subject with ` [#<token>]` at its end, once."""
    ref = f"[#{token}]"
    return subject if ref in subject else f"{subject} {ref}".strip()


def root_with(address: str, token: str) -> str:
    """A Message-ID at the domain of `address` that stands for the whole conversation and carries its token.

    No mail has it. It stands first in References, which even programs keep that forget whom they answer.
    """
    return f"{token}.root@{address.rpartition('@')[2]}"


def marker(token: str) -> str:
    """An invisible piece of HTML that mail programs carry along when they quote us."""
    return f'<div style="{_INVISIBLE}">[otvet:{escape(token)}]</div>'


def without_marker(text: str) -> str:
    """A text without the marks, which become visible once HTML is made into text."""
    return _IN_MARK.sub("", text)


def found_in(
    addresses: Iterable[str] = (), subject: str = "", html: str = "", text: str = "", references: str = ""
) -> tuple[str, ...]:
    """All candidates, the surest place first and each once, in lower case.

    `addresses` may be whole header values (To, Delivered-To, Received, ...), not only bare addresses.
    """
    places = [(_IN_ADDRESS, value) for value in addresses]
    places += [(_IN_ROOT, references), (_IN_MARK, html), (_IN_MARK, text), (_IN_SUBJECT, subject)]
    found = (match.lower() for pattern, value in places for match in pattern.findall(value))
    return tuple(dict.fromkeys(token for token in found if len(token) <= MOST_CHARACTERS))[:MOST_CANDIDATES]
