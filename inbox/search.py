"""Finding conversations: by number, by what was said, by who said it, by terms. Newest first, only what one may see."""

import re
from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from inbox.database import storable
from inbox.lists import PAGE, ROW, Page, page_of
from inbox.models import Agent, Conversation, Message
from inbox.permissions import visible_to
from inbox.query import read
from inbox.terms import condition, people_called

NUMBER = re.compile(r"^#?(\d{5,18})$")
CUSTOMER = re.compile(r"^[CcСс]-(\d{4,18})$")
NEWEST = 1_000  # of a common word only the newest are looked at: ranking all of them takes seconds
LONGEST = 300  # characters; nobody types more
# Around the words that were found: letters that nobody writes, and taken out of what is said.
MARKS = ("\ue000", "\ue001")
SAID = """
SELECT DISTINCT ON (m.conversation_id) m.conversation_id,
    ts_headline('russian', translate(m.reply_text, '\ue000\ue001', ''), q,
    'StartSel=\ue000, StopSel=\ue001, MaxWords=24, MinWords=12, MaxFragments=1')
FROM inbox_message m, websearch_to_tsquery('russian', %s) q
WHERE m.conversation_id = ANY(%s) AND m.search @@ q AND m.withdrawn_at IS NULL
ORDER BY m.conversation_id, m.id DESC
"""


def find(agent: Agent, typed: str, after: str = "", size: int = PAGE) -> Page:
    """A page of what was found, as lists show it (see ROW), newest activity first; `after` is the cursor of the last.

    Raise Invalid, with a sentence, for a term whose value cannot be understood.
    """
    return page_of(matching(agent, typed).only(*ROW), agent, after, size)


def said(typed: str, rows: Collection[Conversation]) -> Mapping[int, str]:
    """By conversation, of these, where it was said last: some words around, those that were found between MARKS."""
    words = read(storable(typed).strip()[:LONGEST]).words
    if not words or not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SAID, [words, [row.pk for row in rows]])
        return {pk: around for pk, around in cursor.fetchall() if MARKS[0] in around}


def matching(agent: Agent, typed: str) -> QuerySet[Conversation]:
    """Everything that was found, in no order; nothing where nothing was typed. Raise Invalid as `find` does."""
    typed, visible = storable(typed).strip()[:LONGEST], visible_to(agent)
    if number := NUMBER.match(typed):
        return visible.filter(number=int(number[1]))
    if customer := CUSTOMER.match(typed):
        return visible.filter(customer__number=int(customer[1]))
    query = read(typed)
    for term in query.terms:
        visible = visible.filter(condition(term, agent))
    if not query.words:
        return visible if query.terms else visible.none()
    return visible.filter(Q(pk__in=_newest_said(visible, query.words)) | Q(customer__in=people_called(query.words)))


def _newest_said(rows: QuerySet[Conversation], words: str) -> list[int]:
    """Those of these conversations in which it was said, by the newest messages."""
    matches = Message.objects.extra(  # the column is kept out of the model, see Message
        where=["inbox_message.search @@ websearch_to_tsquery('russian', %s)"], params=[words]
    ).filter(Exists(rows.filter(pk=OuterRef("conversation_id"))), withdrawn_at=None)
    return list(dict.fromkeys(matches.order_by("-id").values_list("conversation_id", flat=True)[:NEWEST]))
