"""The Send API: what a Page may say to a person, when, and how."""

from dataclasses import replace
from typing import Any

from connectors.sandbox.graph import events
from connectors.sandbox.graph.call import Call
from connectors.sandbox.graph.errors import Refused, missing, nowhere, wrong
from connectors.sandbox.graph.files import FORMS, fetch, keep, saved
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.things import Comment, Contact, File, Message, Page, Post
from connectors.sandbox.graph.views import PRIVATE_REPLY_SECONDS

DAY = 24 * 3600 * 1000
MOST_CHARACTERS = 2000
MOST_METADATA = 1000
ACTIONS = ("typing_on", "typing_off", "mark_seen")
DEPRECATED_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")


def send(call: Call, page: str) -> dict[str, Any]:
    """`POST /{page}/messages`: a message, an answer in private to a comment, or a sign as "typing"."""
    _token, found = call.acting_page(page, "pages_messaging")
    recipient = call.structure("recipient")
    if not recipient:
        raise missing("recipient")
    if call.text("sender_action"):
        return _sign(call, found, recipient)
    if "comment_id" in recipient or "post_id" in recipient:
        return _answer_in_private(call, found, recipient)
    contact = _contact(call.network, found, recipient)
    _check_window(call, contact)
    if contact.unavailable:
        raise Refused(551, 1545041)
    message, files = _content(call)
    with call.network.act():
        return _say(call, contact, message, files)


def save_attachment(call: Call, page: str) -> dict[str, Any]:
    """`POST /{page}/message_attachments`: keep a file to send it later, perhaps often."""
    call.acting_page(page, "pages_messaging")
    file = _attached(call, call.structure("message"), saving=True)
    if file is None:
        raise missing("message[attachment]")
    return {"attachment_id": file.id}


def _sign(call: Call, page: Page, recipient: dict[str, Any]) -> dict[str, Any]:
    action = call.text("sender_action")
    if action not in ACTIONS:
        raise wrong(f"Param sender_action must be one of {{{', '.join(ACTIONS)}}}")
    if call.structure("message"):
        raise wrong("sender_action cannot be sent together with a message")
    contact = _contact(call.network, page, recipient)
    with call.network.act():
        call.network.log("sign", page=page.id, contact=contact.id, action=action)
    return {"recipient_id": contact.id}


def _contact(network: Network, page: Page, recipient: dict[str, Any]) -> Contact:
    name = recipient.get("id")
    if not isinstance(name, str | int) or not str(name):
        raise missing("recipient[id]")
    contact = network.contacts.get(str(name))
    if contact is None or contact.place != page.id:
        raise Refused(100, 2018001)
    return contact


def _check_window(call: Call, contact: Contact) -> None:
    kind = call.needed("messaging_type")
    since = call.network.now() - contact.heard
    if kind == "MESSAGE_TAG":
        tag = call.needed("tag")
        if tag in DEPRECATED_TAGS:
            raise Refused(100, 1893061)
        if tag != "HUMAN_AGENT":
            raise wrong(f"Param tag must be HUMAN_AGENT - got {tag!r}")
        days = 7
    elif kind in ("RESPONSE", "UPDATE"):
        days = 1
    else:
        raise wrong(f"Param messaging_type must be one of {{RESPONSE, UPDATE, MESSAGE_TAG}} - got {kind!r}")
    if since > days * DAY:
        raise Refused(10, 2018278)


def _content(call: Call) -> tuple[dict[str, Any], tuple[str, ...]]:
    message = call.structure("message")
    text = message.get("text", "")
    if "text" in message and "attachment" in message:
        raise wrong("Message cannot contain both text and an attachment")
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise wrong(f"Length of param message[text] must be less than or equal to {MOST_CHARACTERS}")
    if len(str(message.get("metadata", ""))) > MOST_METADATA:
        raise wrong(f"Length of param message[metadata] must be less than or equal to {MOST_METADATA}")
    file = _attached(call, message)
    if file is None and not text.strip():
        raise wrong("Message cannot be empty, must provide valid attachment or text")
    return message, (file.id,) if file is not None else ()


def _attached(call: Call, message: dict[str, Any], *, saving: bool = False) -> File | None:
    attachment = message.get("attachment")
    if attachment is None:
        return None
    payload = attachment.get("payload", {}) if isinstance(attachment, dict) else None
    if not isinstance(payload, dict) or attachment.get("type") not in FORMS:
        raise Refused(100, 2018047)
    reusable = saving or payload.get("is_reusable") in (True, "true")
    upload = call.uploads.get("filedata")
    if "attachment_id" in payload:
        return saved(call.network, str(payload["attachment_id"]))
    if upload is not None:
        return keep(call.network, upload.name, upload.mime, upload.raw, attachment["type"], reusable=reusable)
    if not payload.get("url"):
        raise missing("message[attachment][payload][url]")
    return fetch(call.network, str(payload["url"]), attachment["type"], reusable=reusable)


def _say(
    call: Call, contact: Contact, message: dict[str, Any], files: tuple[str, ...], comment: str = ""
) -> dict[str, Any]:
    network = call.network
    said = Message(
        id=network.mid(),
        place=contact.thread,
        page=contact.place,
        contact=contact.id,
        from_page=True,
        at=network.now(),
        text=str(message.get("text", "")),
        files=files,
        app=network.app.id,
        metadata=str(message.get("metadata", "")),
        reply_to=str(call.structure("reply_to").get("mid", "")),
        comment=comment,
    )
    network.messages.put(said)
    effect = {"id": said.id, "page": said.page, "contact": contact.id, "name": contact.name, "metadata": said.metadata}
    terms = call.text("tag") or call.text("messaging_type")
    network.log("message", **effect, text=said.text, files=list(files), comment=comment, terms=terms)
    events.echo(network, contact, said)
    answer = {"recipient_id": contact.id, "message_id": said.id}
    reusable = [name for name in files if (file := network.files.get(name)) and file.reusable]
    return answer | ({"attachment_id": reusable[0]} if reusable else {})


def _answer_in_private(call: Call, page: Page, recipient: dict[str, Any]) -> dict[str, Any]:
    network = call.network
    message, files = _content(call)
    with network.act():
        said = _unanswered(network, page, recipient)
        contact = network.contacts.get(said.author)
        if contact is None or contact.unavailable:
            raise Refused(10903)
        if isinstance(said, Comment):
            network.comments.put(replace(said, answered=True))
        else:
            network.posts.put(replace(said, answered=True))
        return _say(call, contact, message, files, said.id)


def _unanswered(network: Network, page: Page, recipient: dict[str, Any]) -> Comment | Post:
    """The comment or the visitor's post that may be answered in private now."""
    name = str(recipient.get("comment_id") or recipient.get("post_id"))
    said = network.comments.get(name) if "comment_id" in recipient else network.posts.get(name)
    if said is None or said.deleted or page.id not in (getattr(said, "page", ""), said.place):
        raise nowhere(name, "POST")
    if said.answered:
        raise Refused(10900)
    if said.author == page.id or network.now() - said.at > PRIVATE_REPLY_SECONDS * 1000:
        raise Refused(10903)
    return said
