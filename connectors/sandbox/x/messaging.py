"""What people do in private: messages of two, and groups."""

from collections.abc import Sequence

from msgspec.structs import replace

from connectors.sandbox.x.things import Account, Group, Message
from connectors.sandbox.x.world import World

KEPT_MILLISECONDS = 30 * 24 * 3600 * 1000


def conversation_of(one: str, other: str) -> str:
    """The id of the conversation of two accounts: the smaller id first."""
    return "-".join(sorted((one, other), key=int))


def participants_of(world: World, conversation: str) -> list[str]:
    """Who takes part. Raise LookupError if there is no such conversation."""
    if "-" in conversation:
        return [world.get(Account, who).id for who in conversation.split("-")]
    return list(world.get(Group, conversation).participants)


def may_message(world: World, by: Account, to: Account) -> bool:
    """Whether a message would be taken: the receiver is open to all, or has written first."""
    if to.suspended or to.open_to_dm:
        return not to.suspended
    both = conversation_of(by.id, to.id)
    return any(message.conversation == both and message.sender == to.id for message in world.all(Message))


def send(world: World, by: Account, conversation: str, text: str, media: str = "") -> Message:
    """Write into a conversation. Raise LookupError if there is none."""
    new = Message(
        id=world.new_id(),
        conversation=conversation,
        sender=by.id,
        text=text,
        at=world.now(),
        participants=participants_of(world, conversation),
        media=media,
    )
    world.take_place("messaged", by.id, new.id, new, text=text)
    return new


def gather(world: World, by: Account, others: Sequence[str]) -> Group:
    """Begin a group of oneself and the accounts of these ids."""
    group = Group(world.new_id(), list(dict.fromkeys([by.id, *others])))
    _moved(world, by, group, "ParticipantsJoin", group.participants)
    return group


def join(world: World, group: Group, who: Account) -> None:
    """Let somebody into a group."""
    _moved(world, who, replace(group, participants=[*group.participants, who.id]), "ParticipantsJoin", [who.id])


def leave(world: World, group: Group, who: Account) -> None:
    """Let somebody go."""
    rest = [other for other in group.participants if other != who.id]
    _moved(world, who, replace(group, participants=rest), "ParticipantsLeave", [who.id])


def hide(world: World, by: Account, message: Message) -> None:
    """Delete a message for oneself alone; the others keep it."""
    world.take_place("hid message", by.id, message.id, replace(message, hidden_for=[*message.hidden_for, by.id]))


def readable(world: World, who: Account) -> list[Message]:
    """All events of the last 30 days that somebody can read, newest first."""
    since = world.now() - KEPT_MILLISECONDS
    return [
        message
        for message in reversed(world.all(Message))
        if message.at >= since and who.id not in message.hidden_for and who.id in _audience(world, message)
    ]


def _audience(world: World, message: Message) -> Sequence[str]:
    group = world.find(Group, message.conversation)
    return group.participants if group is not None else message.participants


def _moved(world: World, by: Account, group: Group, kind: str, who: Sequence[str]) -> None:
    event = Message(world.new_id(), group.id, by.id, "", world.now(), participants=who, kind=kind)
    world.take_place("joined" if kind == "ParticipantsJoin" else "left", by.id, event.id, group, event)
