"""One IMAP command as it comes over the wire (RFC 3501, 9), literals included."""

import asyncio
import re
from dataclasses import dataclass
from typing import TypeAlias

MOST_LITERAL = 100 * 1024 * 1024
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n$")
_ATOM = re.compile(rb"(?:[^\s()\[\"]|\[[^\]]*\])+")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')

Word: TypeAlias = "bytes | list[Word]"


class Malformed(Exception):
    """What the client said is not a command."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its words; what stood in parentheses is a list."""

    tag: str
    name: str
    words: list[Word]

    def text(self, index: int) -> str:
        """A word that must be there and must be a string."""
        try:
            word = self.words[index]
        except IndexError as error:
            raise Malformed("a word is missing") from error
        if isinstance(word, list):
            raise Malformed("a list where a string belongs")
        return word.decode("utf-8", "replace")


async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Command | None:
    """The next command, None at the end of the connection. Raise Malformed."""
    pieces: list[bytes] = []
    literals: list[bytes] = []
    while True:
        line = await reader.readline()
        if not line.endswith(b"\n"):
            return None
        literal = _LITERAL.search(line)
        if literal is None:
            pieces.append(line.rstrip(b"\r\n"))
            return _command(pieces, literals)
        pieces.append(line[: literal.start()])
        if int(literal[1]) > MOST_LITERAL:
            raise Malformed("the literal is too big")
        if not literal[2]:
            writer.write(b"+ go on\r\n")
            await writer.drain()
        literals.append(await reader.readexactly(int(literal[1])))


def _command(pieces: list[bytes], literals: list[bytes]) -> Command:
    stack: list[list[Word]] = [[]]
    for index, piece in enumerate(pieces):
        _split(piece, stack)
        if index < len(literals):
            stack[-1].append(literals[index])
    words = stack[0]
    if len(stack) != 1 or len(words) < 2 or not all(isinstance(word, bytes) for word in words[:2]):
        raise Malformed("not a command")
    tag, name = (bytes(word).decode("ascii", "replace") for word in words[:2] if isinstance(word, bytes))
    return Command(tag, name.upper(), words[2:])


def _split(piece: bytes, stack: list[list[Word]]) -> None:
    at = 0
    while at < len(piece):
        letter = piece[at : at + 1]
        if letter.isspace():
            at += 1
        elif letter == b"(":
            inner: list[Word] = []
            stack[-1].append(inner)
            stack.append(inner)
            at += 1
        elif letter == b")":
            if len(stack) == 1:
                raise Malformed("a parenthesis too many")
            stack.pop()
            at += 1
        else:
            found = (_QUOTED if letter == b'"' else _ATOM).match(piece, at)
            if found is None:
                raise Malformed("a quote without end")
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", found[1]) if letter == b'"' else found[0])
            at = found.end()


def numbers(written: str, highest: int) -> list[tuple[int, int]]:
    """A set as `1,3:5,9:*` in ranges; `*` is the highest there is, so `9:*` turns round where that is less."""
    ranges = []
    for part in written.split(","):
        first, _, last = part.partition(":")
        ends = [highest if end == "*" else int(end) for end in (first, last or first)]
        ranges.append((min(ends), max(ends)))
    return ranges
