"""What is new in a text, and what is quoted or signature below it.

Nothing is deleted: a text is cut in two. From the top the first sign that the message being answered
follows unmarked (a header block, "Original Message", an attribution) ends the reply; from the bottom
signatures and marked quotes are taken off as long as nothing but them stands at the end. So words
below a quote always stay, together with what they answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.email import blocks, html_text, limits, phrases, signatures

_MARKED = re.compile(rf"^(?:\s{{0,3}}>|&gt;|{html_text.QUOTED})")
_BLANK_RUNS = re.compile(r"[ \t]{3,}")
_INVISIBLE = str.maketrans({"\xa0": " ", "\u200b": None, "\u200e": None, "\u200f": None, "\ufeff": None, "\u202f": " "})
_SENTENCE_END = re.compile(r"[!?]|\.\s+[A-ZА-ЯЁ]")
_LONGEST_INTRODUCTION = 400  # characters
_MOST_CUTS = 20  # from below: a signature, a quote, the signature above it, ...
_RULED = frozenset("-_*=~–—>")  # what a separator or a rule begins with
_LONG_LINE = 60  # from here on a quoted line may have been wrapped by the program that quoted it


@dataclass(frozen=True, slots=True)
class Split:
    """The two halves of a text, without marks and without blank lines around them."""

    reply: str
    quoted: str


def split(text: str) -> Split:
    """Cut a text (with or without the marks of `html_text`) into what is new and what is folded away.

    Where all of it would be folded away, all of it is new.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = text.split("\n")
    seen = [_seen(line) for line in text[: limits.SPLIT_CHARACTERS].split("\n")]
    if len(seen) < len(kept) and len(text) > limits.SPLIT_CHARACTERS:
        return Split(_clean(kept), "")
    _settle_maybes(seen)
    end = _from_below(seen, _from_above(seen))
    if not any(line.strip() for line in seen[:end]):
        return Split(_clean(kept), "")
    return Split(_clean(kept[:end]), _clean(kept[end:]))


def _clean(lines: Sequence[str]) -> str:
    return html_text.without_marks("\n".join(lines)).strip()


def _seen(line: str) -> str:
    """A line as the patterns see it: of bounded length, without runs of blanks."""
    if len(line) > limits.LINE_CHARACTERS:
        line = line[: limits.LINE_CHARACTERS]
    if not line.isascii():
        line = line.translate(_INVISIBLE)
    return _BLANK_RUNS.sub("  ", line)


def _is_quoted(line: str) -> bool:
    return _MARKED.match(line) is not None


def _settle_maybes(lines: list[str]) -> None:
    """A plain blockquote is a quote if an attribution stands above it or is its first line."""
    at = 0
    while at < len(lines):
        if not lines[at].startswith(html_text.MAYBE):
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].startswith(html_text.MAYBE):
            end += 1
        block = [line[1:] for line in lines[at:end]]
        quoted = _introduction_above(lines, at) < at or _introduced(block)
        lines[at:end] = [html_text.QUOTED + line if quoted else line for line in block]
        at = end


def _introduced(block: Sequence[str]) -> bool:
    length = blocks.length(block, 0)
    return blocks.quotes(block, 0, length) if length else _introduction_at(block, 0) > 0


# ---------------------------------------------------------------------------------------------------
# From above: what follows is the message being answered, though no line of it is marked


def _from_above(lines: Sequence[str]) -> int:
    shown = 0  # where a block ends that a writer put among his words: no part of it is one of a mail program
    for at, line in enumerate(lines):
        if not line.strip() or len(line) > _LONGEST_INTRODUCTION or _is_quoted(line):
            continue
        if line.startswith(html_text.CUT) or (len(line) > 20 and phrases.REPLY_ABOVE.match(line)):
            return at
        length = blocks.length(lines, at) if at >= shown else 0
        if length and not blocks.quotes(lines, at, length):
            shown, length = at + length, 0
        length = length or _introduction_at(lines, at)
        if length and not _is_quoted(_next_line(lines, at + length)):
            return at
    return len(lines)


def _next_line(lines: Sequence[str], at: int) -> str:
    return next((line for line in lines[at : at + 5] if line.strip()), "")


def _introduction_at(lines: Sequence[str], at: int) -> int:
    """How many lines from `at` on introduce a quoted message by themselves; 0 if they do not, or are a block."""
    line = lines[at]
    if len(line) > 5 and line.lstrip()[0] in _RULED:
        if phrases.SEPARATOR.match(line):
            return 1
        if phrases.RULE.match(line):
            block = next((other for other in range(at + 1, min(at + 4, len(lines))) if lines[other].strip()), 0)
            length = blocks.length(lines, block) if block else 0
            return block - at + length if length and blocks.quotes(lines, block, length) else 0
    if phrases.BARE_SEPARATOR.match(line):
        return 1
    return _attribution(lines, at)


def _attribution(lines: Sequence[str], at: int) -> int:
    """How many lines from `at` on are an attribution that needs no marked quote below to be believed."""
    for length in (1, 2, 3, 4):
        last = lines[at + length - 1].rstrip("*_ \t") if at + length <= len(lines) else ""
        if not last or (length > 1 and _is_quoted(last)):
            return 0
        if not (last.endswith((":", "：")) or phrases.WROTE_AT_END.search(last[-20:])):
            continue
        words = _joined(lines[at : at + length])
        above = at == 0 or not lines[at - 1].strip()
        fits = len(words) <= _LONGEST_INTRODUCTION and _is_attribution(words, above, _next_line(lines, at + length))
        return length if fits else 0
    return 0


def _is_attribution(words: str, above: bool, below: str) -> bool:
    if _is_quoted(below):
        return _introduces(words)
    date, bracketed = phrases.DATE.search(words), phrases.BRACKETED.search(words)
    if not date and not bracketed:
        return False
    wrote = phrases.WROTE.search(words)
    dated = _date_first(words)
    if wrote and bracketed and (dated or len(words) - wrote.end() <= 30):
        return True
    if dated and (bracketed or phrases.ADDRESS.search(words[-80:])):
        return True
    timed = phrases.TIME.search(words) is not None and len(words) < 200
    return above and timed and bool((wrote and dated) or (bracketed and date))


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line.strip() for line in lines).strip("*_ ")


def _date_first(words: str) -> bool:
    """Whether a date stands near the beginning, with no sentence ended before it."""
    date = phrases.DATE.search(words)
    return date is not None and date.start() <= 45 and not _SENTENCE_END.search(words[: date.start()])


# ---------------------------------------------------------------------------------------------------
# From below: signatures and marked quotes


def _from_below(lines: Sequence[str], end: int) -> int:
    for _ in range(_MOST_CUTS):
        end = _without_blanks(lines, end)
        start = signatures.start(lines, end)
        if start == end:
            start = _quote_start(lines, end)
        if start == end or not any(line.strip() for line in lines[:start]):
            break
        end = start
    return end


def _without_blanks(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip(f" \t{html_text.MARKS}"):
        end -= 1
    return end


def _quote_start(lines: Sequence[str], end: int) -> int:
    """Where the marked quote that ends at `end` begins, with its attribution; `end` if there is none."""
    if not end or not _is_quoted(lines[end - 1]):
        return end
    start = end
    while start and (_is_quoted(lines[start - 1]) or not lines[start - 1].strip() or _wrapped(lines, start - 1)):
        start -= 1
    while start < end and not lines[start].strip():
        start += 1
    return _introduction_above(lines, start)


def _wrapped(lines: Sequence[str], at: int) -> bool:
    """Whether a line without mark is the rest of the quoted line above it."""
    if at < 1 or at + 1 >= len(lines):
        return False
    return _is_quoted(lines[at - 1]) and _is_quoted(lines[at + 1]) and len(lines[at - 1]) >= _LONG_LINE


def _introduction_above(lines: Sequence[str], at: int) -> int:
    """Where the attribution or header block that ends right above `at` begins; `at` if there is none."""
    end = at
    while end and at - end < 4 and not lines[end - 1].strip():
        end -= 1
    for start in range(end - 1, max(-1, end - 11), -1):
        if start + blocks.length(lines, start) >= end and phrases.FROM_LINE.match(lines[start]):
            return _rule_above(lines, start)
    if not end:
        return at
    if phrases.SEPARATOR.match(lines[end - 1]) or phrases.BARE_SEPARATOR.match(lines[end - 1]):
        return end - 1
    return _attribution_above(lines, end, at)


def _rule_above(lines: Sequence[str], start: int) -> int:
    for above in range(start - 1, max(-1, start - 4), -1):
        line = lines[above]
        if phrases.RULE.match(line) or phrases.SEPARATOR.match(line):
            return above
        if line.strip():
            break
    return start


def _attribution_above(lines: Sequence[str], end: int, default: int) -> int:
    """The shortest run of lines that begins like an attribution, else the shortest that could be one."""
    weak = default
    for length in (1, 2, 3, 4):
        start = end - length
        if start < 0 or not lines[start].strip() or _is_quoted(lines[start]):
            break
        words = _joined(lines[start:end])
        if len(words) > _LONGEST_INTRODUCTION or not _introduces(words):
            continue
        if _date_first(words):
            return start
        certain = phrases.WROTE.search(words) and (phrases.ADDRESS.search(words) or phrases.DATE.search(words))
        if weak == default or (certain and len(_joined(lines[weak:end])) < 25):
            weak = start
    return weak


def _introduces(words: str) -> bool:
    """Whether these words may stand above a marked quote as its attribution."""
    wrote = phrases.WROTE.search(words)
    if words.endswith((":", "：")) or phrases.WROTE_AT_END.search(words):
        if len(words) < 200 and wrote and len(words) - wrote.end() < 60:
            return True
        return bool(phrases.DATE.search(words) and (wrote or phrases.ADDRESS.search(words) or _date_first(words)))
    return bool(wrote and len(words) - wrote.end() <= 45 and phrases.DATE.search(words))
