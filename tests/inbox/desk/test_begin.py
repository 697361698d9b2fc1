"""Writing first, with a reason, to an address we know."""

from datetime import timedelta

import pytest

from connectors.contract import Incoming, Limits
from connectors.twitter.connector import X
from inbox.desk.begin import begin
from inbox.desk.fitting import window_end
from inbox.desk.judge import AgainstGuidelines
from inbox.desk.reply import Draft
from inbox.desk.solve import solve
from inbox.errors import ChannelCannot, Invalid, NotAllowed
from inbox.models import Activity, Address, Channel, Conversation, Delivery, Message
from tests.inbox.desk_of_five import Desk, answer_to, delivery_of, history, reference_of
from tests.inbox.network import direct, network, public


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


def begins(desk: Desk, address: Address, channel: Channel) -> Message:
    wanted = {"draft": Draft("It is here.", subject="Your lamp"), "reason": "recall", "by": desk.ada}
    return begin(address, channel, now=desk.later(), **wanted)  # type: ignore[arg-type]  # as above


def test_on_a_network_the_answer_to_what_we_began_joins_it(desk: Desk, channel: Channel) -> None:
    said = begins(desk, known_from(desk, channel, public()), channel)
    assert desk.receives(direct("Thank you."), channel=channel).conversation == said.conversation_id
    assert said.conversation.thread == "dm:2002"


def test_on_a_network_it_goes_into_the_private_conversation_that_is_open(desk: Desk, channel: Channel) -> None:
    address = known_from(desk, channel, direct())
    said = begins(desk, address, channel)
    assert said.conversation == Conversation.objects.get()
    assert Activity.objects.get(verb="began").conversation == said.conversation


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
    with pytest.raises(ChannelCannot, match="He has not"):
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


def test_the_same_form_sent_twice_at_once_finds_what_it_made(
    desk: Desk, carla: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = Draft("It is here.", subject="Your lamp")
    said = begun(desk, carla, draft=draft)
    looks = iter([None, said])  # the first was not committed when the second looked
    monkeypatch.setattr("inbox.desk.begin._begun", lambda *_: next(looks))
    assert begun(desk, carla, draft=draft) == said
    assert Conversation.objects.count() == 2


def test_the_subject_is_judged_too(desk: Desk, carla: Address) -> None:
    with pytest.raises(AgainstGuidelines) as stopped:
        begun(desk, carla, draft=Draft("It is here.", subject="Please call our hotline"))
    assert stopped.value.objections[0].words == "call our hotline"
    assert Conversation.objects.count() == 1
