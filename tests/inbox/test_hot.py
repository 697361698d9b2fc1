"""Rows that are read and written by prepared statements are those that the models' managers would read and write."""

from typing import Any

from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from inbox import hot
from inbox.desk.take import take
from inbox.models import Agent, Conversation, Customer, Direction, Message, Plan, State
from tests.inbox.desk_of_five import Desk

WITH = ("customer", "customer__plan", "owner", "reply_channel")


def values_of(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_comes_as_its_manager_gives_it_with_what_hangs_on_it(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plan = Plan.objects.create(name="Gold", weight=3)
    one, other = desk.problem(subject="Lamp"), desk.problem(subject="Cup")
    one.customer.plan = plan
    one.customer.save()
    take(one, by=desk.ada, now=desk.later())
    ids = [one.pk, other.pk]
    found = hot.rows(Conversation, "WHERE t.id = ANY(%s::bigint[]) ORDER BY t.id", [ids], joined=WITH)
    asked = list(Conversation.objects.filter(pk__in=ids).select_related("customer__plan", "owner", "reply_channel"))
    with django_assert_num_queries(0):
        assert [(row.owner, row.customer.plan) for row in found] == [(desk.ada, plan), (None, plan)]
        for row, same in zip(found, sorted(asked, key=lambda each: each.pk), strict=True):
            assert values_of(row) == values_of(same)
            assert values_of(row.customer) == values_of(same.customer)
            assert values_of(row.reply_channel) == values_of(same.reply_channel)


def test_of_a_row_that_comes_in_part_the_rest_is_asked_when_it_is_needed(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    said = desk.problem("The lamp arrived broken.").messages.get()
    (row,) = hot.rows(Message, "WHERE t.id = %s", [said.pk], only=("conversation", "text"))
    with django_assert_num_queries(0):
        assert (row.pk, row.conversation_id, row.text) == (said.pk, said.conversation_id, said.text)
    with django_assert_num_queries(1):
        assert row.happened_at == said.happened_at


def test_nothing_is_found_where_nothing_is(desk: Desk) -> None:
    assert hot.row(Agent, 0, "") is None
    assert hot.rows(Agent, "WHERE t.id = %s", [0]) == []


def test_a_new_row_is_as_it_was_made_and_gets_its_key(desk: Desk) -> None:
    problem = desk.problem()
    made = Message(
        conversation=problem,
        direction=Direction.NOTE,
        author=desk.ada,
        text="He has paid.",
        details={"mentioned": ["ada"]},
        happened_at=desk.later(),
    )
    assert values_of(hot.add(made)) == values_of(Message.objects.get(pk=made.pk))
    made.text = "He has paid twice."
    made.save()  # it knows that it is there
    assert Message.objects.get(pk=made.pk).text == "He has paid twice."


def test_what_the_database_fills_in_is_known_afterwards(desk: Desk) -> None:
    made = hot.add(Customer(created_at=desk.later()))
    assert values_of(made) == values_of(Customer.objects.get(pk=made.pk))


def test_only_the_fields_that_are_named_are_written(desk: Desk) -> None:
    problem = desk.problem(subject="Lamp")
    problem.state, problem.snoozed_until, problem.subject = State.PENDING, desk.later(hours=1), "Cup"
    hot.write(problem, "state", "snoozed_until")
    there = Conversation.objects.get(pk=problem.pk)
    assert (there.state, there.snoozed_until, there.subject) == (State.PENDING, problem.snoozed_until, "Lamp")
