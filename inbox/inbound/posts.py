"""The public posts that conversations hang under."""

from datetime import datetime, timedelta

from connectors.contract import Incoming, Post
from inbox import hot
from inbox.database import storable
from inbox.inbound import statements as sql
from inbox.inbound.belonging import Source
from inbox.models import Channel

RECHECKED_AFTER = timedelta(hours=6)


def hung_under(source: Source, incoming: Incoming) -> int | None:
    """The row of the post that this was said under, made if there is none; None for what is not public.

    A post that is only named is asked for later.
    """
    if not incoming.public:
        return None
    root = incoming.thread_key.split(":")[1]
    post = incoming.post
    told = post if post and post.reference == root and _says_something(post) else None
    is_the_post = root in {incoming.reference, incoming.provider_id}  # what he said himself stands in the thread
    wanted = {"channel": source.channel.pk, "reference": root[:300]}
    look_at = None if told or is_the_post else source.now
    # A statement sees what was there when it began: whose post another worker made meanwhile is found by the second.
    rows = hot.fetch(sql.KNOW_POST, wanted | {"look_at": look_at}) or hot.fetch(sql.FIND_POST, wanted)
    if told and not is_the_post:
        keep(source.channel, told, source.now)
    return int(rows[0][0])


def _says_something(post: Post) -> bool:
    """Whether more than its name is told: one without words has a picture, and was said some time."""
    return bool(post.text or post.at)


def keep(channel: Channel, post: Post, now: datetime) -> None:
    """Write down what a post says. What was told before of it is overwritten."""
    said = {
        "author": storable(post.author)[:200],
        "text": storable(post.text),
        "link": post.link[:1000],
        "at": post.at,
        "now": now,
        "recheck_at": now + RECHECKED_AFTER,
    }
    hot.change(sql.KEEP_POST, {"channel": channel.pk, "reference": post.reference, **said})
