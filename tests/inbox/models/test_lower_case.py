"""What the migration to addresses in lower case makes of rows that were written in two ways."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from connectors.contract import Person
from inbox.desk import spam
from inbox.desk.customers import undo_merge
from inbox.models import Activity, Address, Conversation, Customer, Participant
from tests.inbox.desk_of_five import CARLA, Desk, answer_to, reference_of

OTHERWISE = "Carla@Example.com"


@pytest.fixture
def two(desk: Desk) -> tuple[Conversation, Conversation]:
    """Carla wrote, and answered herself in other letters: the rows as they were before."""
    first = desk.problem()
    parent = reference_of(first.messages.get())
    stranger = Person(address="carla@example.org")
    second = Conversation.objects.get(pk=desk.receives(answer_to(parent, sender=stranger)).conversation)
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inbox_address DROP CONSTRAINT address_of_mail_in_lower_case")
    Address.objects.filter(pk=second.address_id).update(value=OTHERWISE)
    return first, second


def migrate() -> None:
    migration = import_module("inbox.migrations.0022_mail_in_lower_case")
    with connection.schema_editor(atomic=False) as editor:
        migration.lower(apps, editor)
        editor.add_constraint(Address, next(c for c in Address._meta.constraints if "lower" in c.name))


def test_the_older_row_is_kept_and_all_that_was_said_is_his(desk: Desk, two: tuple[Conversation, Conversation]) -> None:
    first, second = two
    Participant.objects.create(conversation=first, address=second.address)
    migrate()
    address = Address.objects.get()
    second.refresh_from_db()
    assert (address.pk, address.value) == (first.address_id, "carla@example.com")
    assert (second.address, second.customer, second.messages.get().sender) == (address, first.customer, address)
    assert [each.address for each in Participant.objects.all()] == [address, address]


def test_he_goes_on_in_the_conversation_that_his_other_letters_opened(
    desk: Desk, two: tuple[Conversation, Conversation]
) -> None:
    _, second = two
    migrate()
    said = answer_to(reference_of(second.messages.get()), sender=CARLA)
    assert desk.receives(said).conversation == second.pk


def test_a_row_without_a_twin_is_written_in_lower_case(desk: Desk, two: tuple[Conversation, Conversation]) -> None:
    _, second = two
    Address.objects.filter(pk=second.address_id).update(value="Carla@Example.org")
    migrate()
    assert set(Address.objects.values_list("value", flat=True)) == {"carla@example.com", "carla@example.org"}


def test_his_two_customers_are_one_and_a_person_may_undo_it(desk: Desk, two: tuple[Conversation, Conversation]) -> None:
    first, second = two
    gone = second.customer
    migrate()
    assert Customer.objects.get(pk=gone.pk).merged_into == first.customer
    undo_merge(Activity.objects.get(verb="customers_merged"), by=desk.sam, now=desk.later())
    second.refresh_from_db()
    assert second.customer == gone


def test_a_customer_who_has_another_address_stays_who_he_is(desk: Desk, two: tuple[Conversation, Conversation]) -> None:
    _, second = two
    Address.objects.create(kind="twitter", value="7", customer=second.customer, created_at=desk.clock)
    migrate()
    assert Customer.objects.get(pk=second.customer_id).merged_into is None


def test_a_block_holds(desk: Desk, two: tuple[Conversation, Conversation]) -> None:
    spam.block(two[1].address, reason="insults", by=desk.sam, now=desk.later())
    migrate()
    assert Address.objects.get().blocked_reason == "insults"
