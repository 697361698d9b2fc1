"""Who may get a copy of an answer: never a mailbox of ours."""

from django.test import Client

from connectors.contract import Authentication, Person
from tests.inbox.desk_of_five import Desk

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
