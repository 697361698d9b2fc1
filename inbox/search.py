"""Finding conversations: by number, by what was said, by who said it, by terms. Newest first, only what one may see."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy

from inbox.database import storable
from inbox.lists import PAGE, ROW, Page, page_of
from inbox.models import Agent, Conversation, Message, Order
from inbox.permissions import visible_to
from inbox.query import WORDS, Field, begun, choices, read
from inbox.terms import MOST, WORD, called, condition

NUMBER = re.compile(r"^#?(\d{5,18})$")
CUSTOMER = re.compile(r"^[CcСс]-(\d{4,18})$")
NEWEST = 1_000  # of a common word only the newest are looked at: ranking all of them takes seconds
# Of the last LATELY messages so many must match for a word to be taken for a common one: see `_by_date`.
LATELY, COMMON = 5_000, 100
LONGEST = 300  # characters; nobody types more
# Around the words that were found: letters that nobody writes, and taken out of what is said.
MARKS = ("\ue000", "\ue001")
UNMARKED = str.maketrans("", "", "".join(MARKS))
HEADLINE = """
SELECT DISTINCT ON (conversation_id) conversation_id,
    ts_headline('russian', translate(reply_text, '\ue000\ue001', ''), q,
    'StartSel=\ue000, StopSel=\ue001, MaxWords=24, MinWords=12, MaxFragments=1')
FROM inbox_message, (SELECT {} AS q) asked
WHERE conversation_id = ANY(%s) AND withdrawn_at IS NULL AND """
SUBJECTS = """
SELECT id, ts_headline('russian', translate(subject, '\ue000\ue001', ''), q,
    'StartSel=\ue000, StopSel=\ue001, HighlightAll=true')
FROM inbox_conversation, (SELECT {} AS q) asked
WHERE id = ANY(%s)
"""
LAST = " ORDER BY conversation_id, inbox_message.id DESC"
# The index knows words by their stems. What was put in quotation marks must stand there as it was written.
WHOLE = "websearch_to_tsquery('russian', %s)"
# While somebody types the last word is the beginning of one.
BEGUN = "(websearch_to_tsquery('russian', %s) && to_tsquery('simple', %s || ':*'))"
SAID, SAID_BEGUN = f"inbox_message.search @@ {WHOLE}", f"inbox_message.search @@ {BEGUN}"
EXACTLY = """to_tsvector('simple', left(inbox_message.subject, 500) || ' ' || left(inbox_message.reply_text, 50000))
 @@ phraseto_tsquery('simple', %s)"""
# A sign before a number is part of it for the index: +78121234567.
DIGITS = '{0} or "+{0}" or "-{0}"'


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found, in no order; `only` is how many matches were looked at, where there are more, else 0."""

    rows: QuerySet[Conversation]
    only: int = 0


def find(
    agent: Agent, typed: str, after: str = "", size: int = PAGE, order: Order = Order.NEWEST, among: Q | None = None
) -> Page:
    """A page of what was found, as lists show it (see ROW), in this order; `after` is the cursor of the last.

    `among` is what must be so besides.

    The conversation whose number was typed comes before all others. Raise Invalid, with a sentence, for a term whose
    value cannot be understood.
    """
    matched, number = matches(agent, typed), NUMBER.match(clean(typed))
    found = matched.rows.filter(among or Q()).only(*ROW)
    if number is None:
        return replace(page_of(found, agent, after, size, order), only=matched.only)
    named = Q(number=int(number[1]))
    first = [] if after else page_of(found.filter(named), agent).rows
    others = page_of(found.exclude(named), agent, after, size - len(first), order)
    return Page([*first, *others.rows], others.after, matched.only)


def said(typed: str, rows: Collection[Conversation]) -> Mapping[int, str]:
    """By conversation, of these, where it was said last: some words around, those that were found between MARKS."""
    words = _words(clean(typed))
    if not words or not rows:
        return {}
    condition, values = _as_written(words)
    pks = [row.pk for row in rows]
    whole = _marked(HEADLINE.format(WHOLE) + condition + LAST, [words, pks, *values])
    if whole or (part := begun(words)) is None:
        return whole
    return _marked(HEADLINE.format(BEGUN) + SAID_BEGUN + LAST, [*part, pks, *part])


def _marked(sql: str, values: list[Any]) -> Mapping[int, str]:
    """What is shown of each conversation, where something in it is marked."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {pk: shown for pk, shown in cursor.fetchall() if MARKS[0] in shown}


@dataclass(frozen=True, slots=True)
class Found:
    """What a row shows of what was found, that between MARKS: words around it, the subject, the customer's name.

    Each is empty where nothing of it was found.
    """

    around: str = ""
    subject: str = ""
    name: str = ""


def found_in(typed: str, rows: Collection[Conversation]) -> Mapping[int, Found]:
    """By conversation, of these, what was found where a row shows it."""
    typed = clean(typed)
    if not typed or not rows:
        return {}
    around, subjects, query = said(typed, rows), _subjects(_words(typed), rows), read(typed)
    people = [term.value for term in query.terms if term.field in {Field.FROM, Field.TO} and not term.is_not]
    names = [WORD.findall(each.lower()) for each in (query.words, *people)]
    return {row.pk: Found(around.get(row.pk, ""), subjects.get(row.pk, ""), _name(row, names)) for row in rows}


def _subjects(words: str, rows: Collection[Conversation]) -> Mapping[int, str]:
    """By conversation its subject, with each word that is looked for marked, whatever else must be there."""
    wanted = " or ".join(word for word in WORDS.findall(words) if word.lower() != "or" and not word.startswith("-"))
    subjects = [row.pk for row in rows if row.subject]
    if not wanted or not subjects:
        return {}
    whole = _marked(SUBJECTS.format(WHOLE), [wanted, subjects])
    if whole or (part := begun(words)) is None:
        return whole
    return _marked(SUBJECTS.format(BEGUN), ["", part[1], subjects])


def _name(row: Conversation, names: Sequence[Sequence[str]]) -> str:
    """Its customer's name, or address, with the beginnings by which he is found marked; empty if he is by none."""
    shown, known = row.customer_name.translate(UNMARKED), f"{row.customer.name} {row.address.value}"
    by = [name for name in names if name and all(_begins(word).search(known) for word in name)]
    words = sorted({word for name in by for word in name}, key=len, reverse=True)
    marked = _begins("|".join(words)).sub(rf"{MARKS[0]}\g<0>{MARKS[1]}", shown) if words else shown
    return marked if marked != shown else ""


def _begins(word: str) -> re.Pattern[str]:
    """Where a word begins so; an underscore parts words, as in the index of addresses."""
    return re.compile(rf"(?<![^\W_])(?:{word})", re.IGNORECASE)


def matching(agent: Agent, typed: str) -> QuerySet[Conversation]:
    """Everything that was found, in no order; nothing where nothing was typed. Raise Invalid as `find` does."""
    return matches(agent, typed).rows


def matches(agent: Agent, typed: str) -> Matches:
    """The same, and whether that is all. Raise Invalid as `find` does."""
    typed, visible = clean(typed), visible_to(agent)
    if number := NUMBER.match(typed):
        found, only = _called_or_said(visible, number[1], _words(typed))
        return Matches(visible.filter(Q(number=int(number[1])) | found), only)
    if customer := CUSTOMER.match(typed):
        return Matches(visible.filter(customer__number=int(customer[1])))
    query = read(typed)
    for term in query.terms:
        visible = visible.filter(condition(term, agent))
    if not query.words:
        return Matches(visible if query.terms else visible.none())
    found, only = _called_or_said(visible, query.words, query.words)
    return Matches(visible.filter(found), only)


def clean(typed: str) -> str:
    """What is looked for, of what was typed."""
    return storable(typed).strip()[:LONGEST]


def _words(typed: str) -> str:
    """What is looked for in what was said."""
    number = NUMBER.match(typed)
    return DIGITS.format(number[1]) if number else read(typed).words


def _called_or_said(rows: QuerySet[Conversation], name: str, words: str) -> tuple[Q, int]:
    """The condition, and how many matches were looked at, where there are more, else 0."""
    said_in, only = _newest_said(rows, words)
    people, are_more = called(name)
    if not said_in and (part := begun(words)):
        said_in, only = _newest_begun(rows, part)
    return Q(pk__in=said_in) | Q(customer__in=people), only or (MOST if are_more else 0)


def _newest_said(rows: QuerySet[Conversation], words: str) -> tuple[list[int], int]:
    """Those of these conversations in which it was said, by the newest messages; and the number of those, as above."""
    newest, only = _newest(rows, SAID, [words])
    if not any(choice.exact for choice in choices(words)):
        return list(dict.fromkeys(newest.values())), only
    # Only these are read through once more: a phrase of common words costs no more than that. They are asked for by
    # themselves: as a subquery their condition, which names its table, would speak of the rows outside of it.
    where, values = _as_written(words)
    again = Message.objects.filter(pk__in=list(newest)).extra(where=[where], params=values)  # noqa: S610  # constants
    return list(dict.fromkeys(again.order_by("-id").values_list("conversation_id", flat=True))), only


def _newest_begun(rows: QuerySet[Conversation], part: tuple[str, str]) -> tuple[list[int], int]:
    """The same where the last word is the beginning of one."""
    newest, only = _newest(rows, SAID_BEGUN, part)
    return list(dict.fromkeys(newest.values())), only


def _newest(rows: QuerySet[Conversation], where: str, values: Sequence[str]) -> tuple[dict[int, int], int]:
    """The newest messages of which it is so, each with its conversation; and how many were looked at, as above."""
    # The column is kept out of the model, see Message.
    said_so = Message.objects.extra(where=[where], params=[*values])  # noqa: S610  # a constant
    said_there = said_so.filter(Exists(rows.filter(pk=OuterRef("conversation_id"))), withdrawn_at=None)
    looked = list(said_there.order_by(_by_date(said_so)).values_list("pk", "conversation_id")[: NEWEST + 1])
    return dict(looked[:NEWEST]), NEWEST if len(looked) > NEWEST else 0


def _by_date(said_so: QuerySet[Message]) -> OrderBy:
    """The order in which the newest of these are found soonest, whatever PostgreSQL takes their share for.

    It guesses some hundredths of all for a word, or a beginning, that it does not know: along the messages from the
    newest on it finds a thousand soon by that, and reads through all of them where there are ten. So a common word is
    looked for along the messages; of another one the index of words has them all, which are put in order then.
    """
    newest = Message.objects.order_by("-id").values("id")[:1]
    lately = said_so.filter(id__gt=Subquery(newest) - LATELY).order_by("id").values_list("id")[:COMMON]
    return F("id").desc() if len(lately) == COMMON else (F("id") + 0).desc()


def _as_written(words: str) -> tuple[str, list[str]]:
    """The condition on a message that one of the wordings stands in it, and its values."""
    wordings = choices(words)
    where = " OR ".join(" AND ".join([SAID, *[EXACTLY] * len(one.exact)]) for one in wordings)
    return f"({where or 'false'})", [value for one in wordings for value in (one.words, *one.exact)]
