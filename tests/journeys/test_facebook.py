"""From a customer on Facebook to the desk and back, by webhook and by polling, and every way in which it says no."""

from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from inbox.desk.moderate import hide, like
from inbox.desk.privately import continue_privately
from inbox.desk.reply import Draft
from inbox.errors import ChannelCannot
from inbox.inbound import gather, poll, unpack
from inbox.models import Attachment, Conversation, Delivery, Direction, Item, Message, Outcome
from tests.inbox.parallel import at_once
from tests.journeys.mailroom import ledger_difference, states
from tests.journeys.networks import OnFacebook, a_moment_passes, reconciled, upload
from tests.waiting import until

pytestmark = pytest.mark.timeout(120)
PNG = b"\x89PNG\r\n\x1a\n" + b"a lamp" * 20
WRITTEN = "My lamp arrived broken"


def arrives(facebook: OnFacebook, way: str) -> None:
    (facebook.hear if way == "webhook" else facebook.ask)()


@pytest.fixture(params=["webhook", "polling"])
def way(request: pytest.FixtureRequest, facebook: OnFacebook) -> str:
    if request.param == "webhook":
        facebook.subscribe()
    return str(request.param)


# -- in, and back


def test_a_message_is_answered_in_messenger(facebook: OnFacebook, way: str) -> None:
    facebook.street.write("Carla", WRITTEN)
    arrives(facebook, way)
    answer = facebook.answers(Conversation.objects.get())
    facebook.dispatch()
    assert states(answer) == ["sent"]
    assert facebook.seen_by("Carla") == [WRITTEN, "On its way."]
    arrives(facebook, way)
    assert Message.objects.count() == 2


def test_a_comment_is_answered_under_it(facebook: OnFacebook, way: str, post: str) -> None:
    comment = facebook.street.comment("Carla", post, WRITTEN)
    arrives(facebook, way)
    facebook.gather()
    conversation = Conversation.objects.get(public=True)
    assert conversation.post is not None
    assert conversation.post.text == "Open again"
    facebook.answers(conversation)
    facebook.dispatch()
    _, ours = facebook.street.comments(post)
    assert (ours["parent"], ours["text"]) == (comment, "On its way.")
    arrives(facebook, way)
    assert Message.objects.count() == 2


def test_a_private_reply_to_a_comment_goes_on_in_private(facebook: OnFacebook, under_a_post: Conversation) -> None:
    draft = Draft("What is your order number?")
    seen, ada = under_a_post.last_message, facebook.company.ada
    said = continue_privately(under_a_post, draft, by=ada, seen_up_to=seen, seen_in_private=0, now=timezone.now())
    Delivery.objects.update(due_at=timezone.now())
    facebook.dispatch()
    assert facebook.seen_by("Carla") == ["What is your order number?"]
    with pytest.raises(ChannelCannot):
        continue_privately(under_a_post, draft, by=ada, seen_up_to=seen, seen_in_private=said.pk, now=timezone.now())
    with pytest.raises(ChannelCannot, match="once"):
        facebook.answers(said.conversation)
    facebook.street.write("Carla", "It is 7.")
    facebook.ask()
    assert Message.objects.latest("pk").conversation == said.conversation
    assert said.conversation.former == under_a_post
    facebook.answers(said.conversation)
    facebook.dispatch()
    assert facebook.seen_by("Carla")[1:] == ["It is 7.", "On its way."]


def test_pictures_come_and_go_in_messenger(facebook: OnFacebook, way: str) -> None:
    facebook.street.write("Carla", "Look", attachments=[("lamp.png", PNG)])
    arrives(facebook, way)
    facebook.gather()
    assert (Attachment.objects.get().size, Attachment.objects.get().missing) == (len(PNG), "")
    answer = facebook.answers(Conversation.objects.get(), "Like this one?", attachments=[upload(facebook.company, PNG)])
    facebook.dispatch()
    assert states(answer) == ["sent", "sent"]
    *_, text, picture = facebook.street.messages("Carla")
    assert (text["text"], picture["text"]) == ("Like this one?", "")
    assert requests.get(picture["urls"][0], timeout=10).content == PNG


def test_pictures_come_and_go_in_comments(facebook: OnFacebook, way: str, post: str) -> None:
    facebook.street.comment("Carla", post, "Look", attachments=[("lamp.png", PNG)])
    arrives(facebook, way)
    facebook.gather()
    assert (Attachment.objects.get().size, Attachment.objects.get().missing) == (len(PNG), "")
    facebook.answers(Conversation.objects.get(), "Like this one?", attachments=[upload(facebook.company, PNG)])
    facebook.dispatch()
    *_, ours = facebook.street.comments(post)
    assert requests.get(ours["urls"][0], timeout=10).content == PNG


def test_an_answer_in_the_inbox_of_meta_stands_in_the_conversation(facebook: OnFacebook, way: str) -> None:
    facebook.street.write("Carla", WRITTEN)
    arrives(facebook, way)
    facebook.street.answer_elsewhere("Carla", "We look into it.")
    arrives(facebook, way)
    said = Conversation.objects.get().messages.order_by("happened_at", "pk")
    assert list(said.values_list("direction", "text")) == [
        (Direction.INCOMING, WRITTEN),
        (Direction.OUTGOING, "We look into it."),
    ]


def test_a_comment_is_liked_and_hidden(facebook: OnFacebook, under_a_post: Conversation, post: str) -> None:
    comment, company = under_a_post.messages.get(), facebook.company
    for on in (True, False):
        like(comment, on=on, by=company.sam, now=timezone.now())
        hide(comment, on=on, by=company.sam, now=timezone.now())
        assert facebook.street.comments(post)[0]["hidden"] is on
    assert [effect.what for effect in facebook.graph.log()] == ["like", "hide", "unlike", "unhide"]


# -- doubled, late and in the wrong order


def test_the_same_event_by_both_ways_and_twice_is_one_message(facebook: OnFacebook, post: str) -> None:
    facebook.subscribe()
    facebook.graph.misbehave_hooks(copies=2)
    facebook.street.comment("Carla", post, WRITTEN)
    facebook.street.write("Carla", WRITTEN)
    facebook.hear()
    facebook.ask()
    facebook.ask()
    assert Message.objects.count() == 2
    assert ledger_difference() == 0


def test_messages_in_the_wrong_order_stand_in_the_right_place(facebook: OnFacebook) -> None:
    facebook.subscribe()
    facebook.graph.misbehave_hooks(backwards=3)
    for text in ("first", "second", "third"):
        facebook.street.write("Carla", text)
        a_moment_passes()
    facebook.hear()
    said = Conversation.objects.get().messages.order_by("happened_at", "pk")
    assert list(said.values_list("text", flat=True)) == ["first", "second", "third"]


@pytest.mark.parametrize("became", ["edited", "unsent"])
def test_what_became_of_a_message_may_be_told_before_it(facebook: OnFacebook, became: str) -> None:
    facebook.subscribe()
    facebook.graph.misbehave_hooks(backwards=2)
    mid = facebook.street.write("Carla", WRITTEN)
    if became == "edited":
        facebook.street.edit(mid, "My lamp is red")
    else:
        facebook.street.unsend(mid)
    facebook.hear()
    Item.objects.filter(outcome=Outcome.WAITING).update(due_at=None)
    facebook.hear()
    message = Message.objects.get()
    assert (message.text == "My lamp is red", message.withdrawn_at is not None) == (
        became == "edited",
        became == "unsent",
    )
    assert not Item.objects.filter(outcome=Outcome.WAITING).exists()


def test_what_came_in_an_outage_of_two_days_is_fetched(facebook: OnFacebook, post: str) -> None:
    facebook.ask()
    for _ in range(2):
        for number in range(30):
            facebook.street.write(f"Carla {number % 5}", f"message {number}")
            facebook.street.comment(f"Carla {number % 7}", post, f"comment {number}")
        facebook.pass_time(timedelta(days=1))
    for minute in range(4):
        facebook.ask(minute)
    assert Message.objects.count() == 120
    assert Item.objects.exclude(outcome=Outcome.MESSAGE).count() == 0


def test_a_comment_under_an_ad_that_nobody_told_us_of_is_found(facebook: OnFacebook) -> None:
    ad = facebook.street.advertise("Lamps, half the price")
    facebook.ask()
    facebook.subscribe()
    facebook.street.comment("Carla", ad, WRITTEN)
    facebook.hear()
    facebook.graph.misbehave_hooks(copies=0)
    facebook.street.comment("Ada", ad, "Mine too")
    facebook.hear()
    facebook.ask()
    facebook.gather()
    assert Message.objects.count() == 1
    assert poll.look_for_missed(facebook.channel, facebook.now) == 1
    unpack.open_waiting(facebook.channel)
    assert {each.post.text for each in Conversation.objects.select_related("post") if each.post} == {
        "Lamps, half the price"
    }
    assert Message.objects.count() == 2


def test_what_became_of_a_comment_is_noticed_without_webhooks(
    facebook: OnFacebook, under_a_post: Conversation, post: str
) -> None:
    (comment,) = facebook.street.comments(post)
    facebook.street.edit_comment(comment["id"], "My lamp is red")
    facebook.street.hide_comment(comment["id"])
    facebook.ask()
    gather.gather(facebook.channel, timezone.now() + timedelta(hours=7))
    message = under_a_post.messages.get()
    assert (message.text, message.edited_at is not None, message.details["hidden"]) == ("My lamp is red", True, True)
    facebook.street.remove_comment(comment["id"])
    gather.gather(facebook.channel, timezone.now() + timedelta(hours=14))
    message.refresh_from_db()
    assert message.withdrawn_at is not None


# -- the window


@pytest.mark.parametrize(("hours", "terms"), [(23, "RESPONSE"), (25, "HUMAN_AGENT"), (7 * 24 - 1, "HUMAN_AGENT")])
def test_an_answer_says_by_which_rule_it_comes(
    facebook: OnFacebook, in_messenger: Conversation, hours: int, terms: str
) -> None:
    facebook.pass_time(timedelta(hours=hours))
    answer = facebook.answers(in_messenger)
    facebook.dispatch()
    assert states(answer) == ["sent"]
    assert [effect.body["terms"] for effect in facebook.graph.log()] == [terms]


def test_after_seven_days_nobody_can_answer_until_the_customer_writes(
    facebook: OnFacebook, in_messenger: Conversation
) -> None:
    facebook.pass_time(timedelta(days=7, minutes=1))
    with pytest.raises(ChannelCannot, match="7"):
        facebook.answers(in_messenger)
    assert facebook.said_by_us() == []


def test_an_answer_that_waited_until_the_window_was_shut_says_so(
    facebook: OnFacebook, in_messenger: Conversation
) -> None:
    answer = facebook.answers(in_messenger)
    facebook.pass_time(timedelta(days=7, minutes=1))
    facebook.dispatch()
    assert states(answer) == ["failed"]
    assert "7 days" in answer.deliveries.get().error["sentence"]  # type: ignore[index]  # there is one
    in_messenger.refresh_from_db()
    assert in_messenger.state == "open"


# -- what became of an answer


def test_receipts_say_that_it_was_delivered_and_read(facebook: OnFacebook, in_messenger: Conversation) -> None:
    facebook.subscribe()
    answer = facebook.answers(in_messenger)
    facebook.dispatch()
    facebook.street.receive("Carla")
    facebook.hear()
    assert states(answer) == ["delivered"]
    facebook.street.read("Carla")
    facebook.hear()
    assert states(answer) == ["read"]


def test_an_echo_before_the_answer_is_the_same_message(facebook: OnFacebook, in_messenger: Conversation) -> None:
    facebook.subscribe()
    facebook.graph.set_habits(echo_first=True)
    answer = facebook.answers(in_messenger)

    def open_the_echo() -> None:
        until(Item.objects.filter(outcome=Outcome.WAITING).exists, "the echo is here")
        unpack.open_waiting(facebook.channel)

    assert at_once([facebook.dispatch, open_the_echo]) == [None, None]
    assert states(answer) == ["sent"]
    assert (Message.objects.count(), facebook.said_by_us()) == (2, ["On its way."])


def test_an_echo_settles_what_nobody_knew(facebook: OnFacebook, in_messenger: Conversation) -> None:
    facebook.subscribe()
    facebook.graph.misbehave(cut="after", path=f"{facebook.channel.account}/messages", calls=1)
    answer = facebook.answers(in_messenger)
    facebook.dispatch()
    assert states(answer) == ["unknown"]
    facebook.hear()
    assert states(answer) == ["sent"]
    assert (Message.objects.count(), facebook.said_by_us()) == (2, ["On its way."])


def test_our_comment_that_is_told_before_we_know_of_it_is_the_same_message(
    facebook: OnFacebook, under_a_post: Conversation
) -> None:
    facebook.subscribe()
    facebook.graph.misbehave(cut="after", method="POST", calls=1)
    answer = facebook.answers(under_a_post)
    facebook.dispatch()
    facebook.hear()
    assert states(answer) == ["unknown"]
    reconciled()
    Item.objects.filter(outcome=Outcome.WAITING).update(due_at=None)
    facebook.hear()
    assert states(answer) == ["sent"]
    assert (Message.objects.count(), facebook.said_by_us()) == (2, ["On its way."])
    assert not Item.objects.filter(outcome=Outcome.WAITING).exists()
