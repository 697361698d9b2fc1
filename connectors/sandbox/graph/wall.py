"""Posts and comments: reading, answering, liking, hiding and deleting them as a Page."""

from dataclasses import replace
from typing import Any

from connectors.sandbox.graph import events
from connectors.sandbox.graph.call import Call
from connectors.sandbox.graph.errors import missing, nowhere, wrong
from connectors.sandbox.graph.files import fetch, form_of, keep
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.nodes import Edge
from connectors.sandbox.graph.things import Comment, Like, Page, Post
from connectors.sandbox.graph.views import comment_node, comments, likes, page_node, post_node

MOST_CHARACTERS = 8000


def feed(call: Call, page: str) -> dict[str, Any]:
    """`/{page}/feed`: read the wall, or post on it."""
    if call.method == "POST":
        _token, found = call.acting_page(page, "pages_manage_engagement")
        return {"id": _post(call, found).id}
    _token, found = call.acting_page(page, "pages_read_engagement")
    edge = page_node(call.network, found, None).fields["feed"]()
    return call.give_page(edge)


def tagged(call: Call, page: str) -> dict[str, Any]:
    """`/{page}/tagged`: posts on other walls that name the Page."""
    call.acting_page(page, "pages_read_user_content")
    named = [post for post in call.network.posts.at(page) if post.mention and not post.deleted]
    return call.give_page(Edge(f"{page}/tagged", [post_node(call.network, post) for post in reversed(named)]))


def post(call: Call, name: str) -> dict[str, Any]:
    """`/{post}`: read, hide or delete it."""
    said = _post_of(call, name)
    if call.method == "GET":
        return call.give(post_node(call.network, said))
    with call.network.act():
        if call.method == "DELETE":
            call.network.posts.put(replace(said, deleted=True))
            _done(call.network, "delete", said, "remove")
        else:
            hidden = call.truth("is_hidden")
            call.network.posts.put(replace(said, hidden=hidden))
            _done(call.network, "hide" if hidden else "unhide", said, "hide" if hidden else "unhide")
    return {"success": True}


def comment(call: Call, name: str) -> dict[str, Any]:
    """`/{comment}`: read, hide, edit our own, or delete it."""
    said = _comment_of(call, name)
    if call.method == "GET":
        return call.give(comment_node(call.network, said))
    with call.network.act():
        if call.method == "DELETE":
            call.network.comments.put(replace(said, deleted=True))
            _done(call.network, "delete", said, "remove")
        elif "message" in call.parameters:
            _rewrite(call, said)
        else:
            _hide(call, said)
    return {"success": True}


def comments_of_post(call: Call, name: str) -> dict[str, Any]:
    """`/{post}/comments`: read them, with `filter=stream` both levels, or write one."""
    said = _post_of(call, name)
    if call.method == "POST":
        return {"id": _comment(call, said, "").id}
    return call.give_page(comments(call.network, said.id, ""))


def comments_of_comment(call: Call, name: str) -> dict[str, Any]:
    """`/{comment}/comments`: read or write replies. There are two levels: a reply to a reply lies beside it."""
    said = _comment_of(call, name)
    if call.method == "POST":
        on = call.network.posts.get(said.place)
        if on is None:
            raise nowhere(said.place, "POST")
        return {"id": _comment(call, on, said.parent or said.id).id}
    return call.give_page(comments(call.network, said.place, said.id))


def likes_of(call: Call, name: str) -> dict[str, Any]:
    """`/{object}/likes`: who likes it, like it as the Page, or no longer."""
    said: Post | Comment = _comment_of(call, name) if call.network.comments.get(name) else _post_of(call, name)
    network = call.network
    if call.method == "GET":
        return call.give_page(likes(network, name))
    page = call.token().page
    like = Like(id=f"{name}/{page}", place=name, author=page)
    with network.act():
        if call.method == "DELETE":
            network.likes.drop(like.id)
            network.log("unlike", id=said.id, page=page)
        else:
            network.likes.put(like)
            network.log("like", id=said.id, page=page)
    return {"success": True}


def write_comment(network: Network, on: Post, parent: str, author: str, name: str, text: str, file: str) -> Comment:
    """Put a comment under a post and tell of it; the caller holds the change together."""
    number = network.number()
    said = Comment(
        id=f"{on.id.rpartition('_')[2]}_{number}",
        place=on.id,
        page=on.place,
        author=author,
        name=name,
        text=text,
        at=network.now(),
        parent=parent,
        file=file,
    )
    network.comments.put(said)
    events.comment(network, said, "add")
    return said


def write_post(network: Network, page: Page, author: str, name: str, text: str, files: tuple[str, ...] = ()) -> Post:
    """Put a post on the wall of a Page and tell of it; the caller holds the change together."""
    said = Post(
        id=f"{page.id}_{network.number()}",
        place=page.id,
        author=author,
        name=name,
        text=text,
        at=network.now(),
        files=files,
    )
    network.posts.put(said)
    events.post(network, said, "add")
    return said


def _post(call: Call, page: Page) -> Post:
    text = call.needed("message")
    with call.network.act():
        said = write_post(call.network, page, page.id, page.name, text)
        call.network.log("post", id=said.id, page=page.id, text=text)
    return said


def _comment(call: Call, on: Post, parent: str) -> Comment:
    network = call.network
    _token, page = call.acting_page(on.place, "pages_manage_engagement")
    text = call.text("message")
    file = _attached(call)
    if not text.strip() and not file:
        raise missing("message")
    if len(text) > MOST_CHARACTERS:
        raise wrong(f"Length of param message must be less than or equal to {MOST_CHARACTERS}")
    with network.act():
        said = write_comment(network, on, parent, page.id, page.name, text, file)
        network.log("comment", id=said.id, page=page.id, post=on.id, parent=parent, text=text, file=file)
    return said


def _attached(call: Call) -> str:
    upload = call.uploads.get("source")
    if upload is not None:
        return keep(call.network, upload.name, upload.mime, upload.raw, form_of(upload.mime)).id
    url = call.text("attachment_url")
    return fetch(call.network, url, "image").id if url else ""


def _rewrite(call: Call, said: Comment) -> None:
    if said.author != said.page:
        raise nowhere(said.id, "POST")
    changed = replace(said, text=call.needed("message"), edited=call.network.now())
    call.network.comments.put(changed)
    _done(call.network, "edit", changed, "edited")


def _hide(call: Call, said: Comment) -> None:
    hidden = call.truth("is_hidden")
    if said.author == said.page:
        raise wrong("A Page cannot hide its own comment")
    changed = replace(said, hidden=hidden)
    call.network.comments.put(changed)
    _done(call.network, "hide" if hidden else "unhide", changed, "hide" if hidden else "unhide")


def _done(network: Network, what: str, said: Comment | Post, verb: str) -> None:
    network.log(what, id=said.id, text=said.text)
    if isinstance(said, Comment):
        events.comment(network, said, verb)
    else:
        events.post(network, said, verb)


def _post_of(call: Call, name: str) -> Post:
    said = call.network.posts.get(name)
    _check(call, said.place if said is not None and not said.deleted else "", name)
    if said is None:
        raise nowhere(name, call.method)
    return said


def _comment_of(call: Call, name: str) -> Comment:
    said = call.network.comments.get(name)
    _check(call, said.page if said is not None and not said.deleted else "", name)
    if said is None:
        raise nowhere(name, call.method)
    return said


def _check(call: Call, page: str, name: str) -> None:
    token = call.token()
    if not page or page not in token.pages:
        raise nowhere(name, call.method)
    call.acting_page(page, "pages_read_user_content" if call.method == "GET" else "pages_manage_engagement")
