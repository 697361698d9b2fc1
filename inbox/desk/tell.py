"""Telling a colleague something that he must not miss: it waits for him until he has seen it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from inbox.live import tell_browsers_of
from inbox.models import MATTERS, Agent, Browser, Conversation, Matter, Notice, NoticeKind, Ring, State, Status
from inbox.wake import wake

CALLS_FOR = timedelta(minutes=10)  # later it is no news that anybody is disturbed for
AT_ONCE = 3  # so many ring one by one; more of them as one
# What is said to whoever answers for it, because he does.
WHILE_HIS = (
    *(NoticeKind.GIVEN, NoticeKind.CLIMBED),
    *(NoticeKind.CLIMBS_SOON, NoticeKind.PROMISE_SOON, NoticeKind.OWES_UPDATE),
)


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
    Notice.objects.bulk_create(left)
    if unseen := [notice for notice in left if notice.read_at is None]:
        tell_browsers_of({notice.agent_id for notice in unseen})
        _let_ring(unseen)


def _let_ring(notices: list[Notice]) -> None:
    """Where their pages are all closed, too (see inbox.desk.ringing)."""
    browsers = Browser.objects.filter(agent__in={notice.agent_id for notice in notices})
    of_whom = list(browsers.values_list("pk", "agent_id"))
    Ring.objects.bulk_create(
        Ring(browser_id=browser, notice=notice, due_at=notice.at)
        for browser, agent in of_whom
        for notice in notices
        if notice.agent_id == agent
    )
    for browser, _agent in of_whom:
        wake("inbox.desk.tasks.ring", browser)


def overtaken(conversations: Collection[int], *, now: datetime) -> None:
    """What people were told of these and have not seen is no news any more where it is not so by now.

    That is what only their owner is told, to all others and of what is solved; and to their owner, that he lost them.
    Call when it is written down whose they are, before anybody is told of that.
    """
    elsewhere = ~Q(agent=F("conversation__owner")) | Q(conversation__owner=None) | Q(conversation__state=State.SOLVED)
    back = Q(kind=NoticeKind.GONE, agent=F("conversation__owner"))
    unseen = Notice.objects.filter(conversation__in=conversations, read_at=None)
    rows = list(unseen.filter(Q(elsewhere, kind__in=WHILE_HIS) | back).values_list("pk", "agent"))
    if rows:
        Notice.objects.filter(pk__in=[pk for pk, _agent in rows], read_at=None).update(read_at=now)
        tell_browsers_of({agent for _pk, agent in rows})


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
