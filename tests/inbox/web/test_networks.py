"""What an agent sees of a conversation on a network: who can read it, what fits, until when it may be answered."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from connectors.contract import Change, Limits, Person, Post, Remote, Verb
from connectors.twitter.connector import X
from inbox.desk import drafts
from inbox.desk.outside import Told, log_outside
from inbox.models import Attachment, Channel, Conversation, Customer, Delivery, DeliveryState, Likeness, Message, Mode
from inbox.outbound import receipts
from inbox.web import ways
from tests.inbox.desk_of_five import Desk, browser, delivery_of, mail
from tests.inbox.network import CARLA, MAX, direct, network, public, said

LONG = "The lamp is on its way to you. " * 12


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def page(desk: Desk, conversation: Conversation, name: str = "ada") -> str:
    answer = browser(getattr(desk, name)).get(f"/c/open/{conversation.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def sends(desk: Desk, conversation: Conversation, text: str, to: str = "reply/", **more: str) -> HttpResponse:
    """Ada presses a button of the composer."""
    conversation.refresh_from_db()
    form = {"text": text, "seen_up_to": str(conversation.last_message), "then": "pending", **more}
    return browser(desk.ada).post(f"/c/open/{conversation.number}/{to}", form)  # type: ignore[return-value]  # of the client


def changed(channel: Channel, verb: Verb, **more: object) -> None:
    change = Change(provider_id="5", verb=verb, at=timezone.now(), **more)  # type: ignore[arg-type]  # fields of Change
    with transaction.atomic():
        receipts.change(change, channel=channel, now=timezone.now())


def test_in_public_it_says_who_can_read_it(desk: Desk, channel: Channel) -> None:
    shown = page(desk, said(desk, channel, public()))
    assert "everybody can read it" in shown
    assert "Reply in public, X (Twitter)" in shown


def test_in_private_nobody_else_can_read_it(desk: Desk, channel: Channel) -> None:
    shown = page(desk, said(desk, channel, direct()))
    assert "everybody can read it" not in shown
    assert "Said in public" not in shown
    assert "privately/" not in shown


def test_in_a_group_it_says_that_all_of_it_read_it(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, direct(thread_key="group:5"))
    said(desk, channel, direct("I am here too", sender=MAX, thread_key="group:5"))
    head = page(desk, conversation).partition('class="comp-to ')[2].partition("</div>")[0]
    assert "all who are in this group" in head
    assert "Max" not in head  # who wrote last is not the only one who reads it
    assert "all who are in this group" not in page(desk, said(desk, channel, direct(sender=MAX)))


def test_a_text_is_measured_as_the_network_counts(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, public())
    answer = browser(desk.ada).post(
        f"/c/open/{conversation.number}/measure/", {"text": "лампа 👍 https://example.com/" + "x" * 90}
    )
    shown = answer.content.decode()
    assert "32 / 280" in shown  # 6 letters and a space, an emoji of 2, a space, an address of 23
    assert "goes out as" not in shown


def test_a_long_text_shows_its_parts_before_it_goes_out(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, public())
    shown = browser(desk.ada).post(f"/c/open/{conversation.number}/measure/", {"text": LONG}).content.decode()
    assert "goes out as 2 messages" in shown
    assert shown.count("<li>") == 2


@pytest.mark.parametrize(
    ("given", "seen"),
    [({}, 1), ({"opened": "1"}, 2), ({"parts_seen": "1"}, 1), ({"parts_seen": "2"}, 2), ({"parts_seen": "3"}, 1)],
)
def test_parts_count_as_seen_once_they_were_opened_until_they_are_another_number(
    desk: Desk, channel: Channel, given: dict[str, str], seen: int
) -> None:
    conversation = said(desk, channel, public())
    answer = browser(desk.ada).post(f"/c/open/{conversation.number}/measure/", {"text": LONG, **given})
    field = answer.content.decode().partition('name="parts_seen"')[2].partition(">")[0]
    assert f'value="{seen}"' in field


def test_parts_that_were_not_seen_are_shown_and_the_text_is_kept(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, public())
    answer = sends(desk, conversation, LONG)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert LONG.strip() in shown
    assert '<details class="split" id="split-shown" open' in shown  # another element than before: a morph opens none
    assert 'value="2"' in shown.partition('name="parts_seen"')[2].partition(">")[0]
    assert conversation.messages.count() == 1
    assert sends(desk, conversation, LONG, parts_seen="2").status_code == 302
    assert conversation.messages.count() == 2


def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(reply_window=timedelta(hours=24), human_window=timedelta(days=7))
    monkeypatch.setattr(X, "limits_in", lambda key: limits)


def heard(desk: Desk, channel: Channel, ago: timedelta) -> Conversation:
    conversation = said(desk, channel, direct())
    Conversation.objects.filter(pk=conversation.pk).update(last_incoming_at=timezone.now() - ago)
    return conversation


@pytest.mark.parametrize(
    ("ago", "says", "ends"),
    [
        (timedelta(hours=1), "The window for answers is open until", False),
        (timedelta(hours=23), "The window for answers is open until", True),
        (timedelta(days=2), "Only what a person writes still gets through, until", True),
    ],
)
def test_it_says_how_long_it_may_be_answered(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch, ago: timedelta, says: str, ends: bool
) -> None:
    limited(monkeypatch)
    shown = page(desk, heard(desk, channel, ago))
    bar = shown[: shown.index(says)].rpartition('<p class="winbar"')[2]
    assert ("data-tone" in bar) == ends
    assert not textarea(shown).endswith("disabled")


def textarea(shown: str) -> str:
    """The tag of the reply's text."""
    return shown.partition('<textarea class="comp-text" id="text"')[2].partition(">")[0]


def test_a_window_that_is_shut_says_so_and_takes_no_text(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch)
    conversation = heard(desk, channel, timedelta(days=8))
    shown = page(desk, conversation)
    bar = shown[: shown.index("The provider lets nobody answer any more since")].rpartition('<p class="winbar"')[2]
    assert f'hx-trigger="otvet:talk-{conversation.number} from:body"' in bar  # it opens where he looks at it
    assert textarea(shown).endswith("disabled")
    buttons = shown.partition('class="comp-foot"')[2].partition("</form>")[0].split("<button")[1:]
    assert all("disabled" in button.partition(">")[0] for button in buttons)
    answer = sends(desk, conversation, "Too late")
    assert answer.status_code == 409
    assert "Too late" in answer.content.decode()
    assert conversation.messages.count() == 1


@pytest.mark.parametrize(("lets", "says"), [(True, "Answer in private"), (False, "cannot be written to in private")])
def test_a_private_answer_is_offered_only_where_the_network_allows_it(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch, lets: bool, says: str
) -> None:
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: lets)
    conversation = said(desk, channel, public())
    shown = browser(desk.ada).get(f"/c/open/{conversation.number}/privately/").content.decode()
    assert says in shown
    assert ("reply/privately/" in shown) == lets


def test_a_private_answer_leads_to_its_own_conversation(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: True)
    conversation = said(desk, channel, public())
    form = {"text": "What is your order number?", "seen_up_to": str(conversation.last_message)}
    seen = conversation.last_message
    drafts.keep(conversation, Mode.REPLY, form["text"], seen_up_to=seen, by=desk.ada, now=desk.later())
    shown = browser(desk.ada).post(f"/c/open/{conversation.number}/reply/privately/", form, follow=True)
    private = Conversation.objects.get(public=False)
    assert f"in conversation {private.label}" in shown.content.decode()
    assert drafts.of(conversation, desk.ada) == {}  # it would wait in the composer of what everybody reads


def test_after_a_private_answer_nothing_can_be_written_where_he_must_answer_first(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: True)
    sends(desk, said(desk, channel, public()), "What is your order number?", to="reply/privately/")
    private = Conversation.objects.get(public=False)
    assert not textarea(page(desk, private)).endswith("disabled")
    limited(monkeypatch)
    assert "may be answered in private once" in page(desk, private)
    assert textarea(page(desk, private)).endswith("disabled")
    assert said(desk, channel, direct("It is 7.")) == private
    Conversation.objects.filter(pk=private.pk).update(last_incoming_at=timezone.now())
    assert not textarea(page(desk, private)).endswith("disabled")


def test_a_private_answer_that_is_refused_keeps_its_text(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: False)
    answer = sends(desk, said(desk, channel, public()), "What is your order number?", to="reply/privately/")
    shown = answer.content.decode()
    assert "does not let us write to this person in private" in shown
    assert "What is your order number?" in shown


def test_a_private_answer_does_not_go_past_what_was_said_meanwhile(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: True)
    conversation = said(desk, channel, public(number=77))
    seen = str(conversation.last_message)
    assert said(desk, channel, public("Solved, thanks", root="77")) == conversation
    answer = sends(desk, conversation, "What is your order number?", to="reply/privately/", seen_up_to=seen)
    assert "Something new has come" in answer.content.decode()
    assert not Conversation.objects.filter(public=False).exists()


def test_only_who_may_hide_is_offered_it(desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(X, "hide", lambda self, provider_id, *, on: asked.append(on))
    conversation = said(desk, channel, public())
    assert "Hide it from the public" not in page(desk, conversation)
    assert "Hide it from the public" in page(desk, conversation, "sam")
    hide = f"/c/open/{conversation.number}/messages/{conversation.messages.get().pk}/hide/"
    assert browser(desk.ada).post(hide, {"on": "1"}).status_code == 403
    browser(desk.sam).post(hide, {"on": "1"})
    assert asked == [True]
    assert "hidden from the public" in page(desk, conversation)
    assert "Show it to the public again" in page(desk, conversation, "sam")


def test_liking_is_offered_to_a_supervisor_and_not_to_an_agent(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Likes(X):
        def like(self, provider_id: str, *, on: bool) -> None:
            """As a network does on which one may."""

    conversation = said(desk, channel, public())
    monkeypatch.setattr(ways, "kind_of", lambda _conversation: Likes)
    assert "Like it" in page(desk, conversation, "sam")
    assert "Like it" not in page(desk, conversation)


def test_what_cannot_be_liked_there_is_not_offered(desk: Desk, channel: Channel) -> None:
    assert "Like it" not in page(desk, said(desk, channel, public()), "sam")


def alike(desk: Desk, channel: Channel) -> Conversation:
    desk.receives(mail())
    return said(desk, channel, direct("Write to carla@example.com"))


def test_two_customers_become_one_when_an_agent_says_so(desk: Desk, channel: Channel) -> None:
    conversation = alike(desk, channel)
    side = f"/c/open/{conversation.number}/side/"
    assert "both gave carla@example.com" in browser(desk.ada).get(side).content.decode()
    decided = {"likeness": Likeness.objects.get().pk, "decision": "one"}
    browser(desk.ada).post(f"/c/open/{conversation.number}/likeness/", decided)
    assert Customer.objects.filter(merged_into=None).count() == 1
    assert "both gave" not in page(desk, conversation)


def test_two_people_stay_two(desk: Desk, channel: Channel) -> None:
    conversation = alike(desk, channel)
    decided = {"likeness": Likeness.objects.get().pk, "decision": "two"}
    browser(desk.ada).post(f"/c/open/{conversation.number}/likeness/", decided)
    assert Customer.objects.filter(merged_into=None).count() == 2
    assert "both gave" not in page(desk, conversation)


def test_who_is_known_to_another_team_alone_is_neither_shown_nor_merged(desk: Desk, channel: Channel) -> None:
    desk.receives(mail(), channel=desk.channel_elsewhere)
    conversation = said(desk, channel, direct("Write to carla@example.com"))
    assert "both gave" not in browser(desk.ada).get(f"/c/open/{conversation.number}/side/").content.decode()
    decided = {"likeness": Likeness.objects.get().pk, "decision": "one"}
    assert browser(desk.ada).post(f"/c/open/{conversation.number}/likeness/", decided).status_code == 404
    assert Customer.objects.filter(merged_into=None).count() == 2


def test_an_edited_message_shows_what_it_said_before(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, direct("My lmap", number=5))
    changed(channel, Verb.EDITED, text="My lamp")
    changed(channel, Verb.REACTED, text="👍", by=CARLA)
    shown = page(desk, conversation)
    assert "edited" in shown
    assert "What it said before" in shown
    assert "My lmap" in shown
    assert '<span class="chip">👍</span>' in shown


def test_a_deleted_message_is_not_shown_but_that_there_was_one(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, public("@example my secret number", number=5))
    changed(channel, Verb.DELETED)
    shown = page(desk, conversation)
    assert "my secret number" not in shown
    assert "was deleted at the provider" in shown
    assert "my secret number" not in browser(desk.ada).get("/c/open/").content.decode()
    found = browser(desk.ada).get("/search/", {"q": "secret"}).content.decode()
    assert conversation.label not in found


def test_a_file_that_is_on_its_way_or_gone_says_so(desk: Desk, channel: Channel) -> None:
    remote = Remote(address="https://pbs.twimg.com/media/lamp.jpg", name="lamp.jpg", media_type="image/jpeg")
    conversation = said(desk, channel, direct(remote=(remote,)))
    assert "is being fetched" in page(desk, conversation)
    Attachment.objects.update(due_at=None, missing="The file is not on X any more.")
    shown = page(desk, conversation)
    assert "The file is not on X any more." in shown
    assert "pbs.twimg.com" not in shown


@pytest.mark.parametrize(("kind", "told"), [("TryLater", True), ("CredentialsRefused", False)])
def test_what_is_tried_again_by_itself_says_when(desk: Desk, channel: Channel, kind: str, told: bool) -> None:
    conversation = said(desk, channel, direct())
    delivery = delivery_of(desk.answers(conversation))
    error = {"kind": kind, "sentence": "X asks us to come less often.", "facts": {}, "words": ""}
    at = timezone.now() + timedelta(minutes=15)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.QUEUED, error=error, due_at=at)
    shown = page(desk, conversation).partition("Not sent yet: X asks us to come less often.")[2].partition("</span>")[0]
    assert ("Next try" in shown, at.isoformat()[:16] in shown) == (told, told)


def test_the_post_stands_above_with_what_others_said_under_it(desk: Desk, channel: Channel) -> None:
    post = Post(
        reference="77", author="Example (@example)", text="Our new lamp", link="https://x.com/example/status/77"
    )
    conversation = said(desk, channel, public(root="77", post=post))
    other = said(desk, channel, public("@example mine is fine", sender=MAX, root="77"))
    shown = page(desk, conversation)
    assert "Our new lamp" in shown
    assert "https://x.com/example/status/77" in shown
    assert "1 message of others around it" in shown
    assert "mine is fine" in shown
    assert other.label in shown


def test_an_answer_that_is_given_elsewhere_is_copied_and_marked(desk: Desk) -> None:
    told = Told(who="Carla", address="", where="WhatsApp", text="It is broken", happened_at=desk.clock)
    conversation = log_outside(told, team=desk.team, by=desk.ada, now=desk.later())
    first = page(desk, conversation)
    assert "Next time please write to support@example.com" in first
    assert "written down by Ada" in first
    answer = desk.answers(conversation, "A new one is on its way.")
    shown = page(desk, conversation)
    assert "Give it there yourself, then mark it" in shown
    assert f"copy:said-{answer.pk}" in shown
    assert "Send again" not in shown
    decided = {"delivery": delivery_of(answer).pk, "decision": "arrived"}
    browser(desk.ada).post(f"/c/open/{conversation.number}/decide/", decided)
    assert delivery_of(answer).state == DeliveryState.SENT
    given = page(desk, conversation)
    assert "Give it there yourself" not in given
    thread = given.partition('id="thread"')[2].partition('id="to-end"')[0]
    assert ("Given there" in thread, "Sent" in thread) == (True, False)


def test_somebody_without_a_name_is_called_by_his_number(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, direct(sender=Person(address="2999")))
    assert "2999" in page(desk, conversation)
    assert Message.objects.get().sender is not None
