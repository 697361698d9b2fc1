"""One effect, however often a flaky line makes a program repeat its request."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from inbox.models import Conversation, Delivery, IdempotencyKey, Message
from inbox.timetable import clear_away
from tests.inbox.desk_of_five import NOW, Desk, program
from tests.inbox.parallel import at_once


def sends(client: Client, conversation: Conversation, text: str = "Yes", key: str = "1", to: str = "note/") -> Any:
    body = {"text": text} if to == "note/" else {"text": text, "seen_up_to": conversation.last_message}
    address = f"/api/v1/conversations/{conversation.number}/{to}"
    return client.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})


@pytest.mark.django_db(transaction=True)
def test_the_same_reply_twenty_times_at_once_is_one(desk: Desk) -> None:
    conversation = desk.problem()
    clients = [program(desk.ada) for _ in range(20)]
    answers = at_once([partial(sends, client, conversation, to="reply/") for client in clients])
    assert Counter(answer.status_code for answer in answers) == {201: 20}  # type: ignore[union-attr]  # none raised
    first, *others = [answer.json() for answer in answers]  # type: ignore[union-attr]  # as above
    assert others == [first] * 19
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("to", ["note/", "reply/"])
def test_the_same_again_gets_the_first_answer(desk: Desk, to: str) -> None:
    conversation, ada = desk.problem(), program(desk.ada)
    first, second = sends(ada, conversation, to=to), sends(ada, conversation, to=to)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Message.objects.exclude(direction="incoming").count() == 1


def test_the_same_key_for_something_else_is_refused(desk: Desk) -> None:
    conversation, ada = desk.problem(), program(desk.ada)
    sends(ada, conversation)
    for answer in (sends(ada, conversation, "No"), sends(ada, desk.problem("Other"))):
        assert (answer.status_code, answer.json()["code"]) == (422, "other_request")
    assert Message.objects.filter(direction="note").count() == 1


def test_another_key_is_another_effect(desk: Desk) -> None:
    conversation, ada = desk.problem(), program(desk.ada)
    for key in ("1", "2"):
        sends(ada, conversation, key=key)
    assert Message.objects.filter(direction="note").count() == 2


def test_the_key_of_another_person_is_not_mine(desk: Desk) -> None:
    conversation = desk.problem()
    for who in (desk.ada, desk.sam):
        assert sends(program(who), conversation).json()["author"]["name"] == who.name
    assert IdempotencyKey.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "a" * 101])
def test_without_a_key_nothing_is_sent(desk: Desk, key: str) -> None:
    answer = sends(program(desk.ada), desk.problem(), key=key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]
    assert not Message.objects.filter(direction="note").exists()


def test_an_answer_is_not_repeated_to_who_may_not_see_it_any_more(desk: Desk) -> None:
    conversation, ada = desk.problem(), program(desk.ada)
    sends(ada, conversation)
    desk.ada.memberships.all().delete()
    assert sends(ada, conversation).status_code == 404


def test_keys_are_kept_for_seven_days(desk: Desk) -> None:
    sends(program(desk.ada), desk.problem())
    clear_away()
    assert IdempotencyKey.objects.exists()
    IdempotencyKey.objects.update(created_at=NOW - timedelta(days=365))
    clear_away()
    assert not IdempotencyKey.objects.exists()
