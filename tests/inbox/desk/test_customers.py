"""One person who was taken for two: brought together, and parted again."""

import pytest

from inbox.desk.customers import merge_customers, undo_merge
from inbox.desk.merge import merge
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Conversation, Customer, Message
from tests.inbox.desk_of_five import CARLA, Desk

ALSO_CARLA = type(CARLA)(address="carla@example.org", name="Carla")


@pytest.fixture
def gone(desk: Desk) -> Conversation:
    return desk.problem(text="One lamp")


def test_merged_customers_share_addresses_and_conversations(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA)
    merge_customers(other.customer, gone.customer, by=desk.sam, now=desk.later())
    other.refresh_from_db()
    assert other.customer == gone.customer
    assert gone.customer.addresses.count() == 2
    merge(other, gone, by=desk.sam, now=desk.later())
    assert Message.objects.filter(conversation=gone).count() == 2


def test_mail_from_an_address_of_a_merged_customer_is_his(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA)
    merge_customers(other.customer, gone.customer, by=desk.sam, now=desk.later())
    assert desk.problem(sender=ALSO_CARLA, text="New").customer == gone.customer


def test_customers_that_are_parted_again_have_what_is_theirs(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA)
    his = other.customer
    act = merge_customers(his, gone.customer, by=desk.sam, now=desk.later())
    since = desk.problem(sender=ALSO_CARLA, text="New")
    undo_merge(act, by=desk.sam, now=desk.later())
    assert set(his.conversations.values_list("pk", flat=True)) == {other.pk, since.pk}
    assert [a.value for a in his.addresses.all()] == ["carla@example.org"]
    assert list(gone.customer.conversations.all()) == [gone]
    assert Customer.objects.get(pk=his.pk).merged_into is None
    with pytest.raises(AlreadyDone):
        undo_merge(act, by=desk.sam, now=desk.later())


def test_one_who_was_merged_on_with_another_is_parted_with_what_is_his(desk: Desk, gone: Conversation) -> None:
    first = desk.problem(sender=ALSO_CARLA)
    third = desk.problem(sender=type(CARLA)(address="carla@example.net", name="Carla")).customer
    his = first.customer
    act = merge_customers(his, gone.customer, by=desk.sam, now=desk.later())
    gone.customer.refresh_from_db()
    merge_customers(gone.customer, third, by=desk.sam, now=desk.later())
    undo_merge(act, by=desk.sam, now=desk.later())
    assert [a.value for a in his.addresses.all()] == ["carla@example.org"]
    assert list(his.conversations.all()) == [first]
    assert set(third.conversations.values_list("pk", flat=True)) >= {gone.pk}


def test_customers_merged_already_or_with_themselves_are_refused(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA).customer
    with pytest.raises(Invalid):
        merge_customers(other, other, by=desk.sam, now=desk.later())
    merge_customers(other, gone.customer, by=desk.sam, now=desk.later())
    with pytest.raises(AlreadyDone):
        merge_customers(gone.customer, other, by=desk.sam, now=desk.later())


def test_an_admin_merges_no_customers(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA).customer
    with pytest.raises(NotAllowed):
        merge_customers(other, gone.customer, by=desk.kim, now=desk.later())
