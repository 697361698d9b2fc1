"""The pages on which an admin gives us the keys of an app: they can be replaced, and never read."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from connectors.errors import TryLater
from connectors.facebook import login
from connectors.facebook.connector import Facebook
from connectors.facebook.login import Managed
from inbox.connect import open_app
from inbox.models import Channel, ChannelState, ProviderApp, Spending
from inbox.spending import month_of
from inbox.web.channel_forms import AboutForm
from tests.inbox.desk_of_five import Desk, browser
from tests.inbox.network import SECRET, network

PAGES = {"11": "Lamps", "22": "Shades"}


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


@pytest.fixture
def kim(desk: Desk) -> Client:
    return browser(desk.kim)


def app_of(channel: Channel) -> ProviderApp:
    assert channel.app is not None
    return channel.app


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_secret_is_in_no_page(kim: Client, channel: Channel) -> None:
    for path in (f"/channels/apps/{app_of(channel).pk}/", f"/channels/{channel.pk}/", "/channels/"):
        shown = page(kim, path)
        assert SECRET not in shown
        assert 'value="token"' not in shown


def test_the_address_for_webhooks_is_shown(kim: Client, channel: Channel) -> None:
    assert "/hooks/twitter/our-app" in page(kim, f"/channels/apps/{app_of(channel).pk}/")


def test_the_address_to_come_back_to_is_shown_before_the_app_is_made(kim: Client, desk: Desk) -> None:
    for kind in ("twitter", "facebook"):
        assert "/channels/consented/</code>" in page(kim, f"/channels/apps/new/{kind}/")


def test_a_word_that_we_made_up_is_shown_to_be_copied(kim: Client, desk: Desk) -> None:
    kim.post(
        "/channels/apps/new/facebook/",
        {"name": "Our app", "at_app_id": "1", "at_app_secret": "hush", "at_version": "v25.0"},
    )
    row = ProviderApp.objects.get()
    shown = page(kim, f"/channels/apps/{row.pk}/")
    assert str(open_app(row).verify_token) in shown  # type: ignore[attr-defined]  # an app of Facebook
    assert "hush" not in shown


def test_a_secret_that_is_left_empty_stays_and_another_takes_its_place(kim: Client, channel: Channel) -> None:
    path = f"/channels/apps/{app_of(channel).pk}/"
    for given, kept in (("", SECRET), ("another", "another")):
        kim.post(path, {"name": "Our app", "at_client_id": "client", "at_consumer_secret": given})
        assert open_app(ProviderApp.objects.get()).consumer_secret == kept  # type: ignore[attr-defined]  # an app of X


def test_an_agent_may_not_see_them(desk: Desk, channel: Channel) -> None:
    ada = browser(desk.ada)
    for path in (f"/channels/apps/{app_of(channel).pk}/", "/channels/apps/new/twitter/", f"/channels/{channel.pk}/"):
        assert ada.get(path).status_code == 403, path


def test_who_has_no_app_yet_is_asked_for_it_first(kim: Client, desk: Desk) -> None:
    answer = kim.get("/channels/new/twitter/")
    assert answer.status_code == 302
    assert answer["Location"] == "/channels/apps/new/twitter/"


@pytest.mark.parametrize(("kind", "client"), [("twitter", "at_client_id"), ("facebook", "at_app_id")])
def test_where_an_app_is_tried_out_its_accounts_are_too(kim: Client, desk: Desk, kind: str, client: str) -> None:
    """A stand-in is told once, with the app: whoever connects an account of it is sent there, not to the provider."""
    given = {"name": "Our app", client: "1", "at_version": "v25.0", "at_base": "http://127.0.0.1:9000"}
    kim.post(f"/channels/apps/new/{kind}/", given)
    about = {"name": "Ours", "team": desk.team.pk, "brand": desk.channel.brand.pk, "at_history_days": "1"}
    answer = kim.post(f"/channels/new/{kind}/", {**about, "app": ProviderApp.objects.get().pk})
    assert answer["Location"].startswith("http://127.0.0.1:9000/")


def test_limits_and_money_are_told_in_words(kim: Client, channel: Channel) -> None:
    left = {"dm_read": {"name": "dm_read", "remaining": 3, "limit": 15}}
    Channel.objects.filter(pk=channel.pk).update(left=left, monthly_cap=5_000_000)
    Spending.objects.create(channel=channel, month=month_of(timezone.now()), price="dm_read", units=410, cost=4_100_000)
    shown = page(kim, "/channels/")
    assert "reading direct messages: 3 of 15 left" in shown
    assert "spent this month: $4.10" in shown
    assert "of $5" in shown
    assert "dm_read" not in shown
    assert "has spent 82 % of its budget" in shown


def test_who_works_there_is_told_that_a_channel_stands_still(desk: Desk, channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(state=ChannelState.REFUSED)
    for agent in (desk.ada, desk.kim):
        assert "@example does not let us in any more" in page(browser(agent), "/me/")


@pytest.fixture
def state(kim: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """Kim has filled in the form, and comes back with this state from Facebook, where she manages two Pages."""
    pages = [Managed(id=page, name=name, token=f"token of {name}", tasks=()) for page, name in PAGES.items()]

    def away(*_: object, **__: object) -> None:
        raise TryLater("Facebook cannot be reached.")

    monkeypatch.setattr(login, "redeem", lambda client, code, *, back: "token of kim")
    monkeypatch.setattr(login, "managed", lambda client, token: pages)
    monkeypatch.setattr(Facebook, "check", lambda self: self.page_name)
    monkeypatch.setattr(Facebook, "subscribe", away)
    kim.post("/channels/apps/new/facebook/", {"name": "Our app", "at_app_id": "1", "at_version": "v25.0"})
    asked = {
        "name": "Our Page",
        "team": desk.team.pk,
        "brand": desk.channel.brand.pk,
        "app": ProviderApp.objects.get(kind="facebook").pk,
        "at_history_days": "1",
    }
    answer = kim.post("/channels/new/facebook/", asked)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return parse_qs(urlsplit(answer["Location"]).query)["state"][0]


def test_one_of_several_accounts_is_chosen(kim: Client, state: str) -> None:
    shown = kim.get("/channels/consented/", {"code": "code", "state": state}).content.decode()
    assert all(name in shown for name in PAGES.values())
    assert "token of" not in shown
    assert not Channel.objects.filter(kind="facebook").exists()
    kim.post("/channels/chosen/", {"account": "22"})
    assert Channel.objects.get(kind="facebook").account == "22"


def test_an_account_that_was_not_offered_connects_nothing(kim: Client, state: str) -> None:
    kim.get("/channels/consented/", {"code": "code", "state": state})
    answer = kim.post("/channels/chosen/", {"account": "99"}, follow=True)
    assert "You have not let us into the Page 99." in answer.content.decode()
    assert not Channel.objects.filter(kind="facebook").exists()


def test_a_provider_that_will_not_call_us_yet_is_a_warning(kim: Client, state: str) -> None:
    kim.get("/channels/consented/", {"code": "code", "state": state})
    shown = kim.post("/channels/chosen/", {"account": "22"}, follow=True).content.decode()
    bar = shown[: shown.index("Facebook cannot be reached.")].rpartition('<div class="bar"')[2]
    assert 'data-tone="soon"' in bar


def test_a_budget_of_nothing_is_no_budget_and_not_taken(desk: Desk) -> None:
    """It would stand for none at all, and everything would be bought."""
    assert "monthly_cap" in AboutForm({"monthly_cap": "0"}).errors
    assert "monthly_cap" not in AboutForm({"monthly_cap": "0.01"}).errors


@pytest.mark.parametrize(("state", "again"), [(ChannelState.PAUSED, False), (ChannelState.REFUSED, True)])
def test_where_credits_are_spent_nobody_is_told_to_connect_again(
    kim: Client, channel: Channel, state: ChannelState, again: bool
) -> None:
    error = {"kind": "CreditsSpent", "sentence": "The credits are used up.", "facts": {}, "words": ""}
    Channel.objects.filter(pk=channel.pk).update(state=state, last_error=error)
    shown = kim.get("/channels/").content.decode()
    assert "The credits are used up." in shown
    assert ("Connect again" in shown) == again
