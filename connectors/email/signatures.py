"""Where a signature begins at the end of a text."""

from collections.abc import Sequence

from connectors.email import phrases

_LONGEST_AFTER_DELIMITER = 15
_LONGEST_AFTER_CLOSING = 6
_LONGEST_AFTER_FOOTER = 12


def start(lines: Sequence[str]) -> int:
    """The index of a signature's first line, or len(lines) if there is none.

    Looks only at the last lines: a sign of this kind in the middle of a letter means something else.
    """
    end = len(lines)
    for at in range(end - 1, max(-1, end - _LONGEST_AFTER_DELIMITER - 1), -1):
        if _begins_at(lines, at):
            return at
    return end


def _begins_at(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if not line.strip() or len(line) > 200:
        return False
    below = [other for other in lines[at + 1 :] if other.strip()]
    if phrases.DELIMITER.match(line):
        return True
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
