"""Writing first, with a reason, to an address we know."""

import pytest

from inbox.desk.begin import begin
from inbox.desk.judge import AgainstGuidelines
from inbox.desk.reply import Draft
from inbox.errors import Invalid, NotAllowed
from inbox.models import Activity, Address, Conversation, Delivery, Message
from tests.inbox.desk_of_five import Desk, answer_to, delivery_of, history, reference_of


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
