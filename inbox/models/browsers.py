"""Browsers that want to be told while their pages are all closed, and what is to ring in each of them."""

from uuid import uuid4

from django.db import models

from inbox.models.notices import Notice
from inbox.models.people import Agent


class Browser(models.Model):
    """One browser of one person, as its push service knows it (see connectors.webpush.Subscription).

    `handle` is what the browser itself keeps of it, in a cookie. `error` says what went wrong the last time that
    something was to ring there (see `in_words`); it is empty again once something has.
    """

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="browsers")
    handle = models.UUIDField(default=uuid4, unique=True)
    endpoint = models.CharField(max_length=1000, unique=True)
    key = models.BinaryField()
    secret = models.BinaryField()
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=8)
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)


class Ring(models.Model):
    """One notice that is still to ring in one browser. The row goes before it rings, so it rings at most once."""

    browser = models.ForeignKey(Browser, models.CASCADE, related_name="rings", db_index=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="rings")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("browser", "notice", name="ring_once")]
        indexes = [models.Index("due_at", name="ring_due")]
