"""The page of a customer: what is written there first goes out once, however often its form comes."""

import re

from inbox.models import ChannelState, Conversation, Delivery
from tests.inbox.desk_of_five import Desk, browser
from tests.inbox.network import network, public, said


def test_a_form_whose_answer_was_lost_finds_what_it_made_when_it_is_sent_again(desk: Desk) -> None:
    about, ada = desk.problem(), browser(desk.ada)
    at = f"/customers/{about.customer.number}/"
    drawn = re.search(r'name="key" value="([^"]+)"', ada.get(at).content.decode())
    assert drawn
    form = {"channel": str(desk.channel.pk), "address": str(about.address.pk), "reason": "News", "subject": "Your lamp"}
    form |= {"text": "It is here.", "key": drawn[1]}
    refused = ada.post(f"{at}write/", {**form, "reason": " "}).content.decode()
    assert f'name="key" value="{drawn[1]}"' in refused
    first, second = (ada.post(f"{at}write/", form, follow=True) for _ in range(2))
    assert first.redirect_chain == second.redirect_chain
    assert "This was sent already, and is not sent again." not in first.content.decode()
    assert "This was sent already, and is not sent again." in second.content.decode()
    assert (Conversation.objects.count(), Delivery.objects.count()) == (2, 1)


def test_a_form_without_a_key_is_refused(desk: Desk) -> None:
    about = desk.problem()
    form = {
        "channel": str(desk.channel.pk),
        "address": str(about.address.pk),
        "reason": "News",
        "subject": "x",
        "text": "x",
    }
    assert browser(desk.ada).post(f"/customers/{about.customer.number}/write/", form).status_code == 400
    assert not Delivery.objects.exists()


def test_a_form_that_sent_another_text_is_refused_and_goes_out_as_well_when_it_is_sent_again(desk: Desk) -> None:
    about, ada = desk.problem(), browser(desk.ada)
    at = f"/customers/{about.customer.number}/"
    form = {"channel": str(desk.channel.pk), "address": str(about.address.pk), "reason": "News", "subject": "Your lamp"}
    form |= {"text": "It is here.", "key": "6f1f4f5e-7a4e-4f47-9a3a-0d5c3b1f2a10"}
    ada.post(f"{at}write/", form)
    refused = ada.post(f"{at}write/", {**form, "text": "It is here, at last."})
    shown = refused.content.decode()
    drawn = re.search(r'name="key" value="([^"]+)"', shown)
    assert refused.status_code == 409
    assert Delivery.objects.get().conversation.label in shown
    assert "It is here, at last.</textarea>" in shown
    assert drawn
    assert ada.post(f"{at}write/", {**form, "text": "It is here, at last.", "key": drawn[1]}).status_code == 302
    assert Delivery.objects.count() == 2


def test_a_subject_is_asked_for_only_where_a_channel_carries_one(desk: Desk) -> None:
    channel = network(desk)
    channel.state = ChannelState.WORKING
    channel.save(update_fields=["state"])
    about = said(desk, channel, public())
    shown = browser(desk.ada).get(f"/customers/{about.customer.number}/").content.decode()
    assert "Why we write first" in shown
    assert 'name="subject"' not in shown
    mailed = desk.problem()
    shown = browser(desk.ada).get(f"/customers/{mailed.customer.number}/").content.decode()
    assert re.search(r'name="subject"[^>]* required', shown)
    about.address.customer = mailed.customer
    about.address.save(update_fields=["customer"])
    shown = browser(desk.ada).get(f"/customers/{mailed.customer.number}/").content.decode()
    assert re.search(r'name="subject"[^>]*>', shown)
    assert not re.search(r'name="subject"[^>]* required', shown)
