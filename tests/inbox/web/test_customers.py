"""The page of a customer: what is written there first goes out once, however often its form comes."""

import re

from inbox.models import Conversation, Delivery
from tests.inbox.desk_of_five import Desk, browser


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
