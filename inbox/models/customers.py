"""Customers, the addresses we know them by, and what their plan entitles them to."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.sequences import NextNumber


class Plan(models.Model):
    """What a client pays for. The heavier, the sooner he is served, and the more of a person's capacity it takes.

    `answer_within` is the response target. `is_reserved_for` says that people keep some capacity free for such
    clients. Their conversations go to the personal manager, or to his deputy, if one of them is on shift.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    answer_within = models.DurationField(_("response target"), null=True, blank=True)
    is_reserved_for = models.BooleanField(_("people keep capacity free for it"), default=False)
    manager = models.ForeignKey(
        "inbox.Agent", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("personal manager")
    )
    deputy = models.ForeignKey(
        "inbox.Agent", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weight__gte=1), name="plan_weighs_something")]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A person who writes to us. Merged customers keep their row, so that a merge can be undone."""

    number = models.BigIntegerField(unique=True, db_default=NextNumber("customer_number"), editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    organisation = models.CharField(_("organisation"), max_length=200, blank=True, default="")
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True)
    language = models.CharField(max_length=8, blank=True, default="")
    timezone = models.CharField(max_length=64, blank=True, default="")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="customer_not_merged_into_himself",
            ),
        ]

    @property
    def label(self) -> str:
        """His number as people write it."""
        return f"C-{self.number}"

    def __str__(self) -> str:
        return self.name or self.label


def known_as(kind: str, value: str) -> str:
    """How an address is written in its row, wherever one is made or looked for.

    Mail in lower case: the same person's programs write Carla@Example.com and carla@example.com.
    """
    return (value.lower() if kind == "email" else value)[:320]


class Address(models.Model):
    """One way a customer is known on one kind of channel.

    `value` is what `known_as` makes of it. `scope` is the Page id on Facebook and empty for mail and X: the same
    person-id on two Pages is two people. `pictures_allowed_at` is since when pictures from elsewhere are shown at once
    in mails that are proven to be from there.
    """

    kind = models.CharField(max_length=20)
    scope = models.CharField(max_length=100, blank=True, default="")
    value = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True, default="")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="addresses")
    permanent_failures = models.PositiveSmallIntegerField(default=0)
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.CharField(max_length=300, blank=True, default="")
    pictures_allowed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("value", "kind", "scope", name="address_once"),
            # Of other alphabets Python and PostgreSQL may think differently, and no mail may be refused for that.
            models.CheckConstraint(
                condition=~Q(kind="email") | ~Q(value__regex="[A-Z]"), name="address_of_mail_in_lower_case"
            ),
        ]

    @property
    def does_not_arrive(self) -> bool:
        """Two permanent failures in a row, and nothing from him or delivered to him since: nobody is there."""
        return self.permanent_failures >= 2

    def __str__(self) -> str:
        return self.value


class GivenKind(models.TextChoices):
    """What a customer can give of himself in a text."""

    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")


class Given(models.Model):
    """An e-mail address or a phone number that a customer gave in something he said: a hint at who else he is.

    `value` is comparable: an address in lower case, a number as digits with its country.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="given")
    kind = models.CharField(max_length=5, choices=GivenKind)
    value = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("value", "kind", "customer", name="given_once")]


class Likeness(models.Model):
    """Two customers who may be one person, and why. Never joined by itself: a person decides."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=GivenKind)
    value = models.CharField(max_length=320)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("inbox.Agent", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("customer", "other", name="likeness_once"),
            models.CheckConstraint(condition=Q(customer__lt=F("other")), name="likeness_in_one_order"),
        ]
