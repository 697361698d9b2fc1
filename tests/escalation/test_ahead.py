"""What is ahead of a problem is told before it happens, and is what happens."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from escalation.ahead import ahead_of
from escalation.models import Climb
from inbox.desk.solve import solve
from inbox.desk.take import take
from tests.escalation.ladder_of_three import Ladder


def test_the_rungs_ahead_have_their_hour_and_who_would_get_it(ladder: Ladder) -> None:
    ladder.policy((2, 10), (3, 20))
    conversation = ladder.desk.problem()
    take(conversation, by=ladder.desk.ada, now=ladder.desk.later(seconds=1))
    ladder.sweep()
    conversation.refresh_from_db()
    first, second = ahead_of(conversation, ladder.desk.clock)
    assert (first.level, first.at, first.is_the_top) == (2, conversation.climbs_at, False)
    assert (second.level, second.at, second.is_the_top) == (3, conversation.opened_at + timedelta(hours=20), True)
    ladder.sweep(hours=11)
    conversation.refresh_from_db()
    climbed = Climb.objects.get()
    assert (climbed.level, climbed.due_at, climbed.given_to) == (first.level, first.at, first.to)
    assert [rung.level for rung in ahead_of(conversation, ladder.desk.clock)] == [3]


def test_while_the_customer_owes_us_an_answer_no_hour_is_told_and_when_it_is_solved_nothing_is_ahead(
    ladder: Ladder, client: Client
) -> None:
    ladder.policy((2, 10))
    conversation = ladder.desk.problem()
    take(conversation, by=ladder.desk.ada, now=ladder.desk.later(seconds=1))
    ladder.desk.answers(conversation)
    conversation.refresh_from_db()
    (rung,) = ahead_of(conversation, ladder.desk.clock)
    assert rung.at is None
    client.force_login(ladder.desk.ada)
    page = client.get(f"/ahead/{conversation.number}/").content.decode()
    assert "its clock stands" in page
    solve(conversation, by=ladder.desk.ada, now=timezone.now())
    conversation.refresh_from_db()
    assert ahead_of(conversation, timezone.now()) == ()
