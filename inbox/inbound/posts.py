"""The public posts that conversations hang under."""

from datetime import datetime, timedelta

from django.db.models import Max, Q

from connectors.contract import Incoming, Post
from inbox import hot
from inbox.database import storable
from inbox.inbound import statements as sql
from inbox.inbound.belonging import REOPENS_WITHIN, Source
from inbox.models import Channel, Conversation, State

FIRST_RECHECK, LONGEST_RECHECK = timedelta(minutes=10), timedelta(hours=6)
MOST_TALKED_UNDER = 200


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
    ((row, *held),) = rows
    if told and not is_the_post and not _says_the_same(told, *held):
        keep(source.channel, told, source.now)
    return int(row)


def recheck_at(said_at: datetime | None, now: datetime) -> datetime:
    """When to ask what became of something public: soon while it is young, when most is edited and deleted.

    It costs no more: X, where reading is paid for, charges for a thing once a day.
    """
    age = now - said_at if said_at else FIRST_RECHECK
    return now + min(max(age, FIRST_RECHECK), LONGEST_RECHECK)


def talked_under(channel: Channel, now: datetime) -> list[str]:
    """The posts under which a conversation is not solved, or could be opened again by more, the latest talk first."""
    alive = ~Q(state=State.SOLVED) | Q(solved_at__gt=now - REOPENS_WITHIN)
    talks = Conversation.objects.filter(alive, channel=channel, post__isnull=False, post__withdrawn_at=None)
    latest = talks.values("post__reference").annotate(at=Max("last_activity_at"))
    return list(latest.order_by("-at").values_list("post__reference", flat=True)[:MOST_TALKED_UNDER])


def _says_something(post: Post) -> bool:
    """Whether more than its name is told: one without words has a picture, and was said some time."""
    return bool(post.text or post.at)


def _says_the_same(
    post: Post, author: str, text: str, link: str, at: datetime | None, look_at: datetime | None
) -> bool:
    """Whether what we hold of a post is what it says: hundreds talk under one, and each of them brings it."""
    told = _words_of(post)
    known = at is not None and post.at in (None, at) and look_at is None
    return known and (told["author"], told["text"], told["link"]) == (author, text, link)


def _words_of(post: Post) -> dict[str, str]:
    return {"author": storable(post.author)[:200], "text": storable(post.text), "link": post.link[:1000]}


def keep(channel: Channel, post: Post, now: datetime) -> None:
    """Write down what a post says. What was told before of it is overwritten."""
    said = _words_of(post) | {
        "at": post.at,
        "now": now,
        "recheck_at": recheck_at(post.at, now),
    }
    hot.change(sql.KEEP_POST, {"channel": channel.pk, "reference": post.reference, **said})
