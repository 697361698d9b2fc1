"""What was said elsewhere is a problem like any other; its answer is given there by a person, and marked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.desk import settle, solve
from inbox.desk.outside import Told, better_way, log_outside
from inbox.desk.pass_on import pass_on
from inbox.errors import Invalid, NotAllowed
from inbox.models import Channel, Conversation, Customer, DeliveryState, Likeness, Reason, State
from tests.inbox.desk_of_five import NOW, Desk, delivery_of, history, mail

TOLD = Told(
    who="Carla",
    address="+49 30 901820",
    where="WhatsApp of Ada",
    text="My lamp arrived broken.",
    happened_at=NOW,
)


def logged(desk: Desk, **other: object) -> Conversation:
    return log_outside(replace(TOLD, **other), team=desk.team, by=desk.ada, now=desk.later())  # type: ignore[arg-type]  # fields of Told


def test_it_is_owned_by_who_writes_it_down(desk: Desk) -> None:
    conversation = logged(desk)
    message = conversation.messages.get()
    assert (conversation.channel.kind, conversation.owner, conversation.state) == ("outside", desk.ada, State.OPEN)
    assert (message.direction, message.details["where"], message.author) == ("incoming", "WhatsApp of Ada", desk.ada)
    assert history(conversation) == [("Ada", "opened", "")]


def test_it_is_handed_over_and_solved_like_any_other(desk: Desk) -> None:
    conversation = logged(desk)
    pass_on(conversation, by=desk.ada, now=desk.later(), to=desk.sam, note="She has a photo.", reason=Reason.TIME)
    conversation.refresh_from_db()
    solve.solve(conversation, by=desk.sam, now=desk.later())
    assert [owner for owner, _began, _ended in history(conversation)] == ["Ada", "Sam"]


def test_its_answer_waits_for_a_person_and_is_marked_as_given(desk: Desk) -> None:
    conversation = logged(desk)
    delivery = delivery_of(desk.answers(conversation, "A new one is on its way."))
    assert delivery.state == DeliveryState.NEEDS_HUMAN
    settle.it_arrived(delivery, by=desk.ada, now=desk.later())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_by_hand) == (DeliveryState.SENT, desk.ada)


def test_the_same_number_is_the_same_customer(desk: Desk) -> None:
    assert logged(desk).customer == logged(desk, text="And the shade, too.").customer
    assert Channel.objects.filter(kind="outside").count() == 1


def test_the_same_name_is_not_the_same_customer(desk: Desk) -> None:
    first = logged(desk, address=" ")
    assert logged(desk, address="").customer != first.customer
    assert logged(desk, address="", customer=first.customer).address == first.address


def test_a_number_of_another_customer_is_not_given_to_this_one(desk: Desk) -> None:
    known = logged(desk).customer
    with pytest.raises(Invalid) as caught:
        logged(desk, customer=desk.problem().customer)
    assert known.label in str(caught.value)


def test_he_may_be_a_customer_we_know(desk: Desk) -> None:
    known = desk.problem().customer
    assert logged(desk, customer=known).customer == known
    assert Customer.objects.count() == 1


def test_his_number_suggests_who_else_he_is(desk: Desk) -> None:
    desk.receives(mail("Call me: +49 30 901820"))
    logged(desk)
    assert Likeness.objects.get().value == "+4930901820"


@pytest.mark.parametrize("missing", [{"text": " "}, {"where": ""}, {"who": "", "address": ""}])
def test_who_where_and_what_must_be_said(desk: Desk, missing: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        logged(desk, **missing)
    assert not Conversation.objects.exists()


def test_what_has_not_happened_yet_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        logged(desk, happened_at=NOW + timedelta(days=2))


def test_it_can_be_written_down_only_for_ones_team(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        log_outside(TOLD, team=desk.elsewhere, by=desk.ada, now=desk.later())


def test_the_better_way_names_the_teams_mailbox(desk: Desk) -> None:
    assert "support@example.com" in better_way(logged(desk))
