"""What holds for the whole installation."""

from datetime import datetime

from django.db import transaction

from inbox.activity import record
from inbox.models import Agent, Installation
from inbox.permissions import Can, require


def the_company(now: datetime) -> Installation:
    """The one row of this installation, made when it is first asked for."""
    return Installation.objects.get_or_create(id=1, defaults={"created_at": now})[0]


def change_company(*, company: str, separate_mailboxes: bool, by: Agent, now: datetime) -> None:
    """Its name, and whether a mail that went to two of our mailboxes is two conversations."""
    require(by, Can.RUN_PEOPLE)
    with transaction.atomic():
        the_company(now)
        Installation.objects.filter(id=1).update(company=company.strip(), separate_mailboxes=separate_mailboxes)
        record("company_changed", now=now, by=by, separate_mailboxes=separate_mailboxes)
