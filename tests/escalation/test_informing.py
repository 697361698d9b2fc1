"""What a program tells customers: once a problem, three a person a day, and nobody who may not be who he says."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import Authentication, Person
from escalation.informing import written
from escalation.models import Acknowledgement, Promise
from inbox.desk.inform import TOO_LARGE, inform
from inbox.desk.merge import split
from inbox.models import Conversation, Delivery, Message, State
from tests.escalation.ladder_of_three import Ladder
from tests.inbox.desk_of_five import CARLA, answer_to, reference_of

VERIFIED = Authentication(dmarc="pass")


@pytest.fixture
def told(ladder: Ladder) -> Ladder:
    words = {"words": "Number {number}, by {time}.", "words_ru": "Номер {number}, до {time}."}
    Acknowledgement.objects.create(channel=ladder.desk.channel, is_on=True, **words)
    return ladder


def arrives(ladder: Ladder, number: int = 1, **said: Any) -> Conversation:
    values = {"authentication": VERIFIED, "subject": f"Lamp {number}", **said}
    problem = ladder.desk.problem(f"Lamp {number}", **values)
    ladder.sweep()
    problem.refresh_from_db()
    return problem


def acknowledged(problem: Conversation) -> str:
    message = problem.messages.filter(automatic="acknowledgement").first()
    return message.text if message else ""


def test_he_gets_a_number_and_a_time_and_it_is_no_answer(told: Ladder) -> None:
    problem = arrives(told)
    assert acknowledged(problem).startswith(f"Number {problem.label}, by ")
    assert (problem.state, problem.we_spoke_last) == (State.OPEN, False)
    message = Message.objects.get(automatic="acknowledgement")
    assert message.author is None
    assert Delivery.objects.get(message=message).state == "queued"


def test_the_time_he_is_told_is_a_promise_of_whoever_answers_for_it(told: Ladder) -> None:
    problem = arrives(told)
    made = Promise.objects.get(conversation=problem)
    assert acknowledged(problem) == f"Number {problem.label}, by {written(problem, made.due_at)}."
    assert (made.made_by, problem.promise_at) == (told.desk.sam, made.due_at)
    told.desk.answers(problem, f"Here you are, and before {made.due_at:%H:%M}.")
    told.sweep()
    made.refresh_from_db()
    assert made.kept_at is not None, "he knew the time already: this is the answer"


def test_words_without_a_time_promise_none(told: Ladder) -> None:
    Acknowledgement.objects.update(words="It is here: {number}.")
    assert acknowledged(arrives(told))
    assert not Promise.objects.exists()


def test_who_has_been_answered_already_is_not_told_that_he_will_be(told: Ladder) -> None:
    problem = told.desk.problem(authentication=VERIFIED)
    told.desk.answers(problem, then=State.OPEN)
    told.sweep()
    assert acknowledged(problem) == ""


def test_who_was_told_that_his_mail_was_too_large_is_told_the_rest_too(told: Ladder) -> None:
    problem = told.desk.problem(authentication=VERIFIED)
    assert inform(problem, "It is too large.", kind=TOO_LARGE, now=told.desk.later())
    told.sweep()
    assert acknowledged(problem)


def test_what_is_split_off_is_not_acknowledged_again(told: Ladder) -> None:
    problem = arrives(told)
    told.desk.receives(
        answer_to(reference_of(problem.messages.earliest("pk")), text="And a cup", authentication=VERIFIED)
    )
    part = split(problem, [problem.messages.latest("pk")], by=told.desk.sam, now=told.desk.later())
    told.sweep()
    assert acknowledged(problem)
    assert acknowledged(part) == ""


def test_in_his_language(told: Ladder) -> None:
    assert acknowledged(arrives(told, language="ru")).startswith("Номер ")


def test_once_a_problem_and_three_times_a_day(told: Ladder) -> None:
    problems = [arrives(told, number) for number in range(5)]
    assert [bool(acknowledged(problem)) for problem in problems] == [True, True, True, False, False]
    told.desk.later(days=1, hours=1)
    assert acknowledged(arrives(told, 9))


@pytest.mark.parametrize(
    "said",
    [
        {"authentication": Authentication(dmarc="fail")},
        {"authentication": None},
        {"automatic": "auto-replied"},
        {"is_list": True},
        {"sent_at": "old"},
        {"sender": Person(address="Support@example.com")},
        {"reply_to": Person(address="sales@example.com")},
    ],
)
def test_who_may_not_be_answered_by_a_program_is_not(told: Ladder, said: dict[str, Any]) -> None:
    if said.get("sent_at"):
        said = {"sent_at": told.desk.clock - timedelta(days=2)}
    assert acknowledged(arrives(told, **said)) == ""


def test_a_mailbox_that_sends_too_much_stops(told: Ladder) -> None:
    told.desk.later()
    for number in range(35):
        told.desk.clock -= timedelta(seconds=55)
        arrives(told, number, sender=Person(address=f"customer{number}@example.com"))
    assert Message.objects.filter(automatic="acknowledgement").count() == 30


def test_where_nobody_wants_it_nothing_is_said(ladder: Ladder) -> None:
    Acknowledgement.objects.create(channel=ladder.desk.channel, is_on=False, words="x")
    assert acknowledged(arrives(ladder, sender=CARLA)) == ""


def test_a_customer_may_be_told_that_somebody_above_has_taken_over(ladder: Ladder) -> None:
    ladder.policy((3, 20), tells_customer=True, words="{level} has {number}; you hear from him by {time}. {other}")
    problem = arrives(ladder)
    ladder.sweep(hours=21)
    (message,) = problem.messages.filter(automatic="climb")
    assert message.text.startswith(f"Max has {problem.label}; you hear from him by ")
    assert message.text.endswith("{other}")
    ladder.sweep()
    problem.refresh_from_db()
    made = Promise.objects.get(conversation=problem)
    assert (made.made_by, made.due_at) == (ladder.desk.max, problem.promise_at)
