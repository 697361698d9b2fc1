"""From a customer on X to the desk and back, by webhook and by polling, and every way in which X says no."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import Sum
from django.utils import timezone

from connectors.sandbox.x.street import Upload
from connectors.sandbox.x.switches import Groups
from inbox.connect import renewed
from inbox.desk.privately import continue_privately
from inbox.desk.reply import Draft
from inbox.inbound import gather, poll, standing
from inbox.models import Attachment, Channel, ChannelState, Conversation, Delivery, Item, Message, Outcome, Spending
from tests.inbox.parallel import at_once
from tests.journeys.mailroom import ledger_difference, states
from tests.journeys.networks import US, OnX, a_moment_passes, answers, dispatch, reconciled, upload
from tests.waiting import until

pytestmark = pytest.mark.timeout(120)
PNG = b"\x89PNG\r\n\x1a\n" + b"a lamp" * 20
MENTION = f"@{US} my lamp arrived broken"


def arrives(x: OnX, way: str) -> None:
    (x.hear if way == "webhook" else x.ask)()


@pytest.fixture(params=["webhook", "polling"])
def way(request: pytest.FixtureRequest, x: OnX) -> str:
    if request.param == "webhook":
        x.subscribe()
    return str(request.param)


def test_a_mention_is_answered_right_there(x: OnX, way: str) -> None:
    post = x.x.post("carla", MENTION)
    arrives(x, way)
    conversation = Conversation.objects.get()
    assert (conversation.public, conversation.messages.get().text) == (True, MENTION)
    answer = answers(x.company, conversation, "We will send you a new one.")
    dispatch()
    assert states(answer) == ["sent"]
    ours = x.x.timeline(US)[0]
    assert (ours.parent, ours.text.removeprefix("@carla ")) == (post.id, "We will send you a new one.")


def test_a_direct_message_is_answered_in_private(x: OnX, way: str) -> None:
    x.x.direct_message("carla", US, "Where is my lamp?")
    arrives(x, way)
    answers(x.company, Conversation.objects.get(), "On its way.")
    dispatch()
    assert [message.text for message in x.x.messages(US, "carla")] == ["Where is my lamp?", "On its way."]


def test_the_same_event_by_both_ways_and_twice_is_one_message(x: OnX) -> None:
    x.subscribe()
    x.x.mischief(copies=2)
    x.x.post("carla", MENTION)
    x.x.direct_message("carla", US, "Where is my lamp?")
    x.hear()
    x.ask()
    x.ask()
    assert Message.objects.count() == 2
    assert ledger_difference() == 0


def test_events_in_the_wrong_order_stand_in_the_right_place(x: OnX) -> None:
    x.subscribe()
    x.x.mischief(backwards=3)
    for text in ("first", "second", "third"):
        x.x.direct_message("carla", US, text)
        a_moment_passes()
    x.hear()
    said = Conversation.objects.get().messages.order_by("happened_at", "pk")
    assert list(said.values_list("text", flat=True)) == ["first", "second", "third"]


def test_what_came_in_an_outage_of_two_days_is_fetched(x: OnX) -> None:
    x.ask()
    for number in range(130):
        x.x.post(f"carla{number % 7}", f"@{US} problem {number}")
    for number in range(120):
        x.x.direct_message(f"carla{number % 5}", US, f"message {number}")
    Channel.objects.filter(pk=x.channel.pk).update(last_poll_at=timezone.now() - timedelta(days=2))
    for minute in range(6):
        x.ask(minute)
    assert Message.objects.count() == 250
    assert Item.objects.exclude(outcome=Outcome.MESSAGE).count() == 0


def test_pictures_come_and_go(x: OnX, way: str) -> None:
    x.x.post("carla", MENTION, media=[Upload(mime="image/png", raw=PNG)])
    arrives(x, way)
    x.gather()
    conversation = Conversation.objects.get()
    picture = Attachment.objects.get()
    assert (picture.size, picture.missing) == (len(PNG), "")
    mine = upload(x.company, PNG)
    answers(x.company, conversation, "Like this one?", attachments=[mine])
    dispatch()
    (media,) = x.x.timeline(US)[0].media
    assert x.x.content(media) == PNG


def test_a_long_answer_is_a_thread_and_goes_on_where_it_broke(x: OnX) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    text = "We will send you a new lamp, and a shade. " * 12
    answer = answers(x.company, Conversation.objects.get(), text, parts_seen=2)
    assert answer.deliveries.count() == 2
    dispatch(1)
    x.x.misbehave(answer="429", on="POST /2/tweets", times=1, reset_seconds=0)
    dispatch(1)
    Delivery.objects.filter(state="queued").update(due_at=timezone.now())
    dispatch()
    assert states(answer) == ["sent", "sent"]
    second, first = x.x.timeline(US)
    assert second.parent == first.id
    assert len(x.x.timeline(US)) == 2


def test_what_is_answered_in_private_goes_on_there(x: OnX) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    public, draft = Conversation.objects.get(), Draft("What is your order number?")
    seen = public.last_message
    said = continue_privately(public, draft, by=x.company.ada, seen_up_to=seen, seen_in_private=0, now=timezone.now())
    Delivery.objects.update(due_at=timezone.now())
    dispatch()
    assert [message.text for message in x.x.messages(US, "carla")] == ["What is your order number?"]
    x.x.direct_message("carla", US, "It is 7.")
    x.ask()
    assert Message.objects.latest("pk").conversation == said.conversation
    assert Conversation.objects.count() == 2


def test_a_deleted_post_is_not_shown_any_more(x: OnX) -> None:
    post = x.x.post("carla", MENTION)
    x.ask()
    x.x.delete(post.id)
    gather.gather(x.channel, timezone.now() + timedelta(hours=7))
    assert Message.objects.get().withdrawn_at is not None


def test_an_edited_post_says_so(x: OnX) -> None:
    post = x.x.post("carla", MENTION)
    x.ask()
    x.x.edit(post.id, f"@{US} my lamp arrived broken, and it is red")
    x.ask()
    gather.gather(x.channel, timezone.now() + timedelta(hours=7))
    message = Message.objects.get()
    assert message.text.endswith("and it is red")
    assert message.edited_at is not None


@pytest.mark.parametrize(
    ("answer", "state", "channel"),
    [
        ("403 not engaged", "failed", ChannelState.WORKING),
        ("403 no DM", "failed", ChannelState.WORKING),
        ("402", "queued", ChannelState.PAUSED),
        ("402 as 403", "queued", ChannelState.PAUSED),
        ("429", "queued", ChannelState.WORKING),
        ("429 code 88", "queued", ChannelState.WORKING),
        ("500 HTML", "unknown", ChannelState.WORKING),
        ("200 not JSON", "unknown", ChannelState.WORKING),
    ],
)
def test_every_no_of_x_is_told_for_what_it_is(x: OnX, answer: str, state: str, channel: str) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    said = answers(x.company, Conversation.objects.get(), "We will send you a new one.")
    x.x.misbehave(answer=answer, on="POST /2/tweets")
    dispatch(1)
    assert states(said) == [state]
    x.channel.refresh_from_db()
    assert x.channel.state == channel
    assert x.said_by_us() == []
    assert said.deliveries.get().error["sentence"]  # type: ignore[index]  # there is one


@pytest.mark.parametrize("cut", ["before", "middle", "after"])
def test_a_line_that_breaks_in_the_send_is_looked_up_before_anything_is_sent_again(x: OnX, cut: str) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    said = answers(x.company, Conversation.objects.get(), "We will send you a new one.")
    x.x.misbehave(cut=cut, on="POST /2/tweets", times=1)
    dispatch(1)
    assert states(said) == ["unknown"]
    reconciled()
    assert states(said) == ["sent"]
    assert len(x.said_by_us()) == 1


@pytest.mark.parametrize("cut", ["before", "middle", "after"])
def test_a_line_that_breaks_in_private_is_looked_up_too(x: OnX, cut: str) -> None:
    x.x.direct_message("carla", US, "Where is my lamp?")
    x.ask()
    said = answers(x.company, Conversation.objects.get(), "On its way.")
    x.x.misbehave(cut=cut, on="POST /2/dm_conversations", times=1)
    dispatch(1)
    assert states(said) == ["unknown"]
    reconciled()
    assert states(said) == ["sent"]
    assert [message.text for message in x.x.messages(US, "carla")] == ["Where is my lamp?", "On its way."]


def test_an_echo_before_the_answer_is_the_same_message(x: OnX) -> None:
    x.subscribe()
    x.x.direct_message("carla", US, "Where is my lamp?")
    x.hear()
    said = answers(x.company, Conversation.objects.get(), "On its way.")
    x.x.misbehave(cut="after", on="POST /2/dm_conversations", times=1)
    dispatch(1)
    x.hear()
    assert (states(said), Message.objects.count()) == (["unknown"], 2)
    reconciled()
    Item.objects.filter(outcome=Outcome.WAITING).update(due_at=None)
    x.hear()
    assert (states(said), Message.objects.count()) == (["sent"], 2)
    assert not Item.objects.filter(outcome=Outcome.WAITING).exists()


@pytest.mark.parametrize("told", Groups)
@pytest.mark.parametrize("asked_too", [False, True])
def test_a_group_is_answered_in_the_group(x: OnX, told: Groups, asked_too: bool) -> None:
    x.x.rule(groups=told)
    x.subscribe()
    group = x.x.group("carla", [US, "carla2"])
    x.x.group_message("carla", group.id, "Where are our lamps?")
    x.x.group_message("carla2", group.id, "Mine, too.")
    x.hear()
    assert Message.objects.count() == (2 if told is Groups.NAMED else 0)
    if told is not Groups.NAMED or asked_too:
        x.ask()
    x.gather()
    conversation = Conversation.objects.get()
    said = conversation.messages.order_by("pk").values_list("text", "sender__name")
    assert list(said) == [
        ("Where are our lamps?", "Carla (@carla)"),
        ("Mine, too.", "Carla2 (@carla2)"),
    ]
    answer = answers(x.company, conversation, "On their way.")
    dispatch()
    x.hear()
    x.ask()
    assert states(answer) == ["sent"]
    assert [message.text for message in x.x.messages(group.id) if message.text][-1] == "On their way."
    assert (Conversation.objects.count(), conversation.messages.count()) == (1, 3)


def test_an_answer_to_our_post_is_answered_under_it(x: OnX, way: str) -> None:
    ours = x.x.post(US, "Open again")
    comment = x.x.post("carla", f"@{US} until when?", in_reply_to=ours.id)
    arrives(x, way)
    x.gather()
    conversation = Conversation.objects.get()
    assert conversation.post is not None
    assert conversation.post.text == "Open again"
    answers(x.company, conversation, "Until 8 pm.")
    dispatch()
    assert x.x.timeline(US)[0].parent == comment.id


def test_a_key_that_ends_is_renewed_once_by_two_workers(x: OnX) -> None:
    Channel.objects.filter(pk=x.channel.pk).update(renew_at=timezone.now())
    both = at_once([partial(renewed, Channel.objects.get(pk=x.channel.pk), timezone.now()) for _ in range(2)])
    assert [error for error in both if isinstance(error, Exception)] == []
    x.channel.refresh_from_db()
    x.x.post("carla", MENTION)
    x.ask()
    assert Message.objects.count() == 1


def test_an_account_that_was_taken_back_waits_and_loses_nothing(x: OnX) -> None:
    x.subscribe()
    x.x.post("carla", MENTION)
    x.hear()
    said = answers(x.company, Conversation.objects.get(), "We will send you a new one.")
    x.x.withdraw(US)
    until(x.x.told, "X has told everything")
    x.hear()
    x.channel.refresh_from_db()
    assert x.channel.state == ChannelState.REFUSED
    dispatch(1)
    assert (states(said), x.said_by_us()) == (["queued"], [])
    x.x.post("carla", f"@{US} it is the red one")
    x.connect_again()
    x.ask()
    assert Message.objects.filter(direction="incoming").count() == 2
    dispatch()
    assert states(said) == ["sent"]
    assert len(x.said_by_us()) == 1


@pytest.mark.parametrize("who", ["poll", "answer"])
def test_a_key_that_is_refused_before_its_time_is_renewed_and_nobody_need_connect_again(x: OnX, who: str) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    said = answers(x.company, Conversation.objects.get(), "We will send you a new one.")
    x.x.end_access(US)
    if who == "poll":
        x.ask()
        x.ask()
        assert x.channel.failures == 0
    dispatch(1)
    Delivery.objects.filter(state="queued").update(due_at=timezone.now())
    dispatch()
    assert states(said) == ["sent"]
    x.channel.refresh_from_db()
    assert x.channel.state == ChannelState.WORKING


def bought() -> dict[str, int]:
    """How much of what was paid for, in all months."""
    return dict(Spending.objects.filter(units__gt=0).order_by().values_list("price").annotate(Sum("units")))


def caps(x: OnX, dollars: float | None) -> None:
    """Kim says what the channel may cost in a month."""
    x.channel.monthly_cap = None if dollars is None else int(dollars * 1_000_000)
    x.channel.save(update_fields=["monthly_cap"])


def test_what_it_costs_is_counted_and_nobody_is_bought_twice(x: OnX) -> None:
    for number in range(3):
        x.x.post("carla", f"@{US} problem {number}")
    x.ask()
    x.gather()
    x.x.post("carla", f"@{US} one more")
    x.ask()
    x.gather()
    assert bought() == {"post_read": 4, "user_read": 1}


def test_what_is_read_again_is_paid_for_once_a_day(x: OnX) -> None:
    x.x.direct_message("carla", US, "Where is my lamp?")
    noon = timezone.now().replace(hour=12, minute=0) + timedelta(days=1)
    x.ahead = noon - timezone.now()
    for minutes in (0, 2, 4):
        x.ask(minutes)
    assert bought()["dm_read"] == 1
    for minutes in (0, 2, 4):
        x.ask(24 * 60 + minutes)
    assert bought()["dm_read"] == 2


def test_the_gap_check_is_paid_for_like_a_poll_and_not_done_when_the_budget_is_spent(x: OnX) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    x.x.post("carla", f"@{US} one more")
    caps(x, 0.001)
    assert poll.look_for_missed(x.channel, x.now) == 0
    assert bought() == {"post_read": 1}
    caps(x, 1)
    assert poll.look_for_missed(x.channel, x.now) == 1
    assert bought() == {"post_read": 2}


def test_a_poll_stops_where_the_budget_ends_and_goes_on_there(x: OnX) -> None:
    for number in range(120):
        x.x.post("carla", f"@{US} problem {number}")
    caps(x, 0.001)
    x.ask()
    assert Message.objects.count() == 40
    assert x.channel.poll_at is not None
    assert x.channel.poll_at - x.now > poll.FLOOR - timedelta(minutes=1)
    caps(x, None)
    x.ask()
    assert Message.objects.count() == 120


def test_names_are_bought_when_there_is_a_budget_again(x: OnX) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    caps(x, 0.001)
    x.gather()
    assert Message.objects.get().sender.name == ""  # type: ignore[union-attr]  # a customer said it
    caps(x, None)
    x.gather()
    assert Message.objects.get().sender.name == "Carla (@carla)"  # type: ignore[union-attr]  # as above


def test_how_the_account_stands_is_asked_when_there_is_a_budget_again(x: OnX) -> None:
    x.x.post("carla", MENTION)
    x.ask()
    caps(x, 0.001)
    standing.ask_all(x.now)
    assert bought() == {"post_read": 1}
    caps(x, None)
    standing.ask_all(x.now)
    assert bought() == {"post_read": 1, "user_read": 1}
