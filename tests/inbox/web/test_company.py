"""What holds for the whole company is an admin's to decide."""

from django.test import Client

from inbox.models import Installation
from tests.inbox.desk_of_five import Desk

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_an_admin_names_the_company_and_parts_its_mailboxes(desk: Desk) -> None:
    kim = Client()
    kim.force_login(desk.kim, backend=BACKEND)
    kim.post("/people/company/", {"company": "Lamps", "separate_mailboxes": "on"})
    ours = Installation.objects.get()
    assert (ours.company, ours.separate_mailboxes) == ("Lamps", True)
    assert "Lamps" in kim.get("/people/company/").content.decode()


def test_an_agent_may_not(desk: Desk) -> None:
    ada = Client(raise_request_exception=False)
    ada.force_login(desk.ada, backend=BACKEND)
    assert ada.post("/people/company/", {"company": "Mine"}).status_code == 403
