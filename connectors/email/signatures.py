"""Where a signature begins at the end of a text."""

from collections.abc import Sequence

from connectors.email import phrases

_LONGEST_AFTER_DELIMITER = 15
_LONGEST_AFTER_CLOSING = 6
_LONGEST_AFTER_FOOTER = 12
_LONGEST_LINE = 200  # characters


def start(lines: Sequence[str], end: int) -> int:
    """The index of the first line of the signature that ends before `end`; `end` if there is none.

    Looks only at the last lines: a sign of this kind in the middle of a letter means something else.
    """
    last = list(lines[max(0, end - _LONGEST_AFTER_DELIMITER - 1) : end])
    for at in range(len(last) - 1, -1, -1):
        if _begins_at(last, at):
            return end - len(last) + at
    return end


def _begins_at(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if not line.strip() or len(line) > _LONGEST_LINE:
        return False
    if phrases.DELIMITER.match(line):
        return True
    below = [other for other in lines[at + 1 :] if other.strip()]
    if is_mobile(line):
        return len(below) <= 1
    if phrases.CLOSING.match(line):
        return len(below) <= _LONGEST_AFTER_CLOSING
    if phrases.DASHED_NAME.match(line):
        return not below
    return _is_footer(line, below)


def is_mobile(line: str) -> bool:
    """Whether a telephone or a mail program signs itself here ("Sent from my iPhone")."""
    found = phrases.MOBILE.match(line)
    if not found:
        return False
    return found["what"] is None or (". " not in found["what"] and len(found["what"].split()) <= 7)


def _is_footer(line: str, below: Sequence[str]) -> bool:
    """What mailing lists and trackers add at the end."""
    if len(below) > _LONGEST_AFTER_FOOTER:
        return False
    if phrases.FOOTER.match(line):
        return True
    return bool(phrases.LIST_RULE.match(line)) and any(phrases.LIST_WORDS.search(other) for other in below[:4])
