"""What webhooks say: one function for each kind of event, handed to the network to be sent."""

from typing import Any

from connectors.sandbox.graph.files import cdn_url
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.nodes import iso
from connectors.sandbox.graph.things import Comment, Contact, File, Message, Post
from connectors.sandbox.graph.views import permalink

EMOTIONS = {"👍": "like", "❤": "love", "😆": "smile", "😮": "wow", "😢": "sad", "😠": "angry", "👎": "dislike"}


# -- Messenger


def message(network: Network, contact: Contact, said: Message) -> None:
    """A person wrote."""
    body: dict[str, Any] = {"mid": said.id, "text": said.text}
    if said.quick_reply:
        body["quick_reply"] = {"payload": said.quick_reply}
    _messaging(network, contact, "messages", {"message": body | _extras(network, said)}, said.at, said.id)


def echo(network: Network, contact: Contact, said: Message) -> None:
    """The Page wrote, by whatever tool."""
    body: dict[str, Any] = {"is_echo": True, "mid": said.id, "text": said.text}
    if said.app:
        body["app_id"] = int(said.app)
    if said.metadata:
        body["metadata"] = said.metadata
    reverse = not network.habits.get().echo_reversed
    piece = {"message": body | _extras(network, said)}
    _messaging(network, contact, "message_echoes", piece, said.at, said.id, from_page=reverse)


def unsent(network: Network, contact: Contact, said: Message) -> None:
    """A person took a message back."""
    if network.habits.get().unsend_told:
        _messaging(network, contact, "messages", {"message": {"mid": said.id, "is_deleted": True}}, network.now())


def edited(network: Network, contact: Contact, said: Message) -> None:
    """A person changed a message."""
    count: Any = str(said.edits) if network.habits.get().edit_as_text else said.edits
    piece = {"message_edit": {"mid": said.id, "text": said.text, "num_edit": count}}
    _messaging(network, contact, "message_edits", piece, network.now())


def postback(network: Network, contact: Contact, said: Message, referral: dict[str, str] | None = None) -> None:
    """A person pressed a button."""
    body: dict[str, Any] = {"mid": said.id, "title": said.text, "payload": said.quick_reply}
    if referral:
        body["referral"] = referral
    _messaging(network, contact, "messaging_postbacks", {"postback": body}, said.at, said.id)


def referred(network: Network, contact: Contact, referral: dict[str, str]) -> None:
    """A person came by a link into a conversation that was there."""
    _messaging(network, contact, "messaging_referrals", {"referral": referral}, network.now())


def reaction(network: Network, contact: Contact, said: Message, emoji: str, *, away: bool) -> None:
    """A person reacted to a message, or took that `away`."""
    body = {"mid": said.id, "action": "unreact" if away else "react"}
    if not away:
        body |= {"emoji": emoji, "reaction": EMOTIONS.get(emoji, "other")}
    _messaging(network, contact, "message_reactions", {"reaction": body}, network.now())


def delivered(network: Network, contact: Contact, mids: list[str]) -> None:
    """Messages of the Page reached the person's device. This event has no time of its own."""
    body: dict[str, Any] = {"watermark": _time(network, network.now())}
    if network.habits.get().delivery_mids:
        body["mids"] = mids
    _messaging(network, contact, "message_deliveries", {"delivery": body}, 0)


def read(network: Network, contact: Contact) -> None:
    """The person has seen everything up to now."""
    piece = {"read": {"watermark": _time(network, network.now())}}
    _messaging(network, contact, "message_reads", piece, network.now())


def other(network: Network, contact: Contact, field: str, piece: dict[str, Any]) -> None:
    """Any event that has no function of its own."""
    _messaging(network, contact, field, piece, network.now())


def dashboard_test(network: Network, page: str) -> None:
    """What the "Test" button of the app's dashboard sends: a message in the shape of a change."""
    value = {
        "sender": {"id": "12334"},
        "recipient": {"id": "23245"},
        "timestamp": "1527459824",
        "message": {"mid": "test_message_id", "text": "test_message", "commands": [{"name": "command123"}]},
    }
    network.tell(page, "changes", "messages", {"field": "messages", "value": value})


def _messaging(
    network: Network,
    contact: Contact,
    field: str,
    piece: dict[str, Any],
    at: int,
    about: str = "",
    *,
    from_page: bool = False,
) -> None:
    habits = network.habits.get()
    ends: list[Any] = [contact.id, contact.place]
    if habits.numeric_ids:
        ends = [int(end) for end in ends]
    if from_page:
        ends.reverse()
    whole: dict[str, Any] = {"sender": {"id": ends[0]}, "recipient": {"id": ends[1]}}
    if at:
        whole["timestamp"] = _time(network, at)
    if habits.standby and field == "messages":
        field = "standby"
    network.tell(contact.place, "standby" if field == "standby" else "messaging", field, whole | piece, about)


def _time(network: Network, at: int) -> int:
    return at // 1000 if network.habits.get().seconds else at


def _extras(network: Network, said: Message) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if said.reply_to:
        extras["reply_to"] = {"mid": said.reply_to}
    attachments = [_attachment(network, found) for name in said.files if (found := network.files.get(name))]
    if said.sticker:
        form = "image" if network.habits.get().sticker_as_image else "sticker"
        url = f"{network.base}/sticker/{said.sticker}"
        attachments.append({"type": form, "payload": {"url": url, "sticker_id": said.sticker}})
    if attachments:
        extras["attachments"] = attachments
    return extras


def _attachment(network: Network, file: File) -> dict[str, Any]:
    return {"type": file.form, "payload": {"url": cdn_url(network, file)}}


# -- the wall


def comment(network: Network, said: Comment, verb: str) -> None:
    """A comment was added, edited, removed, hidden or shown again."""
    value: dict[str, Any] = {
        "item": "comment",
        "verb": verb,
        "comment_id": said.id,
        "post_id": said.place,
        "created_time": _since(network, said.at, verb),
    }
    if said.parent or network.habits.get().parent_shown:
        value["parent_id"] = said.parent or said.place
    if verb != "remove":
        value["message"] = said.text
        value |= _post_piece(network, said.place)
        if (file := network.files.get(said.file)) is not None:
            value["video" if file.form == "video" else "photo"] = cdn_url(network, file)
    network.tell(said.page, "changes", "feed", _change(network, value, said.author, said.name), said.id)


def post(network: Network, said: Post, verb: str) -> None:
    """Something on the Page's wall was added, edited, removed, hidden or shown again."""
    files = [found for name in said.files if (found := network.files.get(name))]
    item = "photo" if files else "status" if said.author == said.place else "post"
    value: dict[str, Any] = {
        "item": "post" if verb == "remove" else item,
        "verb": verb,
        "post_id": said.id,
        "created_time": _since(network, said.at, verb),
    }
    if verb == "remove":
        value["recipient_id"] = said.place
    else:
        value["message"] = said.text
        value["published"] = 1
        if files:
            value["link"] = cdn_url(network, files[0])
    network.tell(said.place, "changes", "feed", _change(network, value, said.author, said.name), said.id)


def liked(network: Network, page: str, target: str, author: str, name: str) -> None:
    """Somebody likes a post or a comment of this Page's wall."""
    post_id = target if network.posts.get(target) else getattr(network.comments.get(target), "place", target)
    value = {"item": "reaction", "verb": "add", "post_id": post_id, "reaction_type": "like"}
    value |= {"created_time": network.now() // 1000} | ({"comment_id": target} if target != post_id else {})
    network.tell(page, "changes", "feed", _change(network, value, author, name), target)


def mention(network: Network, page: str, said: Post | Comment) -> None:
    """Somebody names the Page on another wall. This event never says who."""
    value: dict[str, Any] = {"verb": "add", "message": said.text, "created_time": said.at // 1000}
    if isinstance(said, Post):
        value |= {"item": "post", "post_id": said.id}
    else:
        value |= {"item": "comment", "post_id": said.place, "comment_id": said.id}
    network.tell(page, "changes", "mention", {"field": "mention", "value": value}, said.id)


def _change(network: Network, value: dict[str, Any], author: str, name: str) -> dict[str, Any]:
    habits = network.habits.get()
    if habits.old_sender:
        value |= {"sender_id": author, "sender_name": name}
    elif not habits.nameless:
        value["from"] = {"id": author, "name": name}
    return {"field": "feed", "value": value}


def _since(network: Network, at: int, verb: str) -> int:
    return (at if verb == "add" else network.now()) // 1000


def _post_piece(network: Network, name: str) -> dict[str, Any]:
    found = network.posts.get(name)
    if found is None:
        return {}
    return {
        "post": {
            "id": found.id,
            "status_type": "mobile_status_update",
            "is_published": not found.ad,
            "updated_time": iso(found.at),
            "permalink_url": permalink(found.id),
            "promotion_status": "active" if found.ad else "inactive",
        }
    }
