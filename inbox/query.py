"""What somebody typed to find something: words, and terms such as `from:carla`. Pure.

A term is a field, a colon and a value, which may stand in quotation marks; a minus before it turns it round. What is no
field of ours is a word like any other: people paste addresses of pages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a term may speak of, as it is written in English."""

    FROM = "from"
    TO = "to"
    CHANNEL = "channel"
    STATUS = "status"
    OWNER = "owner"
    TEAM = "team"
    TAG = "tag"
    BEFORE = "before"
    AFTER = "after"
    HAS = "has"
    NUMBER = "number"


# The same in Russian.
RUSSIAN = {
    "от": Field.FROM,
    "кому": Field.TO,
    "канал": Field.CHANNEL,
    "статус": Field.STATUS,
    "ведёт": Field.OWNER,
    "ведет": Field.OWNER,
    "команда": Field.TEAM,
    "метка": Field.TAG,
    "до": Field.BEFORE,
    "после": Field.AFTER,
    "есть": Field.HAS,
    "номер": Field.NUMBER,
}
FIELDS: dict[str, Field] = {field.value: field for field in Field} | RUSSIAN
TERM = re.compile(r'(?<!\S)(?P<minus>-?)(?P<field>\w+):(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))', re.UNICODE)


WORDS = re.compile(r'-?"[^"]*"?|[^\s"]+')
SHORTEST = 3  # letters of a beginning: of fewer begins too much
SAYS = re.compile(r'"[^"]*\w')  # a phrase, and one that has words


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `is_not` if what it says must not be so."""

    field: Field
    value: str
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Words as they were typed, quotation marks and all, without the terms, and the terms."""

    words: str
    terms: Sequence[Term] = ()


def read(typed: str) -> Query:
    """Take apart what was typed. A field without a value is still being typed, and says nothing yet."""
    terms: list[Term] = []

    def taken_out(found: re.Match[str]) -> str:
        field = FIELDS.get(found["field"].lower())
        if field is None:
            return found[0]
        value = (found["plain"] if found["quoted"] is None else found["quoted"]).strip()
        if value:
            terms.append(Term(field, value, is_not=bool(found["minus"])))
        return " "

    words = TERM.sub(taken_out, typed)
    return Query(" ".join(words.split()), tuple(terms))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several wordings that are looked for; `exact` is what must stand there as it is written, in any case."""

    words: str
    exact: Sequence[str]


def choices(words: str) -> Sequence[Choice]:
    """What stands between each `or`, with its phrases in quotation marks. A phrase that must not be there is none."""
    found: list[list[str]] = [[]]
    for word in WORDS.findall(words):
        if word.lower() == "or":
            found.append([])
        else:
            found[-1].append(word)
    return [Choice(" ".join(one), [word.strip('"') for word in one if SAYS.match(word)]) for one in found if one]


def begun(words: str) -> tuple[str, str] | None:
    """The words before the last one, and that one as the beginning of a word; None where it is meant as it stands."""
    before, _space, last = words.rpartition(" ")
    is_begun = len(last) >= SHORTEST and last.isalnum() and '"' not in words and "or" not in words.lower().split()
    return (before, last) if is_begun else None
