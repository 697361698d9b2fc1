"""Reading conversations and their messages, the safety net of webhooks."""

from typing import Any

from connectors.sandbox.graph.call import Call
from connectors.sandbox.graph.errors import nowhere, wrong
from connectors.sandbox.graph.things import Contact, Message, Page
from connectors.sandbox.graph.views import conversation_node, conversations, message_node


def conversations_of(call: Call, page: str) -> dict[str, Any]:
    """`/{page}/conversations`, the latest first."""
    _token, found = call.acting_page(page, "pages_messaging")
    if call.text("platform", "messenger") != "messenger":
        raise wrong("Param platform must be one of {MESSENGER}")
    since, until = (_milliseconds(call, name) for name in ("updated_after_ms", "updated_before_ms"))
    return call.give_page(conversations(call.network, found, call.text("user_id"), since or 0, until))


def conversation(call: Call, name: str) -> dict[str, Any]:
    """`/{conversation}`."""
    contact, page, said = _talk(call, name)
    return call.give(conversation_node(call.network, contact, page, said))


def messages_of(call: Call, name: str) -> dict[str, Any]:
    """`/{conversation}/messages`, the newest first."""
    contact, page, said = _talk(call, name)
    return call.give_page(conversation_node(call.network, contact, page, said).fields["messages"]())


def message(call: Call, name: str) -> dict[str, Any]:
    """`/{message}`."""
    said = call.network.messages.get(name)
    if said is None or said.deleted:
        call.token()
        raise nowhere(name)
    contact, page, _said = _talk(call, said.place)
    return call.give(message_node(call.network, said, contact, page))


def _milliseconds(call: Call, name: str) -> int | None:
    given = call.text(name)
    if given and not given.isdigit():
        raise wrong(f"Param {name} must be an integer")
    return int(given) if given else None


def _talk(call: Call, thread: str) -> tuple[Contact, Page, list[Message]]:
    token = call.token()
    contact = call.network.of_thread(thread)
    if contact is None or contact.place != token.page:
        raise nowhere(thread)
    _token, page = call.acting_page(contact.place, "pages_messaging")
    return contact, page, call.network.messages.at(thread)
