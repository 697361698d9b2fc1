"""Each invariant is seen red once, by a row that the database would have refused."""

from datetime import timedelta

import pytest
from django.db import connection

from inbox.models import Conversation
from reports import tasks
from reports.invariants import INVARIANTS, violations
from tests.inbox.desk_of_five import Desk

# What breaks each: constraints are dropped and triggers are off for the length of the test's transaction.
PLANTED = {
    "somebody answers for every conversation that is not solved": [
        "DELETE FROM inbox_leadterm",
        "UPDATE inbox_conversation SET owner_id = NULL",
    ],
    "a conversation that is not solved has one present interval, which names its team and owner": [
        "DELETE FROM inbox_interval WHERE ended_at IS NULL",
    ],
    "nobody answers for what is solved": ["UPDATE inbox_conversation SET state = 'solved', solved_at = opened_at"],
    "the intervals of a conversation leave no gap": [
        "UPDATE inbox_interval SET ended_at = ended_at - interval '1 second' WHERE ended_at IS NOT NULL",
    ],
    "the intervals of a conversation do not overlap": [
        "ALTER TABLE inbox_interval DROP CONSTRAINT interval_no_overlap",
        "UPDATE inbox_interval SET started_at = started_at - interval '1 second' WHERE ended_at IS NULL",
    ],
    "every team has one duty lead": ["DELETE FROM inbox_leadterm"],
    "what is called sent has its proof": [
        "ALTER TABLE inbox_delivery DROP CONSTRAINT delivery_sent_has_a_proof",
        "UPDATE inbox_delivery SET state = 'sent', accepted_at = NULL",
    ],
    "nothing is still being sent long after its lease": [
        "ALTER TABLE inbox_delivery DROP CONSTRAINT delivery_lease_is_whole",
        "UPDATE inbox_delivery SET state = 'sending', lease_until = queued_at - interval '1 day'",
    ],
    "one answer of a conversation is sent at a time": [
        "DROP INDEX delivery_one_in_flight",
        "ALTER TABLE inbox_delivery DROP CONSTRAINT delivery_lease_is_whole",
        "DROP INDEX delivery_part_once",
        """INSERT INTO inbox_delivery (message_id, conversation_id, channel_id, part, recipients, payload, state, phase,
        provider_id, due_at, queued_at, attempts, looks) SELECT message_id, conversation_id, channel_id, 0, recipients,
        payload, 'queued', '', 'b', queued_at, queued_at, 0, 0 FROM inbox_delivery""",
        "UPDATE inbox_delivery SET state = 'sending', lease_until = now() + interval '1 day'",
    ],
    "what came in says of its item what became of it": ["UPDATE inbox_item SET outcome = 'duplicate'"],
    "an item that is called a message is one": ["UPDATE inbox_message SET item_id = NULL"],
    "no item waits for long": ["UPDATE inbox_item SET outcome = 'waiting', opened_at = NULL"],
    "every envelope was split into items": ["DELETE FROM inbox_item"],
    "an incoming message has its sender, an outgoing one its author or the mail it came with": [
        "UPDATE inbox_message SET author_id = NULL WHERE direction = 'outgoing'",
    ],
}


@pytest.fixture
def answered(desk: Desk) -> Conversation:
    """Carla wrote, ada took it and answered."""
    conversation = desk.problem()
    desk.answers(conversation)
    return conversation


def test_a_desk_at_work_breaks_none(desk: Desk, answered: Conversation) -> None:
    assert violations(desk.clock) == {}


def test_each_has_its_planted_row() -> None:
    assert PLANTED.keys() == INVARIANTS.keys()


@pytest.mark.parametrize("name", INVARIANTS)
def test_it_sees_what_must_never_be(name: str, desk: Desk, answered: Conversation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in PLANTED[name]:
            cursor.execute(statement)
    assert violations(desk.clock + timedelta(days=1))[name]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_what_does_not_hold_is_an_alarm(desk: Desk, answered: Conversation, caplog: pytest.LogCaptureFixture) -> None:
    tasks.check_invariants()
    assert caplog.text == ""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM inbox_leadterm")
    tasks.check_invariants()
    assert "it does not hold any more that every team has one duty lead" in caplog.text
