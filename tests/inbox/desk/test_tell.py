"""What one is told: never of what he did himself, of nothing he does not want, and nothing rings off shift."""

from datetime import timedelta

import pytest

from inbox.desk import tell
from inbox.desk.merge import merge
from inbox.desk.note import note
from inbox.desk.pass_on import pass_on
from inbox.desk.presence import come_back, come_on_shift, go_off_shift, step_away
from inbox.desk.solve import solve
from inbox.desk.take import give_back, take, take_over
from inbox.models import MATTERS, Agent, Conversation, Matter, Notice, NoticeKind, Reason
from tests.inbox.desk_of_five import NOW, Desk


def told(agent: Agent) -> list[str]:
    return list(Notice.objects.filter(agent=agent, read_at=None).order_by("pk").values_list("kind", flat=True))


def rings(desk: Desk, agent: Agent, after: int = 0) -> list[str]:
    agent.refresh_from_db()
    return [notice.kind for notice in tell.calling(agent, after, now=desk.clock)]


def on_shift(desk: Desk, agent: Agent) -> None:
    come_on_shift(agent, now=desk.later(), until=NOW + timedelta(hours=8))


def given(desk: Desk, to: Agent) -> Conversation:
    """Sam passes it on to somebody."""
    conversation = desk.problem()
    take(conversation, by=desk.sam, now=desk.later())
    pass_on(conversation, by=desk.sam, now=desk.later(), to=to, note="You know lamps", reason=Reason.KNOWLEDGE)
    return conversation


def test_every_kind_of_notice_is_of_some_matter() -> None:
    assert set(MATTERS) == set(NoticeKind)
    assert set(MATTERS.values()) == set(Matter)


def test_who_gets_it_is_told_by_whom_and_what_was_said_to_it(desk: Desk) -> None:
    given(desk, desk.ada)
    notice = Notice.objects.get(agent=desk.ada)
    assert (notice.kind, notice.about, notice.note) == (NoticeKind.GIVEN, desk.sam, "You know lamps")


def test_who_loses_it_is_told_who_took_it_over_and_why(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    take_over(conversation, by=desk.sam, now=desk.later(), note="He is a friend of mine")
    notice = Notice.objects.get(agent=desk.ada)
    assert (notice.kind, notice.about, notice.note) == (NoticeKind.GONE, desk.sam, "He is a friend of mine")


def test_of_what_he_did_himself_nobody_is_told(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    note(conversation, "I, @ada, look at it", by=desk.ada, now=desk.later())
    pass_on(conversation, by=desk.ada, now=desk.later(), to=desk.sam, note="Please", reason=Reason.KNOWLEDGE)
    take_over(conversation, by=desk.max, now=desk.later())
    assert told(desk.ada) == []
    assert told(desk.max) == []
    assert told(desk.sam) == [NoticeKind.GONE]


def test_that_it_is_his_is_no_news_any_more_when_it_is_not(desk: Desk) -> None:
    conversation = given(desk, desk.ada)
    tell.tell(desk.ada, NoticeKind.CLIMBS_SOON, conversation, now=desk.clock)
    note(conversation, "@ada, is it red?", by=desk.sam, now=desk.later())
    take_over(conversation, by=desk.max, now=desk.later())
    assert told(desk.ada) == [NoticeKind.MENTIONED, NoticeKind.GONE]


def test_that_he_lost_it_is_no_news_any_more_when_it_is_his_again(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    take_over(conversation, by=desk.sam, now=desk.later())
    give_back(conversation, by=desk.sam, now=desk.later(), note="Yours again")
    assert told(desk.ada) == [NoticeKind.GIVEN]


def test_what_a_colleague_solved_waits_for_nobody(desk: Desk) -> None:
    other = given(desk, desk.ada)
    solve(given(desk, desk.ada), by=desk.sam, now=desk.later())
    merge(other, desk.problem(), by=desk.sam, now=desk.later())
    assert told(desk.ada) == []


def test_what_goes_back_into_the_queue_is_news_to_nobody(desk: Desk) -> None:
    conversation = given(desk, desk.ada)
    pass_on(conversation, by=desk.ada, now=desk.later(), team=desk.elsewhere, note="Theirs", reason=Reason.TOPIC)
    assert told(desk.ada) == []


def test_it_rings_on_shift_and_while_he_is_away_for_a_moment_but_never_off_shift(desk: Desk) -> None:
    given(desk, desk.ada)
    assert rings(desk, desk.ada) == []
    on_shift(desk, desk.ada)
    assert rings(desk, desk.ada) == [NoticeKind.GIVEN]
    step_away(desk.ada, now=desk.later())
    assert rings(desk, desk.ada) == [NoticeKind.GIVEN]
    come_back(desk.ada, now=desk.later())
    go_off_shift(desk.ada, now=desk.later())
    assert rings(desk, desk.ada) == []
    assert NoticeKind.GIVEN in told(desk.ada), "what he was told waits for him"


def test_it_rings_once_and_not_after_he_has_seen_it_or_much_later(desk: Desk) -> None:
    on_shift(desk, desk.ada)
    conversation = given(desk, desk.ada)
    newest = Notice.objects.get(agent=desk.ada).pk
    assert rings(desk, desk.ada, after=newest) == []
    assert rings(desk, desk.ada) == [NoticeKind.GIVEN]
    desk.later(minutes=11)
    assert rings(desk, desk.ada) == []
    desk.clock -= timedelta(minutes=11)
    tell.seen_of(desk.ada, conversation, now=desk.clock)
    assert rings(desk, desk.ada) == []


def test_what_he_does_not_want_to_be_told_stands_in_his_list_as_seen(desk: Desk) -> None:
    on_shift(desk, desk.ada)
    tell.be_told(desk.ada, of=[Matter.MENTION], sound=True)
    conversation = given(desk, desk.ada)
    note(conversation, "@ada, is it red?", by=desk.sam, now=desk.later())
    assert told(desk.ada) == rings(desk, desk.ada) == [NoticeKind.MENTIONED]
    assert Notice.objects.filter(agent=desk.ada, kind=NoticeKind.GIVEN).exclude(read_at=None).count() == 1


def test_one_notice_is_seen_without_the_others_and_never_that_of_a_colleague(desk: Desk) -> None:
    given(desk, desk.ada)
    given(desk, desk.max)
    given(desk, desk.ada)
    first, of_max, _last = Notice.objects.order_by("pk")
    tell.seen(desk.ada, now=desk.later(), only=first.pk)
    tell.seen(desk.ada, now=desk.later(), only=of_max.pk)
    assert told(desk.ada) == [NoticeKind.GIVEN]
    assert told(desk.max) == [NoticeKind.GIVEN]


@pytest.mark.parametrize("matter", Matter)
def test_each_matter_can_be_switched_off_alone(desk: Desk, matter: Matter) -> None:
    tell.be_told(desk.ada, of=[each for each in Matter if each != matter], sound=False)
    for kind in NoticeKind:
        tell.tell(desk.ada, kind, None, now=desk.later())
    assert {MATTERS[NoticeKind(kind)] for kind in told(desk.ada)} == set(Matter) - {matter}
