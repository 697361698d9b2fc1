"""The objects of the platform as they can be read, field by field."""

from collections.abc import Callable
from typing import Any

from connectors.sandbox.graph.files import cdn_url
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.nodes import Edge, Node, iso
from connectors.sandbox.graph.things import Comment, Contact, File, Message, Page, Person, Post, Token

PRIVATE_REPLY_SECONDS = 7 * 24 * 3600
_READABLE_MESSAGES = 20


def permalink(name: str) -> str:
    """Where a person sees a post or comment."""
    return f"https://www.facebook.com/{name}"


def person_node(person: Person) -> Node:
    """A person as themselves, to a user token."""
    return Node("User", ("name",), {"id": lambda: person.id, "name": lambda: person.name})


def page_node(network: Network, page: Page, token: Token | None) -> Node:
    """A Page. Its own token is shown to somebody who manages it."""
    wall = [post for post in network.posts.at(page.id) if not post.deleted]
    fields: dict[str, Callable[[], Any]] = {
        "id": lambda: page.id,
        "name": lambda: page.name,
        "category": lambda: "Shopping & Retail",
        "link": lambda: permalink(page.id),
        "username": lambda: None,
        "picture": lambda: {"data": {"url": f"{network.base}/picture/{page.id}"}},
        "tasks": lambda: ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"],
        "access_token": lambda: token.id if token is not None else None,
        "conversations": lambda: conversations(network, page),
        "feed": lambda: Edge(f"{page.id}/feed", [post_node(network, post) for post in _latest(wall)]),
    }
    return Node("Page", ("name",), fields)


def profile_node(network: Network, contact: Contact) -> Node:
    """A person as a Page may know them."""
    first, _, last = contact.name.partition(" ")
    fields: dict[str, Callable[[], Any]] = {
        "id": lambda: contact.id,
        "name": lambda: contact.name,
        "first_name": lambda: first,
        "last_name": lambda: last or None,
        "profile_pic": lambda: f"{network.base}/picture/{contact.id}",
    }
    return Node("User", ("first_name", "last_name", "profile_pic"), fields)


# -- conversations


def conversations(network: Network, page: Page, person: str = "", since: int = 0, until: int | None = None) -> Edge:
    """The conversations of a Page, the latest first; only of one person, or last used between two times."""
    talks = []
    for contact in network.contacts.at(page.id):
        said = network.messages.at(contact.thread)
        if not said or said[-1].at < since or (until is not None and said[-1].at > until):
            continue
        if person in ("", contact.id):
            talks.append((said[-1].at, conversation_node(network, contact, page, said)))
    talks.sort(key=lambda talk: talk[0], reverse=True)
    return Edge(f"{page.id}/conversations", [node for _at, node in talks])


def conversation_node(network: Network, contact: Contact, page: Page, said: list[Message]) -> Node:
    """One conversation. Only the newest messages can be read in detail."""
    left = [one for one in said if not one.deleted]
    shown = [message_node(network, one, contact, page, old=False) for one in left[-_READABLE_MESSAGES:]]
    older = [message_node(network, one, contact, page, old=True) for one in left[:-_READABLE_MESSAGES]]
    ends = [_end(contact.id, contact.name), _end(page.id, page.name)]
    fields: dict[str, Callable[[], Any]] = {
        "id": lambda: contact.thread,
        "link": lambda: f"/{page.id}/inbox/{contact.thread}/",
        "updated_time": lambda: iso(said[-1].at),
        "message_count": lambda: len(left),
        "unread_count": lambda: _unanswered(left),
        "snippet": lambda: left[-1].text if left else "",
        "can_reply": lambda: not contact.unavailable,
        "participants": lambda: {"data": ends},
        "senders": lambda: {"data": ends},
        "messages": lambda: Edge(f"{contact.thread}/messages", (older + shown)[::-1]),
    }
    return Node("UnifiedThread", ("link", "updated_time"), fields)


def message_node(network: Network, said: Message, contact: Contact, page: Page, *, old: bool = False) -> Node:
    """One message; of an `old` one nothing but its id and time is told."""
    ends = [_end(contact.id, contact.name), _end(page.id, page.name)]
    if said.from_page:
        ends.reverse()
    files = [found for name in said.files if (found := network.files.get(name))]
    source = "source:web" if said.from_page else "source:mobile"
    attachments = {"data": [_attachment(network, file) for file in files]} if files else None
    fields: dict[str, Callable[[], Any]] = {
        "id": lambda: said.id,
        "created_time": lambda: iso(said.at),
        "from": lambda: None if old else ends[0],
        "to": lambda: None if old else {"data": ends[1:]},
        "message": lambda: None if old else said.text,
        "tags": lambda: None if old else {"data": [{"name": "inbox"}, {"name": source}]},
        "attachments": lambda: None if old else attachments,
        "sticker": lambda: f"{network.base}/sticker/{said.sticker}" if said.sticker and not old else None,
        "reply_to": lambda: {"mid": said.reply_to} if said.reply_to and not old else None,
    }
    return Node("Message", ("created_time",), fields)


def _unanswered(said: list[Message]) -> int:
    last_of_page = max((number for number, one in enumerate(said) if one.from_page), default=-1)
    return len(said) - 1 - last_of_page


def _end(name: str, shown: str) -> dict[str, str]:
    return {"name": shown, "email": f"{name}@facebook.com", "id": name}


def _attachment(network: Network, file: File) -> dict[str, Any]:
    piece: dict[str, Any] = {"id": file.id, "mime_type": file.mime, "name": file.name, "size": file.size}
    url = cdn_url(network, file)
    if file.form == "image":
        return piece | {"image_data": {"url": url, "preview_url": url, "width": 1, "height": 1}}
    if file.form == "video":
        return piece | {"video_data": {"url": url, "preview_url": url, "width": 1, "height": 1}}
    return piece | {"file_url": url}


# -- the wall


def post_node(network: Network, post: Post) -> Node:
    """A post on the wall."""
    fields: dict[str, Callable[[], Any]] = {
        "id": lambda: post.id,
        "message": lambda: post.text or None,
        "created_time": lambda: iso(post.at),
        "updated_time": lambda: iso(post.at),
        "from": lambda: _author(network, post.author, post.name),
        "permalink_url": lambda: permalink(post.id),
        "is_hidden": lambda: post.hidden,
        "is_published": lambda: not post.ad,
        "status_type": lambda: "mobile_status_update",
        "story": lambda: None,
        "attachments": lambda: _shown_files(network, post.files),
        "full_picture": lambda: _first_file(network, post.files),
        "comments": lambda: comments(network, post.id, ""),
        "likes": lambda: likes(network, post.id),
    }
    return Node("Post", ("created_time", "message"), fields)


def comments(network: Network, post: str, parent: str) -> Edge:
    """The comments under a post or, with `parent`, under a comment; the oldest first. A stream of a post's is both."""
    there = [said for said in network.comments.at(post) if not said.deleted]
    level = [comment_node(network, said) for said in there if said.parent == parent]
    stream = level if parent else [comment_node(network, said) for said in there]
    return Edge(f"{parent or post}/comments", level, reversible=True, stream=stream)


def comment_node(network: Network, said: Comment) -> Node:
    """One comment."""
    parent = network.comments.get(said.parent) if said.parent else None
    own = said.author == said.page
    fresh = network.now() - said.at <= PRIVATE_REPLY_SECONDS * 1000
    fields: dict[str, Callable[[], Any]] = {
        "id": lambda: said.id,
        "message": lambda: said.text,
        "created_time": lambda: iso(said.at),
        "from": lambda: _author(network, said.author, said.name),
        "parent": lambda: comment_node(network, parent) if parent is not None else None,
        "attachment": lambda: _shown_file(network, said.file),
        "is_hidden": lambda: said.hidden,
        "can_hide": lambda: not own,
        "can_like": lambda: True,
        "can_remove": lambda: True,
        "can_comment": lambda: True,
        "can_reply_privately": lambda: fresh and not said.answered and not own,
        "permalink_url": lambda: permalink(said.id),
        "like_count": lambda: len(network.likes.at(said.id)),
        "user_likes": lambda: any(like.author == said.page for like in network.likes.at(said.id)),
        "comment_count": lambda: len(comments(network, said.place, said.id).nodes),
        "comments": lambda: comments(network, said.place, said.id),
        "likes": lambda: likes(network, said.id),
        "object": lambda: {"id": said.place},
    }
    return Node("Comment", ("created_time", "from", "message"), fields)


def likes(network: Network, target: str) -> Edge:
    """Who likes it."""

    def liker(author: str) -> Node:
        return Node("Profile", ("name",), {"id": lambda: author, "name": lambda: _name(network, author)})

    return Edge(f"{target}/likes", [liker(like.author) for like in network.likes.at(target)])


def _latest(posts: list[Post]) -> list[Post]:
    return [post for post in reversed(posts) if not post.mention and not post.ad]


def _author(network: Network, author: str, name: str) -> dict[str, str] | None:
    return None if network.habits.get().nameless else {"name": name, "id": author}


def _name(network: Network, author: str) -> str:
    found = network.pages.get(author) or network.contacts.get(author)
    return found.name if found is not None else ""


def _first_file(network: Network, names: tuple[str, ...]) -> str | None:
    file = network.files.get(names[0]) if names else None
    return cdn_url(network, file) if file is not None else None


def _shown_files(network: Network, names: tuple[str, ...]) -> dict[str, Any] | None:
    return {"data": [_shown_file(network, name) for name in names]} if names else None


def _shown_file(network: Network, name: str) -> dict[str, Any] | None:
    file = network.files.get(name) if name else None
    if file is None:
        return None
    url = cdn_url(network, file)
    kind = "video_inline" if file.form == "video" else "photo"
    return {
        "type": kind,
        "media": {"image": {"src": url, "width": 1, "height": 1}},
        "target": {"id": file.id},
        "url": url,
    }
