"""Who gets a copy of an answer by mail, and where the answer goes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inbox.desk.reply import addressee
from inbox.models import Channel, Conversation, Message


@dataclass(frozen=True, slots=True)
class Copy:
    """Somebody who may get a copy. `added` says that the agent named him, not the customer's mail."""

    address: str
    name: str
    ticked: bool
    added: bool = False


def copies_of(conversation: Conversation, last: Message | None, wanted: Sequence[str] | None = None) -> list[Copy]:
    """Whom the last mail went to besides, ticked only when its sender is proven, or as the agent left it: `wanted`.

    Whoever wrote that mail is not among them: the answer is for him.
    """
    people = [*last.details.get("to", []), *last.details.get("cc", [])] if last else []
    named: dict[str, str] = {}
    for person in people:
        named.setdefault(str(person.get("address", "")).lower(), person.get("name", ""))
    writer, sure = addressee(conversation, last).value.lower(), bool(last and last.verified)
    left_out = {"", writer, *_ours(named.keys() - {"", writer}, conversation.channel)}
    others = {address: name for address, name in named.items() if address not in left_out}
    shown = [Copy(a, name, a in wanted if wanted is not None else sure) for a, name in others.items()]
    seen = {writer, *others}
    added = [address for address in dict.fromkeys(wanted or ()) if address and address.lower() not in seen]
    return [*shown, *(Copy(address, "", ticked=True, added=True) for address in added)]


def answers_go_to(last: Message | None) -> dict[str, object] | None:
    """The Reply-To of the customer's last mail, where it is another address; `elsewhere` if on another domain."""
    wanted = (last.details.get("reply_to") if last else None) or {}
    address, sender = str(wanted.get("address", "")).lower(), last.sender.value.lower() if last and last.sender else ""
    if not address or address == sender:
        return None
    return {"address": address, "elsewhere": address.rpartition("@")[2] != sender.rpartition("@")[2]}


def _ours(addresses: Collection[str], channel: Channel) -> set[str]:
    """Those that are mailboxes of ours; mostly it is the channel's own alone, and nobody else is asked for."""
    others = {address for address in addresses if _without_token(address) != channel.address.lower()}
    mailboxes = {known.lower() for known in Channel.objects.values_list("address", flat=True)} if others else set()
    return {address for address in addresses if address not in others or _without_token(address) in mailboxes}


def _without_token(address: str) -> str:
    """A mailbox of ours in its plain form: the customer's answer went to `support+token@`."""
    local, _sep, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
