"""Blocks like From, Sent, To, Subject: where one stands, and whether a mail program put it above a mail it quotes."""

from collections.abc import Sequence

from connectors.email import phrases

_LONGEST = 10  # lines
_LOOKED_AT = 40  # lines around it: a text may consist of nothing but fields


def length(lines: Sequence[str], at: int) -> int:
    """The length of a block like From, Sent, To, Subject that begins at `at`; 0 if there is none."""
    if ":" not in lines[at] and "：" not in lines[at]:
        return 0
    if not (phrases.FROM_LINE.match(lines[at]) or phrases.OTHER_LINE.match(lines[at]) or _from_alone(lines, at)):
        return 0
    senders = others = blanks = found = 0
    block = lines[at : at + _LONGEST]
    for number, line in enumerate(block):
        if phrases.FROM_LINE.match(line) or _from_alone(lines, at + number):
            senders += 1
        elif phrases.OTHER_LINE.match(line):
            others += 1
        elif not line.strip():
            blanks += 1
            if blanks > 2:
                break
            continue
        elif not block[number - 1].strip():
            break  # words: what goes on from a field stands right below it
        else:
            continue
        found = number + 1
    proof = "\n".join(block[:found])
    if senders < 1 or others < 2 or senders + others < 3:
        return 0
    return found if phrases.DATE.search(proof) or phrases.ADDRESS.search(proof) else 0


def quotes(lines: Sequence[str], at: int, found: int) -> bool:
    """Whether a mail program quotes below the block of `found` lines at `at`, which no writer put among his words.

    Programs name the subject, or at least an address and the time of day, which a label on a parcel does not; fields
    that only servers write, or a line above that ends in a colon, say that somebody shows us headers.
    """
    block = "\n".join(lines[at : at + found])
    named = any(map(phrases.SUBJECT_LINE.match, lines[at : at + found]))
    if not named and not (phrases.ADDRESS.search(block) and phrases.CLOCK.search(block)):
        return False
    return not _has_fields_of_servers(lines, at, at + found) and not _is_announced(lines, at, block)


def _from_alone(lines: Sequence[str], at: int) -> bool:
    """`From:` with the address on the line below."""
    return bool(phrases.FROM_ALONE.match(lines[at])) and "@" in "".join(lines[at + 1 : at + 2])


def _has_fields_of_servers(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether such a field stands in the block, or in the lines that touch it."""
    while start and lines[start - 1].strip() and end - start < _LOOKED_AT:
        start -= 1
    while end < len(lines) and lines[end].strip() and end - start < _LOOKED_AT:
        end += 1
    return any(map(phrases.SERVERS_LINE.match, lines[start:end]))


def _is_announced(lines: Sequence[str], at: int, block: str) -> bool:
    """Whether the words above lead to the block: right above it or, if it has a date as servers write it, anywhere."""
    highest = max(0, at - _LOOKED_AT)
    while at > highest and phrases.OTHER_LINE.match(lines[at - 1]):
        at -= 1
        block = f"{lines[at]}\n{block}"
    above = next((place for place in range(at - 1, max(-1, at - 4), -1) if lines[place].strip()), -1)
    if above < 0 or not lines[above].rstrip("*_ \t").endswith((":", "：")):
        return False
    return above == at - 1 or bool(phrases.ZONED.search(block))
