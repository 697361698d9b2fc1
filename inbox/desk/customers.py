"""What we know of customers: names, and who is one person with whom."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.anew import look_anew
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Activity, Address, Agent, Conversation, Customer, Likeness, Plan
from inbox.permissions import Can, allows, visible_to

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


def are_one(likeness: Likeness, *, by: Agent, now: datetime) -> Activity:
    """They are one person: the later customer becomes the earlier one. Raise AlreadyDone if it was settled."""
    with transaction.atomic():
        _settle(likeness, by=by, now=now)
        into, gone = sorted((_present(likeness.customer), _present(likeness.other)), key=lambda each: each.pk)
        return merge_customers(gone, into, by=by, now=now)


def are_two(likeness: Likeness, *, by: Agent, now: datetime) -> None:
    """They are two people: nobody is asked again. Raise AlreadyDone if it was settled."""
    _may(by)
    with transaction.atomic():
        _settle(likeness, by=by, now=now)
        record("customers_told_apart", now=now, by=by, one=likeness.customer_id, two=likeness.other_id)


def likenesses_of(customer: Customer, agent: Agent) -> list[Likeness]:
    """Who else he may be of those whom this agent knows, too, as long as nobody has decided; about each person one.

    What points to somebody who was merged points to whoever he is now, and is told of him.
    """
    found: dict[int, Likeness] = {}
    for likeness in _about(_all_he_was(customer)).order_by("pk"):
        likeness.customer, likeness.other = _present(likeness.customer), _present(likeness.other)
        whom = likeness.other if likeness.customer == customer else likeness.customer
        if whom != customer:
            found.setdefault(whom.pk, likeness)
    if not found:
        return []
    known = set(visible_to(agent).filter(customer__in=[customer.pk, *found]).values_list("customer", flat=True))
    return [likeness for whom, likeness in found.items() if {whom, customer.pk} <= known]


def _about(customers: Collection[int]) -> QuerySet[Likeness]:
    either = Q(customer__in=customers) | Q(other__in=customers)
    return Likeness.objects.filter(either, settled_at=None).select_related("customer", "other")


def _all_he_was(customer: Customer) -> set[int]:
    """He, and all who were merged into him."""
    his = fresh = {customer.pk}
    while fresh := set(Customer.objects.filter(merged_into__in=fresh).values_list("pk", flat=True)):
        his = his | fresh
    return his


def _settle(likeness: Likeness, *, by: Agent, now: datetime) -> None:
    """Decide about two people, whatever pointed from one to the other."""
    unsettled = Likeness.objects.filter(pk=likeness.pk, settled_at=None)
    if not unsettled.update(settled_at=now, settled_by=by):
        raise AlreadyDone
    one, two = (_all_he_was(_present(each)) for each in (likeness.customer, likeness.other))
    between = Q(customer__in=one, other__in=two) | Q(customer__in=two, other__in=one)
    Likeness.objects.filter(between, settled_at=None).update(settled_at=now, settled_by=by)


def _present(customer: Customer) -> Customer:
    """Who he is now."""
    while customer.merged_into:
        customer = customer.merged_into
    return customer


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
        there = _who_he_is(Customer.objects.select_for_update().get(pk=data["into"]))
        Address.objects.filter(pk__in=data["addresses"], customer=there).update(customer=gone)
        Conversation.objects.filter(pk__in=data["conversations"], customer=there).update(customer=gone)
        Conversation.objects.filter(address__in=data["addresses"], customer=there).update(customer=gone)
        Customer.objects.filter(pk=gone.pk).update(merged_into=None)
        record(UNDONE, now=now, by=by, undid=activity.pk, gone=gone.pk, into=data["into"])


def _who_he_is(customer: Customer) -> Customer:
    """The customer whom he has become, if he was merged on. Each is held until the transaction ends."""
    while customer.merged_into_id:
        customer = Customer.objects.select_for_update().get(pk=customer.merged_into_id)
    return customer


def change_customer(customer: Customer, *, name: str, organisation: str, by: Agent, now: datetime) -> None:
    """Call him something else."""
    if not allows(by, Can.NOTE):
        raise NotAllowed
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(name=name.strip(), organisation=organisation.strip())
        record("customer_changed", now=now, by=by, customer=customer.pk)


def give_plan(customer: Customer, plan: Plan | None, *, by: Agent, now: datetime) -> None:
    """What he pays for from now on: whatever he asks is looked at anew."""
    if not allows(by, Can.MAKE_RULES):
        raise NotAllowed
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(plan=plan)
        look_anew(customer=customer)
        record("plan_given", now=now, by=by, customer=customer.pk, plan=plan.pk if plan else None)


def _may(by: Agent) -> None:
    if not allows(by, Can.REARRANGE):
        raise NotAllowed
