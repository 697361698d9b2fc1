"""Taking: of many who reach for one conversation, one gets it."""

from collections import Counter
from functools import partial

import pytest

from inbox.desk.pass_on import pass_on
from inbox.desk.solve import solve
from inbox.desk.take import accept, take, take_over
from inbox.errors import AlreadyDone, NotAllowed
from inbox.models import Conversation, Interval, Reason
from tests.inbox.desk_of_five import Desk, history
from tests.inbox.parallel import at_once


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_take_at_once_one_gets_it(desk: Desk) -> None:
    conversation = desk.problem()
    now, people = desk.later(), [desk.ada, desk.sam, desk.max, desk.ada] * 5
    results = at_once([partial(take, conversation, by=person, now=now) for person in people])
    assert Counter(type(result) for result in results) == {Conversation: 1, AlreadyDone: 19}
    conversation.refresh_from_db()
    assert conversation.owner is not None
    assert history(conversation) == [("queue", "opened", "routed"), (conversation.owner.name, "routed", "")]


def test_who_takes_has_accepted(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    assert Interval.objects.get(conversation=conversation, ended_at=None).accepted_at == desk.clock


def test_what_somebody_has_cannot_be_taken(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    with pytest.raises(AlreadyDone):
        take(conversation, by=desk.sam, now=desk.later())


def test_who_takes_what_he_has_is_told_that_nobody_was_quicker(desk: Desk) -> None:
    mine = take(desk.problem(), by=desk.ada, now=desk.later())
    with pytest.raises(AlreadyDone, match="You have it already"):
        take(mine, by=desk.ada, now=desk.later())


def test_what_is_solved_cannot_be_taken(desk: Desk) -> None:
    conversation = desk.problem()
    solve(conversation, by=desk.ada, now=desk.later())
    with pytest.raises(AlreadyDone):
        take(conversation, by=desk.ada, now=desk.later())


def test_a_supervisor_takes_over_and_an_agent_does_not(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    take_over(conversation, by=desk.sam, now=desk.later())
    conversation.refresh_from_db()
    assert conversation.owner == desk.sam
    with pytest.raises(NotAllowed):
        take_over(conversation, by=desk.ada, now=desk.later())


def test_what_is_his_already_cannot_be_taken_over(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.sam, now=desk.later())
    with pytest.raises(AlreadyDone):
        take_over(conversation, by=desk.sam, now=desk.later())


def test_the_receiver_accepts_once(desk: Desk) -> None:
    conversation = desk.problem()
    pass_on(conversation, by=desk.sam, to=desk.ada, note="Yours", reason=Reason.TIME, now=desk.later())
    assert Interval.objects.get(conversation=conversation, ended_at=None).accepted_at is None
    accept(conversation, by=desk.ada, now=desk.later())
    for who in (desk.ada, desk.sam):
        with pytest.raises(AlreadyDone):
            accept(conversation, by=who, now=desk.later())


def test_many_takings_and_handings_leave_neither_gap_nor_overlap(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    pass_on(conversation, by=desk.ada, to=desk.sam, note="Yours", reason=Reason.TIME, now=desk.later())
    pass_on(conversation, by=desk.sam, team=desk.team, note="Back", reason=Reason.TIME, now=desk.later())
    take(conversation, by=desk.max, now=desk.later())
    solve(conversation, by=desk.max, now=desk.later())
    rows = list(Interval.objects.filter(conversation=conversation).order_by("started_at"))
    assert [row.ended_at for row in rows[:-1]] == [row.started_at for row in rows[1:]]
    assert rows[-1].ended_at == desk.clock
