"""SEARCH (RFC 3501, 6.4.4) over the mails of a folder."""

import email
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from typing import TypeAlias

from connectors.sandbox.mail.commands import Malformed, Word, numbers
from connectors.sandbox.mail.store import FLAGS, Mail

HEADER_BYTES = 128 * 1024
Test: TypeAlias = Callable[[int, Mail], bool]


class Terms:
    """The words of a search, read from left to right into tests."""

    def __init__(self, words: Sequence[Word], highest_uid: int, highest: int) -> None:
        self._words = list(words)
        self._highest_uid = highest_uid
        self._highest = highest

    def all(self) -> Test:
        """The test that a mail passes if it fits every term."""
        tests: list[Test] = []
        while self._words:
            tests.append(self._one())
        return lambda number, mail: all(test(number, mail) for test in tests)

    def _next(self) -> Word:
        if not self._words:
            raise Malformed("a word is missing")
        return self._words.pop(0)

    def _text(self) -> str:
        word = self._next()
        if isinstance(word, list):
            raise Malformed("a list where a string belongs")
        return word.decode("utf-8", "replace")

    def _one(self) -> Test:
        word = self._next()
        if isinstance(word, list):
            return Terms(word, self._highest_uid, self._highest).all()
        name = word.decode("ascii", "replace").upper()
        if name[:1].isdigit() or name[:1] == "*":
            ranges = numbers(name, self._highest)
            return lambda number, _: any(first <= number <= last for first, last in ranges)
        return self._named(name)

    def _named(self, name: str) -> Test:
        match name:
            case "ALL":
                return lambda *_: True
            case "CHARSET":
                self._text()
                return lambda *_: True
            case "UID":
                ranges = numbers(self._text(), self._highest_uid)
                return lambda _, mail: any(first <= mail.uid <= last for first, last in ranges)
            case "NOT":
                test = self._one()
                return lambda number, mail: not test(number, mail)
            case "OR":
                one, other = self._one(), self._one()
                return lambda number, mail: one(number, mail) or other(number, mail)
            case "SINCE" | "BEFORE" | "ON":
                return _by_day(name, self._text())
            case "HEADER":
                return _by_field(self._text(), self._text())
            case "SUBJECT" | "FROM" | "TO" | "CC":
                return _by_field(name, self._text())
            case _:
                return _by_flag(name)


def _by_day(name: str, written: str) -> Test:
    wanted = datetime.strptime(written, "%d-%b-%Y").replace(tzinfo=UTC).date()

    def day(mail: Mail) -> date:
        return datetime.fromtimestamp(mail.at, UTC).date()

    match name:
        case "SINCE":
            return lambda _, mail: day(mail) >= wanted
        case "BEFORE":
            return lambda _, mail: day(mail) < wanted
        case _:
            return lambda _, mail: day(mail) == wanted


def _by_field(field: str, value: str) -> Test:
    def test(_: int, mail: Mail) -> bool:
        header = email.message_from_bytes(mail.read(0, HEADER_BYTES))
        return any(value.lower() in _decoded(str(found)).lower() for found in header.get_all(field, []))

    return test


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value


def _by_flag(name: str) -> Test:
    wanted = name.removeprefix("UN")
    letter = next((letter for flag, letter in FLAGS.items() if flag[1:].upper() == wanted), "")
    if not letter:
        raise Malformed(f"unknown search term {name}")
    return lambda _, mail: (letter in mail.flags) != name.startswith("UN")
