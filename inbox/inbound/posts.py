"""The public posts that conversations hang under."""

from datetime import datetime

from connectors.contract import Incoming, Post
from inbox.database import storable
from inbox.inbound.belonging import Source
from inbox.models import Channel
from inbox.models import Post as Row


def hung_under(source: Source, incoming: Incoming) -> int | None:
    """The row of the post that this was said under, made if there is none; None for what is not public.

    A post that is only named is asked for later.
    """
    if not incoming.public:
        return None
    root = incoming.thread_key.split(":")[1]
    told = incoming.post if incoming.post and incoming.post.reference == root else None
    is_the_post = root in {incoming.reference, incoming.provider_id}  # what he said himself stands in the thread
    row, _made = Row.objects.get_or_create(
        channel=source.channel, reference=root[:300], defaults={"look_at": None if told or is_the_post else source.now}
    )
    if told and not is_the_post:
        keep(source.channel, told, source.now)
    return row.pk


def keep(channel: Channel, post: Post, now: datetime) -> None:
    """Write down what a post says. What was told before of it is overwritten."""
    Row.objects.filter(channel=channel, reference=post.reference).update(
        author=storable(post.author)[:200],
        text=storable(post.text),
        link=post.link[:1000],
        at=post.at or now,
        look_at=None,
    )
