"""Bodies of webhooks are kept for a month: each holds what many people said, and what they said was taken out of it.

A mail lives as long as its message; what is held back, or could not be read, keeps its bytes wherever it came from.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from inbox import blobs
from inbox.models import Attachment, Delivery, Envelope, Item, Outcome

KEPT_FOR = timedelta(days=30)
AT_ONCE = 500
OF_USE = (Outcome.WAITING, Outcome.QUARANTINE, Outcome.UNREADABLE)


def forget_bodies(now: datetime) -> int:
    """Remove the bytes of webhooks of which everything was settled long ago. Return how many; their rows stay.

    The bytes go first: who dies in between does it again.
    """
    forgotten = 0
    while batch := list(_due(now).order_by("received_at")[:AT_ONCE]):
        rows = Envelope.objects.filter(pk__in=[envelope.pk for envelope in batch])
        for digest in {envelope.sha256 for envelope in batch} - _kept_by_others(rows):
            blobs.remove(digest)
        forgotten += rows.update(forgotten_at=now)
    return forgotten


def _due(now: datetime) -> QuerySet[Envelope]:
    long_ago = now - KEPT_FOR
    of_use = Item.objects.filter(Q(outcome__in=OF_USE) | Q(opened_at__gt=long_ago), envelope=OuterRef("pk"))
    bodies = Envelope.objects.filter(app__isnull=False, forgotten_at=None, received_at__lte=long_ago)
    return bodies.filter(~Exists(of_use))


def _kept_by_others(rows: QuerySet[Envelope]) -> set[str]:
    """Equal bytes lie in one place: what others have there is not taken from them."""
    digests = list(rows.values_list("sha256", flat=True))
    here = Envelope.objects.filter(sha256__in=digests, forgotten_at=None).exclude(pk__in=rows.values("pk"))
    files = Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True)
    sent = Delivery.objects.filter(payload__in=digests).values_list("payload", flat=True)
    return {*here.values_list("sha256", flat=True), *files, *sent}
