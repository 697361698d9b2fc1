"""Writing first, with a reason, to an address we know."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.contract import Incoming, Limits
from connectors.twitter.connector import X
from inbox.desk.begin import begin
from inbox.desk.fitting import window_end
from inbox.desk.judge import AgainstGuidelines
from inbox.desk.merge import merge
from inbox.desk.reply import Draft
from inbox.desk.solve import snooze, solve
from inbox.desk.undo_send import undo_send
from inbox.errors import ChannelCannot, Invalid, NotAllowed, OpenInPrivate, SentAlready
from inbox.models import Activity, Address, Agent, Channel, Conversation, Delivery, Message
from tests.inbox.desk_of_five import CARLA, Desk, answer_to, delivery_of, history, reference_of
from tests.inbox.network import direct, network, public

CARLA_TOO = type(CARLA)(address="carla@example.org", name="Carla")


@pytest.fixture
def carla(desk: Desk) -> Address:
    return desk.problem().address


def begun(desk: Desk, carla: Address, **fields: object) -> Message:
    values = {"draft": Draft("It is here.", subject="Your lamp"), "reason": "recall", "by": desk.ada, **fields}
    return begin(carla, desk.channel, now=desk.later(), **values)  # type: ignore[arg-type]  # as above


def test_a_conversation_we_begin_is_ours_and_waits_for_the_customer(desk: Desk, carla: Address) -> None:
    said = begun(desk, carla)
    conversation = said.conversation
    conversation.refresh_from_db()
    assert (conversation.owner, conversation.state, conversation.customer) == (desk.ada, "pending", carla.customer)
    assert delivery_of(said).recipients == ["carla@example.com"]
    assert history(conversation) == [("Ada", "opened", "")]
    assert Activity.objects.get(verb="began").data["reason"] == "recall"


def test_the_answer_to_what_we_began_joins_it(desk: Desk, carla: Address) -> None:
    said = begun(desk, carla)
    received = desk.receives(answer_to(reference_of(said), subject="Re: Your lamp"))
    assert received.conversation == said.conversation_id


@pytest.mark.parametrize("reason", ["", " "])
def test_without_a_reason_it_is_refused(desk: Desk, carla: Address, reason: str) -> None:
    with pytest.raises(Invalid):
        begun(desk, carla, reason=reason)


def test_an_empty_text_leaves_no_conversation_behind(desk: Desk, carla: Address) -> None:
    with pytest.raises(Invalid):
        begun(desk, carla, draft=Draft(" "))
    assert Conversation.objects.count() == 1


def test_an_address_of_another_kind_is_refused(desk: Desk, carla: Address) -> None:
    carla.kind = "x"
    with pytest.raises(Invalid):
        begun(desk, carla)


def test_who_may_not_answer_there_may_not_begin_there(desk: Desk, carla: Address) -> None:
    with pytest.raises(NotAllowed):
        begun(desk, carla, by=desk.kim)


@pytest.fixture
def channel(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A network that lets us write to everybody."""
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: True)
    return network(desk)


def known_from(desk: Desk, channel: Channel, incoming: Incoming) -> Address:
    return Conversation.objects.get(pk=desk.receives(incoming, channel=channel).conversation).address


def begins(desk: Desk, address: Address, channel: Channel, **fields: object) -> Message:
    wanted = {"draft": Draft("It is here.", subject="Your lamp"), "reason": "recall", "by": desk.ada, **fields}
    return begin(address, channel, now=desk.later(), **wanted)  # type: ignore[arg-type]  # as above


def test_on_a_network_the_answer_to_what_we_began_joins_it(desk: Desk, channel: Channel) -> None:
    said = begins(desk, known_from(desk, channel, public()), channel)
    assert desk.receives(direct("Thank you."), channel=channel).conversation == said.conversation_id
    assert said.conversation.thread == "dm:2002"


def test_a_private_conversation_that_is_open_is_named_and_stays_as_it_is(desk: Desk, channel: Channel) -> None:
    address = known_from(desk, channel, direct())
    waits = Conversation.objects.get()
    snooze(waits, by=desk.sam, until=desk.clock + timedelta(days=1), now=desk.later())
    with pytest.raises(OpenInPrivate, match=waits.label):
        begins(desk, address, channel)
    waits.refresh_from_db()
    assert waits.snoozed_until
    assert not Activity.objects.filter(verb="began").exists()
    assert not Delivery.objects.exists()


def test_on_a_network_a_subject_is_neither_kept_nor_judged(desk: Desk, channel: Channel) -> None:
    address = known_from(desk, channel, public())
    draft = Draft("It is here.", subject="Please call our hotline")
    assert begins(desk, address, channel, draft=draft).conversation.subject == ""


def test_a_mail_that_we_begin_has_a_subject(desk: Desk, carla: Address) -> None:
    with pytest.raises(Invalid, match="subject"):
        begun(desk, carla, draft=Draft("It is here.", subject=" "))


def test_where_the_network_does_not_let_us_nothing_is_begun(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = known_from(desk, channel, public())
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: bool(reference))
    with pytest.raises(ChannelCannot, match="does not let us write"):
        begins(desk, address, channel)
    assert Conversation.objects.count() == 1


def test_an_address_that_another_page_knows_is_refused(desk: Desk, channel: Channel) -> None:
    address = known_from(desk, channel, public())
    address.scope = "another page"
    with pytest.raises(Invalid, match="not on that channel"):
        begins(desk, address, channel)


def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(reply_window=timedelta(hours=24), human_window=timedelta(days=7))
    monkeypatch.setattr(X, "limits_in", lambda key: limits)


def test_where_only_who_wrote_lately_may_be_written_to_nobody_else_is(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = known_from(desk, channel, public())
    limited(monkeypatch)
    with pytest.raises(ChannelCannot, match="This customer has not"):
        begins(desk, address, channel)


@pytest.mark.parametrize(("ago", "may"), [(2, True), (8, False)])
def test_when_he_wrote_last_decides_also_where_that_is_solved(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch, ago: int, may: bool
) -> None:
    limited(monkeypatch)
    former = Conversation.objects.get(pk=desk.receives(direct(), channel=channel).conversation)
    solve(former, by=desk.ada, now=desk.later())
    desk.later(days=ago)
    if may:
        begun = begins(desk, former.address, channel).conversation
        begun.refresh_from_db()
        assert begun != former
        assert begun.window_until == window_end(former)
        return
    with pytest.raises(ChannelCannot, match="for 7 days"):
        begins(desk, former.address, channel)


def test_the_same_form_sent_again_finds_what_it_made(desk: Desk, carla: Address) -> None:
    draft = Draft("It is here.", subject="Your lamp")
    said = begun(desk, carla, draft=draft)
    assert begun(desk, carla, draft=draft) == said
    assert Delivery.objects.count() == 1
    assert Conversation.objects.count() == 2
    assert begun(desk, carla) != said


def test_what_was_taken_back_is_sent_when_the_form_comes_again_and_then_once(desk: Desk, carla: Address) -> None:
    draft = Draft("It is here.", subject="Your lamp")
    undo_send(begun(desk, carla, draft=draft), by=desk.ada, now=desk.clock)
    said = begun(desk, carla, draft=draft)
    assert begun(desk, carla, draft=draft) == said
    assert Delivery.objects.exclude(state="cancelled").count() == 1


@pytest.mark.parametrize("other", ["text", "address", "channel"])
def test_the_form_sent_again_with_something_else_in_it_names_what_it_had_sent(
    desk: Desk, carla: Address, other: str
) -> None:
    first = Draft("It is here.", subject="Your lamp")
    said = begun(desk, carla, draft=first)
    draft = replace(first, text="It is here, at last.") if other == "text" else first
    to = desk.problem(sender=CARLA_TOO).address if other == "address" else carla
    where = desk.channel_elsewhere if other == "channel" else desk.channel
    desk.ada.memberships.create(team=desk.elsewhere, role="agent")
    with pytest.raises(SentAlready, match=said.conversation.label):
        begin(to, where, draft=draft, reason="recall", by=Agent.objects.get(pk=desk.ada.pk), now=desk.later())
    assert Delivery.objects.count() == 1


def test_the_form_sent_again_finds_what_it_made_where_that_was_merged(desk: Desk, carla: Address) -> None:
    draft, other = Draft("It is here.", subject="Your lamp"), Conversation.objects.get()
    said = begun(desk, carla, draft=draft)
    merge(said.conversation, other, by=desk.sam, now=desk.later())
    assert begun(desk, carla, draft=draft) == said


def test_the_same_form_sent_twice_at_once_finds_what_it_made(
    desk: Desk, carla: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = Draft("It is here.", subject="Your lamp")
    said = begun(desk, carla, draft=draft)
    looks = iter([None, said])  # the first was not committed when the second looked
    monkeypatch.setattr("inbox.desk.begin._begun", lambda key, by: (key, next(looks)))
    assert begun(desk, carla, draft=draft) == said
    assert Conversation.objects.count() == 2


def test_the_subject_is_judged_too(desk: Desk, carla: Address) -> None:
    with pytest.raises(AgainstGuidelines) as stopped:
        begun(desk, carla, draft=Draft("It is here.", subject="Please call our hotline"))
    assert stopped.value.objections[0].words == "call our hotline"
    assert Conversation.objects.count() == 1
