"""Who gets a copy of an answer by mail, and where the answer goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Channel, Conversation, Message


@dataclass(frozen=True, slots=True)
class Copy:
    """Somebody who may get a copy. `added` says that the agent named him, not the customer's mail."""

    address: str
    name: str
    ticked: bool
    added: bool = False


def copies_of(conversation: Conversation, last: Message | None, wanted: Sequence[str] | None = None) -> list[Copy]:
    """The CC of the customer's last mail, ticked only when its sender is proven, or as the agent left it: `wanted`."""
    own = {address.lower() for address in Channel.objects.values_list("address", flat=True)} if last else set()
    people = [*last.details.get("to", []), *last.details.get("cc", [])] if last else []
    seen, shown = {conversation.address.value.lower()}, []
    for person in people:
        address = str(person.get("address", "")).lower()
        if address and address not in seen and _without_token(address) not in own:
            seen.add(address)
            ticked = address in wanted if wanted is not None else bool(last and last.verified)
            shown.append(Copy(address, person.get("name", ""), ticked))
    added = [address for address in dict.fromkeys(wanted or ()) if address and address.lower() not in seen]
    return [*shown, *(Copy(address, "", ticked=True, added=True) for address in added)]


def answers_go_to(last: Message | None) -> dict[str, object] | None:
    """The Reply-To of the customer's last mail, where it is another address; `elsewhere` if on another domain."""
    wanted = (last.details.get("reply_to") if last else None) or {}
    address, sender = str(wanted.get("address", "")).lower(), last.sender.value.lower() if last and last.sender else ""
    if not address or address == sender:
        return None
    return {"address": address, "elsewhere": address.rpartition("@")[2] != sender.rpartition("@")[2]}


def _without_token(address: str) -> str:
    """A mailbox of ours in its plain form: the customer's answer went to `support+token@`."""
    local, _sep, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
