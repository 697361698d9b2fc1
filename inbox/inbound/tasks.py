"""What workers are asked to do on the way in. Each task calls one function."""

from celery import shared_task
from django.utils import timezone

from inbox.database import alone_at
from inbox.inbound import bodies, gather, poll, standing, unpack
from inbox.models import Channel, ChannelState, Item, Outcome
from inbox.wake import wake


@shared_task
def poll_channel(channel_id: int, early: bool = False) -> None:
    """Poll one channel if it is due or, when its provider hinted at news, early."""
    with alone_at("poll channel", channel_id) as alone:
        if early and not alone:
            poll.ask_again(channel_id, timezone.now())
        while alone and (channel := poll.claim(channel_id, timezone.now(), early=early)):
            poll.poll(channel, timezone.now())
            early = False


@shared_task
def poll_due_channels() -> None:
    """The sweep: every channel whose time has come."""
    due = Channel.objects.filter(state=ChannelState.WORKING, poll_at__lte=timezone.now())
    for channel_id in due.values_list("pk", flat=True):
        wake("inbox.inbound.tasks.poll_channel", channel_id)


@shared_task
def open_waiting_of(channel_id: int) -> None:
    """Open what waits on one channel."""
    unpack.open_waiting(Channel.objects.get(pk=channel_id))


@shared_task
def open_waiting() -> None:
    """The sweep: every channel on which something waits, whether or not a hint came through."""
    waiting = Item.objects.filter(outcome=Outcome.WAITING).exclude(due_at__gt=timezone.now())
    for channel_id in waiting.order_by().values_list("channel", flat=True).distinct():
        wake("inbox.inbound.tasks.open_waiting_of", channel_id)


@shared_task
def gather_on(channel_id: int) -> None:
    """Bring what messages of one channel point to."""
    with alone_at("gather on channel", channel_id) as alone:
        if alone:
            gather.gather(Channel.objects.get(pk=channel_id), timezone.now())


@shared_task
def gather_due() -> None:
    """The sweep: every channel on which files, names or posts are still to be fetched."""
    for channel_id in gather.waiting_channels(timezone.now()).values_list("pk", flat=True):
        wake("inbox.inbound.tasks.gather_on", channel_id)


@shared_task
def ask_standing() -> None:
    """How the accounts stand at their providers, once a day each."""
    standing.ask_all(timezone.now())


@shared_task
def look_for_missed() -> None:
    """The gap check of every working channel."""
    for channel in Channel.objects.filter(state=ChannelState.WORKING):
        poll.look_for_missed(channel, timezone.now())


@shared_task
def forget_bodies() -> None:
    """The bodies of webhooks that have been kept for long enough."""
    bodies.forget_bodies(timezone.now())


@shared_task
def renew_keys() -> None:
    """Renew keys that are about to end, so that no poll and no reply has to wait for it."""
    for channel in Channel.objects.filter(state=ChannelState.WORKING, renew_at__lte=timezone.now()):
        poll.renew(channel, timezone.now())
