"""Changing a channel on its page: what is refused is said there, with all that was typed."""

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest

from connectors.email.connector import Email
from connectors.errors import CredentialsRefused, CreditsSpent
from inbox import blobs
from inbox.errors import described
from inbox.models import Brand, Channel, ChannelState, Item, Membership, Message, Role
from tests.inbox.desk_of_five import NOW, Desk, browser, delivery_of, item


def filled(desk: Desk) -> dict[str, object]:
    """The form of a mailbox."""
    return {
        "name": "Our help",
        "team": desk.team.pk,
        "brand": desk.channel.brand_id,
        "at_address": "help@example.com",
        "at_auth": "password",
        "at_imap_host": "localhost",
        "at_imap_port": "993",
        "at_imap_security": "tls",
        "at_smtp_host": "localhost",
        "at_smtp_port": "465",
        "at_smtp_security": "tls",
        "at_sent_copy": "otvet",
        "at_history_days": "7",
        "at_largest_mail": "100",
        "at_tenant": "common",
    }


def test_another_account_is_refused_on_the_page_and_the_form_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Email, "check", lambda self: self.address)
    typed = filled(desk)
    page = browser(desk.kim).post(f"/channels/{desk.channel.pk}/", typed)
    assert page.status_code == 200
    assert "Connect help@example.com as a new channel" in page.content.decode()
    assert 'value="Our help"' in page.content.decode()
    desk.channel.refresh_from_db()
    assert desk.channel.name == "support@example.com"


@pytest.mark.parametrize("ends", [True, False])
def test_a_key_that_is_only_old_is_renewed_before_it_is_tried(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    """A channel that is paused or refused is not polled, so that nobody renews its key."""
    tried = []

    def refresh(self: Email, now: datetime) -> Email:
        if ends:
            raise CredentialsRefused("The consent has ended.")
        return replace(self, password="renewed")

    def check(self: Email) -> str:
        tried.append(self.password)
        return self.address

    monkeypatch.setattr(Email, "refresh", refresh)
    monkeypatch.setattr(Email, "check", check)
    Channel.objects.filter(pk=desk.channel.pk).update(state=ChannelState.REFUSED, renew_at=NOW)
    page = browser(desk.kim).post(f"/channels/{desk.channel.pk}/", {**filled(desk), "check": "1"})
    assert page.status_code == 200
    assert tried == ["secret" if ends else "renewed"]


def test_what_was_wrong_is_said_no_more_once_it_was_set_right(desk: Desk) -> None:
    """What is wrong is asked each half minute, but for who has just changed it."""
    spent = described(CreditsSpent("The credits are used up."))
    Channel.objects.filter(pk=desk.channel.pk).update(state=ChannelState.PAUSED, last_error=spent)
    kim = browser(desk.kim)
    assert "is paused" in kim.get("/channels/").content.decode()
    page = kim.post(f"/channels/{desk.channel.pk}/pause/", {"what": "resume"}, follow=True)
    assert page.status_code == 200
    assert "is paused" not in page.content.decode()


def test_the_list_of_channels_says_what_could_not_be_read_so_far_and_why(desk: Desk) -> None:
    why = {"tries": 1, "sentence": "The database could not take it in.", "facts": {}, "words": "deadlock detected"}
    for _ in range(2):
        waits = item(desk.channel)
        Item.objects.filter(pk=waits.pk).update(reason=why, due_at=NOW)
    page = browser(desk.kim).get("/channels/").content.decode()
    assert "2 items could not be read so far and are tried again, none is lost:" in page
    assert "The database could not take it in. (deadlock detected)" in page
    Item.objects.update(reason=None)
    assert "could not be read" not in browser(desk.kim).get("/channels/").content.decode()


def test_each_figure_of_a_channel_names_itself_for_a_phone_shows_no_heads(desk: Desk) -> None:
    page = browser(desk.kim).get("/channels/").content.decode()
    for head in ("Last in", "Last out", "Waiting in", "Waiting out"):
        assert f'data-head="{head}"' in page


def test_a_channel_may_have_a_signature_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Email, "check", lambda self: self.address)
    Brand.objects.update(signature="Yours, Example")
    Membership.objects.create(agent=desk.ada, team=desk.elsewhere, role=Role.AGENT)
    kim, page = browser(desk.kim), f"/channels/{desk.channel.pk}/"
    typed = {**filled(desk), "at_address": desk.channel.address}
    assert kim.post(page, {**typed, "signature": "The repair shop"}).status_code == 302
    assert "The repair shop</textarea>" in kim.get(page).content.decode()
    own = desk.problem()
    brands = desk.problem("A cup", channel=desk.channel_elsewhere)
    assert "-- \r\nThe repair shop" in in_words(desk.answers(own))
    assert "-- \r\nYours, Example" in in_words(desk.answers(brands))


def test_a_signature_that_a_guideline_is_against_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Email, "check", lambda self: self.address)
    typed = {**filled(desk), "at_address": desk.channel.address, "signature": "Call our hotline."}
    said = browser(desk.kim).post(f"/channels/{desk.channel.pk}/", typed)
    assert said.context["form"].errors["signature"]
    desk.channel.refresh_from_db()
    assert desk.channel.signature == ""


def in_words(message: Message) -> str:
    """What a customer reads of it."""
    frozen = message_from_bytes(blobs.read(delivery_of(message).payload), policy=default)
    body = frozen.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
