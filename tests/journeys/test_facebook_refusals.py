"""Every way in which Facebook says no, or nothing: nothing is lost, nothing is said twice, and people are told."""

from datetime import timedelta

import pytest

from inbox.inbound import standing
from inbox.models import Activity, ChannelState, Conversation, Direction, Message
from tests.journeys.mailroom import states
from tests.journeys.networks import OnFacebook, reconciled

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize(
    ("wrong", "state", "channel"),
    [
        ({"code": 10, "subcode": 2018278}, "failed", ChannelState.WORKING),
        ({"code": 551, "subcode": 1545041}, "failed", ChannelState.WORKING),
        ({"code": 368}, "queued", ChannelState.PAUSED),
        ({"code": 1200}, "queued", ChannelState.WORKING),
        ({"html": True}, "unknown", ChannelState.WORKING),
        ({"garbage": True}, "unknown", ChannelState.WORKING),
    ],
    ids=str,
)
def test_every_no_of_facebook_is_told_for_what_it_is(
    facebook: OnFacebook, in_messenger: Conversation, wrong: dict[str, int], state: str, channel: str
) -> None:
    answer = facebook.answers(in_messenger)
    facebook.graph.misbehave(**wrong, method="POST")
    facebook.dispatch()
    assert states(answer) == [state]
    facebook.channel.refresh_from_db()
    assert facebook.channel.state == channel
    assert facebook.said_by_us() == []
    assert answer.deliveries.get().error["sentence"]  # type: ignore[index]  # there is one


@pytest.mark.parametrize("code", [4, 17, 613])
def test_what_comes_too_often_goes_out_when_facebook_says_so(
    facebook: OnFacebook, in_messenger: Conversation, code: int
) -> None:
    answer = facebook.answers(in_messenger)
    facebook.graph.misbehave(code=code, used_percent=100, regain_minutes=30)
    facebook.dispatch()
    due_at = answer.deliveries.get().due_at
    assert due_at is not None
    assert timedelta(minutes=29) < due_at - facebook.now < timedelta(minutes=31)
    facebook.graph.misbehave()
    facebook.dispatch()
    assert facebook.said_by_us() == []
    facebook.pass_time(timedelta(minutes=31))
    facebook.dispatch()
    assert (states(answer), facebook.said_by_us()) == (["sent"], ["On its way."])


@pytest.mark.parametrize("subcode", [0, 458, 459, 460, 463])
def test_a_page_that_was_taken_back_waits_and_loses_nothing(
    facebook: OnFacebook, in_messenger: Conversation, subcode: int
) -> None:
    facebook.subscribe()
    token = facebook.street.connect()["page_token"]
    facebook.street.break_token(token, subcode)
    answer = facebook.answers(in_messenger)
    for _ in range(3):
        facebook.dispatch()
        facebook.ask()
    assert facebook.channel.state == ChannelState.REFUSED
    facebook.street.write("Carla", "It is the red one.")
    facebook.hear()
    assert Message.objects.filter(direction=Direction.INCOMING).count() == 2
    assert states(answer) == ["queued"]
    facebook.connect_again()
    facebook.dispatch()
    assert states(answer) == ["sent"]
    assert facebook.seen_by("Carla") == ["My lamp arrived broken", "It is the red one.", "On its way."]


@pytest.mark.parametrize("cut", ["before", "middle", "after"])
@pytest.mark.parametrize("place", ["in_messenger", "under_a_post"])
def test_a_line_that_breaks_in_the_send_is_looked_up_before_anything_is_sent_again(
    facebook: OnFacebook, request: pytest.FixtureRequest, place: str, cut: str
) -> None:
    conversation: Conversation = request.getfixturevalue(place)
    answer = facebook.answers(conversation)
    facebook.graph.misbehave(cut=cut, method="POST", calls=1)
    facebook.dispatch()
    assert states(answer) == ["unknown"]
    reconciled()
    assert states(answer) == ["sent"]
    assert facebook.said_by_us() == ["On its way."]


def test_a_consent_that_ends_is_announced_a_week_before(facebook: OnFacebook) -> None:
    announced = Activity.objects.filter(verb="consent_ends", data__channel=facebook.channel.pk)
    for days, times in ((82, 0), (2, 1), (1, 1)):
        facebook.pass_time(timedelta(days=days))
        standing.ask_standing(facebook.channel, facebook.now)
        assert announced.count() == times
