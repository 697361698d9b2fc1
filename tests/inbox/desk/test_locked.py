"""A conversation that somebody else has in hand is waited for, and found as it is then."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from inbox.desk.ownership import hand, locked
from inbox.models import Cause, Conversation
from tests.inbox.desk_of_five import Desk
from tests.waiting import until


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def team_of(conversation: Conversation) -> int:
    try:
        with transaction.atomic():
            return locked(conversation).team_id
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_it_finds_it_though_it_went_to_another_team_meanwhile(desk: Desk) -> None:
    conversation = desk.problem()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            held = locked(conversation)
            waits = pool.submit(team_of, conversation)
            until(somebody_waits, "another one waits for it")
            hand(held, now=desk.later(), cause=Cause.PASSED_ON, owner=None, team=desk.elsewhere, by=desk.ada)
        assert waits.result(30) == desk.elsewhere.pk
