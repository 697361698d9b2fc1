"""Telling a colleague something that he must not miss: it waits for him until he has seen it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from inbox import hot
from inbox.live import TOLD, tell_browsers_of
from inbox.models import MATTERS, Agent, Conversation, Matter, Notice, NoticeKind, Ring, Status
from inbox.wake import wake

CALLS_FOR = timedelta(minutes=10)  # later it is no news that anybody is disturbed for
AT_ONCE = 3  # so many ring one by one; more of them as one
# What is said to whoever answers for it, because he does.
WHILE_HIS = (
    *(NoticeKind.GIVEN, NoticeKind.CLIMBED),
    *(NoticeKind.CLIMBS_SOON, NoticeKind.PROMISE_SOON, NoticeKind.OWES_UPDATE),
)
# Browsers hear of what is not seen yet when the transaction commits (inbox.live.tell_browsers_of).
LEAVE = """
INSERT INTO inbox_notice (agent_id, kind, conversation_id, about_id, note, at, read_at)
SELECT * FROM unnest(%(agents)s::bigint[], %(kinds)s::text[], %(conversations)s::bigint[], %(abouts)s::bigint[],
    %(notes)s::text[], %(times)s::timestamptz[], %(read)s::timestamptz[])
RETURNING id, CASE WHEN read_at IS NULL THEN pg_notify(%(told)s, agent_id::text) END,
    CASE WHEN read_at IS NULL THEN ARRAY(SELECT b.id FROM inbox_browser b WHERE b.agent_id = inbox_notice.agent_id) END
"""
OVERTAKEN = """
WITH overtaken AS (
    UPDATE inbox_notice n SET read_at = %(now)s FROM inbox_conversation c
    WHERE n.conversation_id = ANY(%(conversations)s::bigint[]) AND n.read_at IS NULL AND c.id = n.conversation_id
      AND (n.kind = ANY(%(while_his)s::text[]) AND (n.agent_id IS DISTINCT FROM c.owner_id OR c.state = 'solved')
           OR n.kind = %(gone)s AND n.agent_id = c.owner_id)
    RETURNING n.agent_id)
SELECT pg_notify(%(told)s, agent_id::text) FROM (SELECT DISTINCT agent_id FROM overtaken) people
"""


def tell(
    agent: Agent,
    kind: NoticeKind,
    conversation: Conversation | None,
    *,
    now: datetime,
    about: Agent | None = None,
    note: str = "",
) -> None:
    """Leave him a notice. Call inside the transaction of what it tells of."""
    tell_all([Notice(agent=agent, kind=kind, conversation=conversation, about=about, note=note, at=now)])


def tell_all(notices: Iterable[Notice]) -> None:
    """Leave many at once, in one statement. What somebody does not want to be told stands in his list as seen."""
    left = list(notices)
    for notice in left:
        if MATTERS[NoticeKind(notice.kind)] in notice.agent.quiet:
            notice.read_at = notice.at
    if left:
        _let_ring(_leave(left))


def _leave(notices: Sequence[Notice]) -> list[tuple[Notice, int]]:
    """Return each with the browsers in which it may ring."""
    columns = {
        "agents": [notice.agent_id for notice in notices],
        "kinds": [str(notice.kind) for notice in notices],
        "conversations": [notice.conversation_id for notice in notices],
        "abouts": [notice.about_id for notice in notices],
        "notes": [notice.note for notice in notices],
        "times": [notice.at for notice in notices],
        "read": [notice.read_at for notice in notices],
        "told": TOLD,
    }
    rings = []
    for notice, (pk, _told, browsers) in zip(notices, hot.fetch(LEAVE, columns), strict=True):
        notice.pk = pk
        rings += [(notice, browser) for browser in browsers or ()]
    return rings


def _let_ring(rings: Sequence[tuple[Notice, int]]) -> None:
    """Where their pages are all closed, too (see inbox.desk.ringing)."""
    Ring.objects.bulk_create(Ring(browser_id=browser, notice=notice, due_at=notice.at) for notice, browser in rings)
    for browser in {browser for _notice, browser in rings}:
        wake("inbox.desk.tasks.ring", browser)


def overtaken(conversations: Collection[int], *, now: datetime) -> None:
    """What people were told of these and have not seen is no news any more where it is not so by now.

    That is what only their owner is told, to all others and of what is solved; and to their owner, that he lost them.
    Call when it is written down whose they are, before anybody is told of that.
    """
    kinds = {"while_his": list(WHILE_HIS), "gone": NoticeKind.GONE, "told": TOLD}
    hot.fetch(OVERTAKEN, {"conversations": list(conversations), "now": now, **kinds})


def calling(agent: Agent, after: int, *, now: datetime) -> QuerySet[Notice]:
    """What may ring at his place: new since the notice `after`, not seen yet, and nothing while he is off shift."""
    if agent.status == Status.OFF:
        return Notice.objects.none()
    return Notice.objects.filter(agent=agent, pk__gt=after, read_at=None, at__gt=now - CALLS_FOR).order_by("pk")


def be_told(agent: Agent, *, of: Iterable[Matter], sound: bool) -> None:
    """From now on he is told of these matters and of no other."""
    wanted = set(of)
    agent.quiet = [matter.value for matter in Matter if matter not in wanted]
    agent.sound = sound
    agent.save(update_fields=["quiet", "sound"])


def seen(agent: Agent, *, now: datetime, only: int | None = None) -> None:
    """He has seen all of his notices, or only this one."""
    rows = Notice.objects.filter(agent=agent)
    _seen(rows if only is None else rows.filter(pk=only), agent, now)


def seen_of(agent: Agent, conversation: Conversation, *, now: datetime) -> None:
    """He has this conversation on his screen: what he was told of it is no news any more."""
    _seen(Notice.objects.filter(agent=agent, conversation=conversation), agent, now)


def _seen(rows: QuerySet[Notice], agent: Agent, now: datetime) -> None:
    if rows.filter(read_at=None).update(read_at=now):
        tell_browsers_of({agent.pk})
