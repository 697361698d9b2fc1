"""What providers handed us, unopened: envelopes, and the items they hold, each with exactly one outcome."""

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from inbox.models.channels import Channel, ProviderApp


class Blob(models.Model):
    """Bytes that are too few for a file of their own, by their hash; see inbox.blobs."""

    sha256 = models.BinaryField(primary_key=True)
    content = models.BinaryField()


class Envelope(models.Model):
    """A body as the provider handed it over; never changed. Its bytes lie in the blobs under `sha256`.

    `facts` are those of connectors.contract.Payload.

    Those of a webhook until they are forgotten; the row stays, as what was received.
    """

    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, db_index=False)
    app = models.ForeignKey(ProviderApp, models.PROTECT, null=True, blank=True, db_index=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__isnull=False) | Q(app__isnull=False), name="envelope_came_from_somewhere"
            ),
        ]
        indexes = [
            models.Index("sha256", "channel", name="envelope_by_bytes"),
            models.Index(
                KeyTextTransform("lasting_id", "facts"),
                "channel",
                name="envelope_by_lasting_id",
                condition=Q(facts__has_key="lasting_id"),
            ),
            models.Index("received_at", name="envelope_to_forget", condition=Q(app__isnull=False, forgotten_at=None)),
        ]


class Outcome(models.TextChoices):
    """What became of an item. The ledger: items = sum of outcomes."""

    WAITING = "waiting", _("waiting")
    MESSAGE = "message", _("message")
    QUARANTINE = "quarantine", _("quarantine")
    BOUNCE = "bounce", _("bounce")
    AUTOMATIC = "automatic", _("automatic")
    RECEIPT = "receipt", _("receipt or change")
    DUPLICATE = "duplicate", _("duplicate")
    UNREADABLE = "unreadable", _("unreadable")


class Item(models.Model):
    """One thing in an envelope: a mail, a post, a message, a comment change, a receipt.

    `source_key` names the thing, never its carrier, so that a webhook and a poll agree. An item is claimed by
    raising `attempts` in a transaction of its own, so that one that kills its reader is counted.
    """

    # With an index of its own PostgreSQL would look for one key by reading all items of the channel.
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="items", db_index=False)
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="items")
    source_key = models.CharField(max_length=500)
    part = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    reason = models.JSONField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        "inbox.Agent", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("source_key", "channel", name="item_once"),
            models.CheckConstraint(
                condition=(Q(outcome="waiting") & Q(opened_at=None))
                | (~Q(outcome="waiting") & Q(opened_at__isnull=False)),
                name="item_with_an_outcome_was_opened",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(outcome__in=["quarantine", "unreadable"]),
                name="item_discarded_was_held_back",
            ),
        ]
        indexes = [
            models.Index("channel", "due_at", "id", name="item_waiting", condition=Q(outcome="waiting")),
            models.Index(
                "outcome",
                F("id").desc(),
                name="item_held_back",
                condition=Q(outcome__in=["quarantine", "unreadable"], discarded_at=None),
            ),
            models.Index("received_at", "channel", "outcome", name="item_ledger"),
        ]


class Verdict(models.Model):
    """A person's word on an item, spam or not, while its provider is still to be told.

    `looked_at` is when there was nothing to move for it: perhaps it had just been moved, and where to a poll tells.
    Without a `due_at` we have given it up: `error` says why (see inbox.errors.described).
    """

    item = models.OneToOneField(Item, models.CASCADE, related_name="+")
    spam = models.BooleanField()
    given_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=False) | Q(error__isnull=False), name="verdict_given_up_says_why"
            ),
        ]
