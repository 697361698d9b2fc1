"""Customers who gave the same address or number are suggested to be one; a name never suggests anything."""

import pytest

from connectors.contract import Person
from inbox.desk.customers import are_one, are_two, likenesses_of, undo_merge
from inbox.desk.likeness import given_in
from inbox.errors import AlreadyDone
from inbox.models import Activity, Channel, Conversation, Customer, Given, Likeness
from tests.inbox.desk_of_five import Desk, mail
from tests.inbox.network import CARLA, MAX, direct, network


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def customer_of(desk: Desk, received_in: int) -> Customer:
    return Conversation.objects.get(pk=received_in).customer


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Write to Carla@Example.com, please.", "en", [("email", "carla@example.com")]),
        ("My number is +49 30 901820.", "", [("phone", "+4930901820")]),
        ("Мой номер 8 (495) 123-45-67", "ru", [("phone", "+74951234567")]),
        ("Order 4711 of 2026-11-23 for 12.50", "en", []),
        ("8 (495) 123-45-67", "", []),
    ],
)
def test_what_a_text_gives(text: str, language: str, found: list[tuple[str, str]]) -> None:
    assert list(given_in(text, language)) == found


def test_a_list_of_addresses_is_no_person(desk: Desk) -> None:
    text = " ".join(f"kim{n}@example.org" for n in range(50))
    assert len(list(given_in(text, "en"))) == 5


def test_the_mail_address_that_somebody_gives_on_a_network_is_suggested(desk: Desk, channel: Channel) -> None:
    by_mail = customer_of(desk, desk.receives(mail()).conversation)
    on_x = customer_of(desk, desk.receives(direct("Write to carla@example.com"), channel=channel).conversation)
    like = Likeness.objects.get()
    assert {like.customer, like.other} == {by_mail, on_x}
    assert (like.kind, like.value) == ("email", "carla@example.com")
    assert by_mail.merged_into is None


def test_it_is_suggested_in_whichever_order_they_come(desk: Desk, channel: Channel) -> None:
    desk.receives(direct("Write to carla@example.com"), channel=channel)
    assert not Likeness.objects.exists()
    desk.receives(mail())
    assert Likeness.objects.count() == 1


def test_the_same_phone_number_is_suggested(desk: Desk, channel: Channel) -> None:
    desk.receives(direct("Call +49 30 901820"), channel=channel)
    desk.receives(direct("Call 0049 30 90 18 20 or +4930901820", sender=MAX), channel=channel)
    assert Likeness.objects.get().value == "+4930901820"


def test_the_same_name_suggests_nothing(desk: Desk, channel: Channel) -> None:
    desk.receives(direct(), channel=channel)
    desk.receives(direct(sender=Person(address="2999", name=CARLA.name)), channel=channel)
    assert not Likeness.objects.exists()


def test_our_own_address_is_nobodys(desk: Desk, channel: Channel) -> None:
    desk.receives(direct("I wrote to support@example.com"), channel=channel)
    assert not Given.objects.exists()


def suggested(desk: Desk, channel: Channel) -> Likeness:
    desk.receives(mail())
    desk.receives(direct("Write to carla@example.com"), channel=channel)
    return Likeness.objects.get()


def test_a_person_makes_them_one_and_can_take_it_back(desk: Desk, channel: Channel) -> None:
    like = suggested(desk, channel)
    merged = are_one(like, by=desk.ada, now=desk.later())
    assert set(like.customer.addresses.values_list("kind", flat=True)) == {"email", "twitter"}
    assert not likenesses_of(like.customer, desk.ada)
    undo_merge(merged, by=desk.ada, now=desk.later())
    assert like.customer.addresses.count() == 1


def test_told_apart_they_are_not_suggested_again(desk: Desk, channel: Channel) -> None:
    like = suggested(desk, channel)
    are_two(like, by=desk.ada, now=desk.later())
    desk.receives(direct("Again: carla@example.com"), channel=channel)
    assert not likenesses_of(like.customer, desk.ada)
    assert Activity.objects.filter(verb="customers_told_apart").exists()
    with pytest.raises(AlreadyDone):
        are_one(like, by=desk.ada, now=desk.later())


def test_what_points_to_one_points_to_whoever_he_has_become(desk: Desk, channel: Channel) -> None:
    """Carla gave her address, and the number that Max gave: once she is known by mail, that is still to be asked."""
    by_mail = customer_of(desk, desk.receives(mail()).conversation)
    max_ = customer_of(desk, desk.receives(direct("+49 30 901820", sender=MAX), channel=channel).conversation)
    carla = customer_of(desk, desk.receives(direct("carla@example.com, +49 30 901820"), channel=channel).conversation)
    (mailed,) = likenesses_of(by_mail, desk.ada)
    done = are_one(mailed, by=desk.ada, now=desk.later())
    for customer, other in ((by_mail, max_), (max_, by_mail)):
        (like,) = likenesses_of(customer, desk.ada)
        assert ({like.customer, like.other}, like.value) == ({customer, other}, "+4930901820")
    undo_merge(done, by=desk.ada, now=desk.later())
    assert not likenesses_of(by_mail, desk.ada)
    (like,) = likenesses_of(carla, desk.ada)
    assert {like.customer, like.other} == {carla, max_}


def test_all_who_were_put_together_become_one(desk: Desk, channel: Channel) -> None:
    by_mail = customer_of(desk, desk.receives(mail()).conversation)
    max_ = customer_of(desk, desk.receives(direct("+49 30 901820", sender=MAX), channel=channel).conversation)
    desk.receives(direct("carla@example.com, +49 30 901820"), channel=channel)
    for _ in range(2):
        are_one(likenesses_of(by_mail, desk.ada)[0], by=desk.ada, now=desk.later())
    assert max_.addresses.count() == 0
    assert by_mail.addresses.count() == 3
    assert not likenesses_of(by_mail, desk.ada)


def test_who_was_told_apart_is_asked_about_for_no_other_reason(desk: Desk, channel: Channel) -> None:
    by_mail = customer_of(desk, desk.receives(mail(text="+49 30 901820")).conversation)
    max_ = customer_of(desk, desk.receives(direct("+49 30 901820", sender=MAX), channel=channel).conversation)
    desk.receives(direct("carla@example.com, +49 30 901820"), channel=channel)
    carla = next(like for like in likenesses_of(by_mail, desk.ada) if max_ not in {like.customer, like.other})
    are_one(carla, by=desk.ada, now=desk.later())
    (like,) = likenesses_of(by_mail, desk.ada)
    are_two(like, by=desk.ada, now=desk.later())
    assert not likenesses_of(by_mail, desk.ada)
    assert not likenesses_of(max_, desk.ada)
