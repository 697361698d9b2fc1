"""What we know of customers: names, and who is one person with whom."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Activity, Address, Agent, Conversation, Customer
from inbox.permissions import Can, allows

MERGED, UNDONE = "customers_merged", "customer_merge_undone"


def merge_customers(gone: Customer, into: Customer, *, by: Agent, now: datetime) -> Activity:
    """From now on `gone` is `into`. Raise Invalid for one and the same, AlreadyDone if one is merged already."""
    _may(by)
    if gone.pk == into.pk:
        raise Invalid(gettext_noop("This is one and the same customer."))
    with transaction.atomic():
        rows = {c.pk: c for c in Customer.objects.select_for_update().order_by("pk").filter(pk__in=[gone.pk, into.pk])}
        gone, into = rows[gone.pk], rows[into.pk]
        if gone.merged_into_id or into.merged_into_id:
            raise AlreadyDone
        addresses = list(gone.addresses.values_list("pk", flat=True))
        conversations = list(gone.conversations.values_list("pk", flat=True))
        Address.objects.filter(pk__in=addresses).update(customer=into)
        Conversation.objects.filter(pk__in=conversations).update(customer=into)
        Customer.objects.filter(pk=gone.pk).update(merged_into=into)
        return record(
            MERGED, now=now, by=by, gone=gone.pk, into=into.pk, addresses=addresses, conversations=conversations
        )


def undo_merge(activity: Activity, *, by: Agent, now: datetime) -> None:
    """Part them again: what `gone` brought goes back to him; what came since stays. Raise AlreadyDone, Invalid."""
    _may(by)
    if activity.verb != MERGED:
        raise Invalid(gettext_noop("Only a merge can be undone."))
    data = activity.data
    with transaction.atomic():
        gone = Customer.objects.select_for_update().get(pk=data["gone"])
        if gone.merged_into_id != data["into"]:
            raise AlreadyDone
        Address.objects.filter(pk__in=data["addresses"], customer=data["into"]).update(customer=gone)
        Conversation.objects.filter(pk__in=data["conversations"], customer=data["into"]).update(customer=gone)
        Conversation.objects.filter(address__in=data["addresses"], customer=data["into"]).update(customer=gone)
        Customer.objects.filter(pk=gone.pk).update(merged_into=None)
        record(UNDONE, now=now, by=by, undid=activity.pk, gone=gone.pk, into=data["into"])


def change_customer(customer: Customer, *, name: str, organisation: str, by: Agent, now: datetime) -> None:
    """Call him something else."""
    if not allows(by, Can.NOTE):
        raise NotAllowed
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(name=name.strip(), organisation=organisation.strip())
        record("customer_changed", now=now, by=by, customer=customer.pk)


def _may(by: Agent) -> None:
    if not allows(by, Can.REARRANGE):
        raise NotAllowed
