"""Who gets an answer, and who may get a copy of it: never a mailbox of ours."""

from django.test import Client

from connectors.contract import Authentication, Person
from tests.inbox.desk_of_five import CARLA, Desk, answer_to, delivery_of, reference_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_an_answer_to_our_token_address_offers_no_copy_to_ourselves(desk: Desk) -> None:
    ours = desk.channel.address.replace("@", "+c7pt.0123@")
    conversation = desk.problem(
        to=(Person(address=ours, name="Ada"),),
        cc=(Person(address="friend@example.org"),),
        authentication=Authentication(dmarc="pass"),
    )
    ada = Client()
    ada.force_login(desk.ada, backend=BACKEND)
    page = ada.get(f"/c/open/{conversation.number}/").content.decode()
    assert 'value="friend@example.org" checked' in page
    assert "+c7pt" not in page


def test_who_is_named_is_who_gets_it_also_where_another_wrote_last(desk: Desk) -> None:
    conversation = desk.problem()
    ours = reference_of(desk.answers(conversation, cc=["kim@example.org"]))
    kim = Person(address="kim@example.org")
    desk.receives(answer_to(ours, sender=kim, cc=(CARLA,), authentication=Authentication(dmarc="pass")))
    ada = Client()
    ada.force_login(desk.ada, backend=BACKEND)
    page = ada.get(f"/c/open/{conversation.number}/").content.decode()
    assert "To <b>kim@example.org</b>" in page
    assert 'value="carla@example.com" checked' in page
    assert 'value="kim@example.org"' not in page
    assert delivery_of(desk.answers(conversation)).recipients == ["kim@example.org"]
