"""Each invariant is seen red once, by a row that the database would have refused."""

from datetime import timedelta

import pytest
from django.db import connection

from inbox.models import Conversation
from reports import tasks
from reports.invariants import INVARIANTS, longest_alone, violations
from tests.inbox.desk_of_five import Desk

CLIMBED = """
INSERT INTO escalation_climb (conversation_id, cycle, level, due_at, at, given_to_id)
SELECT id, 1, 2, opened_at, opened_at, owner_id FROM inbox_conversation
"""
GIVEN = """
UPDATE inbox_interval SET started_at = %(now)s, began_by = 'routed', by_id = NULL WHERE ended_at IS NULL
"""
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
    "the history of a conversation begins when it was opened": [
        "UPDATE inbox_conversation SET opened_at = opened_at - interval '1 second'",
    ],
    "a duty passes from one lead to the next without a gap": [
        """INSERT INTO inbox_leadterm (team_id, agent_id, started_at, ended_at)
        SELECT team_id, agent_id, started_at - interval '1 hour', started_at - interval '1 second'
        FROM inbox_leadterm""",
    ],
    "nothing overdue stays below its level for more than one sweep": [
        "UPDATE inbox_conversation SET climbs_at = %(now)s - interval '2 minutes', climbs_to = 2",
    ],
    "each step is raised once": [
        "DROP INDEX climb_once",
        *([CLIMBED] * 2),
    ],
    "what climbed became somebody's, and what became somebody's by the clock has climbed": [CLIMBED],
    "routing and shift ends give to nobody who is not on shift": [GIVEN],
    "routing and shift ends give to nobody more than he can take": [
        "UPDATE inbox_agent SET status = 'on_shift', capacity = 0",
        "UPDATE inbox_conversation SET state = 'open'",
        GIVEN,
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
    "an incoming message has its sender, an outgoing one its author, the mail it came with or a program": [
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
    now = desk.clock + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in PLANTED[name]:
            cursor.execute(statement, {"now": now})
    assert violations(now)[name]
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


def test_the_longest_time_without_anybody_is_found_between_owners_and_between_leads(
    desk: Desk, answered: Conversation
) -> None:
    now = desk.clock + timedelta(days=1)
    desk.problem("It waits in the queue.", subject="Another lamp")
    assert longest_alone(now) == 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE inbox_interval SET ended_at = ended_at - interval '7 seconds' WHERE ended_at IS NOT NULL"
        )
        assert longest_alone(now) == 7
        cursor.execute("UPDATE inbox_leadterm SET ended_at = %s", [now - timedelta(minutes=1)])
        assert longest_alone(now) == 60
        cursor.execute("UPDATE inbox_leadterm SET ended_at = NULL")
        cursor.execute("SET LOCAL session_replication_role = origin")
