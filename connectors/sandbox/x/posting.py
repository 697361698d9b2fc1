"""What people do in public: the one place where posts come to be, change and go."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from connectors.sandbox.x.things import Account, Post
from connectors.sandbox.x.wording import MENTION
from connectors.sandbox.x.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A post to be. `parent` is what it answers, `quoted` what it quotes, `spared` whom an answer shall not mention."""

    text: str
    parent: str = ""
    quoted: str = ""
    media: Sequence[str] = ()
    spared: Sequence[str] = ()


def post(world: World, by: Account, draft: Draft) -> Post:
    """Publish. Raise LookupError if what it answers or quotes is not there."""
    parent = live(world, draft.parent) if draft.parent else None
    if draft.quoted:
        live(world, draft.quoted)
    named = explicit_mentions(world, draft.text)
    implied = [parent.author, *mentions(world, parent)] if parent else []
    made = world.new_id()
    new = Post(
        id=made,
        author=by.id,
        text=draft.text,
        at=world.now(),
        root=parent.root if parent else made,
        parent=draft.parent,
        quoted=draft.quoted,
        implied=[who for who in dict.fromkeys(implied) if who not in {by.id, *named, *draft.spared}],
        media=draft.media,
        history=[made],
    )
    world.take_place("posted", by.id, made, new, text=draft.text)
    return new


def edit(world: World, by: Account, previous: str, text: str) -> Post:
    """Publish a new version under a new id; the old ones stay readable by theirs, and each tells of all of them."""
    old = live(world, previous)
    made = world.new_id()
    history = [*old.history, made]
    new = replace(old, id=made, text=text, history=history)
    older = [replace(world.get(Post, version), replaced=True, history=history) for version in old.history]
    world.take_place("edited", by.id, made, *older, new, text=text)
    return new


def delete(world: World, by: Account, wanted: str) -> None:
    """Take a post away with all its versions."""
    versions = [world.get(Post, version) for version in live(world, wanted).history]
    world.take_place("deleted", by.id, wanted, *(replace(version, deleted=True) for version in versions))


def hide(world: World, by: Account, wanted: str, *, hidden: bool) -> None:
    """Put a reply under one's own post out of sight, or back."""
    changed = replace(live(world, wanted), hidden=hidden)
    world.take_place("hidden" if hidden else "unhidden", by.id, wanted, changed)


def live(world: World, wanted: str) -> Post:
    """The post of this id. Raise LookupError if it was deleted, its author suspended, or never was."""
    found = world.get(Post, wanted)
    if found.deleted or world.get(Account, found.author).suspended:
        raise LookupError(f"the post {wanted} is gone")
    return found


def explicit_mentions(world: World, text: str) -> list[str]:
    """The ids of the accounts whose @name stands in a text."""
    accounts = (world.named(name) for name in MENTION.findall(text))
    return list(dict.fromkeys(account.id for account in accounts if account is not None))


def mentions(world: World, wanted: Post) -> list[str]:
    """The ids of all whom a post mentions: those it answers first, then those in its text."""
    return list(dict.fromkeys([*wanted.implied, *explicit_mentions(world, wanted.text)]))


def is_invited(world: World, by: Account, parent: Post) -> bool:
    """Whether a self-serve app may answer: its own post, one that mentions it, or one that quotes it."""
    quoted = world.find(Post, parent.quoted)
    return parent.author == by.id or by.id in mentions(world, parent) or (quoted is not None and quoted.author == by.id)


def shown_posts(world: World) -> list[Post]:
    """The latest version of all that is not deleted, oldest first."""
    gone = {account.id for account in world.all(Account) if account.suspended}
    return [post for post in world.all(Post) if not (post.deleted or post.replaced or post.author in gone)]
