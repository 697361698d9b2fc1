"""The people of the platform: what customers do there, and what they see. People are made on the fly, by name.

A Page is told by its name or id; the first one is meant when none is told. All answers are plain, so that they
are the same over HTTP.
"""

import base64
import mimetypes
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from connectors.sandbox.graph import events, login
from connectors.sandbox.graph.accounts import FIELDS, shake_hands
from connectors.sandbox.graph.files import cdn_url, keep
from connectors.sandbox.graph.network import MANAGER, Network
from connectors.sandbox.graph.things import SCOPES, Comment, Contact, Message, Post, Subscription
from connectors.sandbox.graph.wall import write_comment, write_post

Attachment = tuple[str, bytes] | Sequence[str]  # name and bytes; over HTTP the bytes are base64


class Unknown(LookupError):
    """There is no such thing on this platform."""


class Street:
    """One function for each thing that somebody does."""

    def __init__(self, network: Network) -> None:
        self._network = network

    # -- the company

    def connect(self, page: str = "") -> dict[str, str]:
        """What an app has after Login: its own keys, a Page of this name and its endless token."""
        network = self._network
        with network.act():
            found = network.page(page)
            person = network.person(MANAGER)
            everything = tuple(page.id for page in network.pages.all())
            user = login.issue(network, person.id, SCOPES, everything, login.LONG_SECONDS)
            token = login.page_token(network, user, found)
        app = network.app
        keys = {"app_id": app.id, "app_secret": app.secret, "page_id": found.id, "page_name": found.name}
        return keys | {"page_token": token.id, "user_token": user.id}

    def subscribe(self, url: str, verify_token: str, page: str = "") -> None:
        """Send all webhooks of this Page there, after the handshake. Raise Refused when that fails."""
        network = self._network
        wanted = Subscription(id="page", url=url, verify_token=verify_token, fields=FIELDS)
        shake_hands(wanted)
        with network.act():
            network.subscriptions.put(wanted)
            network.pages.put(replace(network.page(page), subscribed=FIELDS))

    def break_token(self, token: str, subcode: int = 0) -> None:
        """From now on this token, and every one of the same person, is refused with 190 and this subcode."""
        network = self._network
        found = network.tokens.get(token)
        if found is None:
            raise Unknown("there is no such token")
        with network.act():
            for other in network.tokens.all():
                if other.person == found.person:
                    network.tokens.put(replace(other, broken=True, subcode=subcode))

    # -- Messenger

    def write(
        self,
        person: str,
        text: str = "",
        attachments: Sequence[Attachment] = (),
        page: str = "",
        sticker: int = 0,
        quick_reply: str = "",
        reply_to: str = "",
    ) -> str:
        """Send the Page a message and return its id."""
        with self._network.act():
            contact = self._contact(person, page)
            more = {"sticker": sticker, "quick_reply": quick_reply, "reply_to": reply_to}
            said = self._say(contact, text, attachments, from_page=False, **more)
            events.message(self._network, contact, said)
        return said.id

    def press(self, person: str, payload: str, title: str = "Get started", page: str = "", referral: str = "") -> str:
        """Press a button, perhaps having come by a link with this `referral`."""
        with self._network.act():
            contact = self._contact(person, page)
            said = self._say(contact, title, (), from_page=False, quick_reply=payload)
            events.postback(self._network, contact, said, _referral(referral) if referral else None)
        return said.id

    def come_by_link(self, person: str, referral: str, page: str = "") -> None:
        """Open a conversation that is already there by a link."""
        with self._network.act():
            events.referred(self._network, self._contact(person, page), _referral(referral))

    def edit(self, mid: str, text: str) -> None:
        """Change one's own message; the platform allows that five times."""
        with self._network.act():
            said, contact = self._message(mid)
            if said.edits == 5:
                raise Unknown("this message was edited five times already")
            said = self._network.messages.put(replace(said, text=text, edits=said.edits + 1))
            events.edited(self._network, contact, said)

    def unsend(self, mid: str) -> None:
        """Take one's own message back."""
        with self._network.act():
            said, contact = self._message(mid)
            events.unsent(self._network, contact, self._network.messages.put(replace(said, deleted=True)))

    def react(self, mid: str, emoji: str = "❤", *, away: bool = False) -> None:
        """React to a message, or take that away."""
        with self._network.act():
            said, contact = self._message(mid)
            kept = tuple(one for one in said.reactions if one != emoji)
            self._network.messages.put(replace(said, reactions=kept if away else (*kept, emoji)))
            events.reaction(self._network, contact, said, emoji, away=away)

    def receive(self, person: str, page: str = "") -> None:
        """The person's device gets what the Page wrote."""
        with self._network.act():
            contact = self._contact(person, page)
            mids = [said.id for said in self._network.messages.at(contact.thread) if said.from_page]
            events.delivered(self._network, contact, mids)

    def read(self, person: str, page: str = "") -> None:
        """The person sees everything."""
        with self._network.act():
            events.read(self._network, self._contact(person, page))

    def block(self, person: str, page: str = "", *, blocked: bool = True) -> None:
        """Be no longer available to the Page."""
        with self._network.act():
            self._network.contacts.put(replace(self._contact(person, page), unavailable=blocked))

    def answer_elsewhere(
        self, person: str, text: str = "", attachments: Sequence[Attachment] = (), page: str = ""
    ) -> str:
        """The Page answers in the platform's own inbox, and we hear the echo."""
        with self._network.act():
            contact = self._contact(person, page)
            said = self._say(contact, text, attachments, from_page=True)
            events.echo(self._network, contact, said)
        return said.id

    def press_test_button(self, page: str = "") -> None:
        """What an admin does in the app's dashboard."""
        with self._network.act():
            events.dashboard_test(self._network, self._network.page(page).id)

    def messages(self, person: str, page: str = "") -> list[dict[str, Any]]:
        """The conversation as this person sees it, oldest first, each with its files' addresses."""
        contact = self._contact(person, page)
        found = self._network.messages.at(contact.thread)
        return [asdict(said) | {"urls": self._urls(said.files)} for said in found if not said.deleted]

    def talks(self, page: str = "") -> list[dict[str, Any]]:
        """Everybody whom the Page knows, the latest first."""
        return [asdict(contact) for contact in reversed(self._network.contacts.at(self._network.page(page).id))]

    # -- the wall

    def page_post(self, text: str, page: str = "", attachments: Sequence[Attachment] = ()) -> str:
        """The Page posts something in another tool."""
        with self._network.act():
            found = self._network.page(page)
            return write_post(self._network, found, found.id, found.name, text, self._files(attachments)).id

    def visitor_post(self, person: str, text: str, page: str = "", attachments: Sequence[Attachment] = ()) -> str:
        """A person writes on the wall of the Page."""
        with self._network.act():
            contact = self._contact(person, page)
            found = self._network.page(contact.place)
            return write_post(self._network, found, contact.id, contact.name, text, self._files(attachments)).id

    def mention(self, person: str, text: str, page: str = "") -> str:
        """A person names the Page on their own wall."""
        with self._network.act():
            contact = self._contact(person, page)
            number = f"{contact.id}_{self._network.number()}"
            said = Post(
                id=number,
                place=contact.place,
                author=contact.id,
                name=contact.name,
                text=text,
                at=self._network.now(),
                mention=True,
            )
            events.mention(self._network, contact.place, self._network.posts.put(said))
        return said.id

    def comment(
        self, person: str, post: str, text: str, parent: str = "", attachments: Sequence[Attachment] = ()
    ) -> str:
        """Comment on a post, or reply to the comment `parent` there. A person of the Page's name is the Page."""
        with self._network.act():
            on = self._post(post)
            page = self._network.page(on.place)
            author = page.id if person == page.name else self._contact(person, page.id).id
            file = next(iter(self._files(attachments)), "")
            above = self._comment(parent).parent or parent if parent else ""
            return write_comment(self._network, on, above, author, person, text, file).id

    def edit_comment(self, comment: str, text: str) -> None:
        with self._network.act():
            said = replace(self._comment(comment), text=text, edited=self._network.now())
            events.comment(self._network, self._network.comments.put(said), "edited")

    def remove_comment(self, comment: str) -> None:
        with self._network.act():
            said = replace(self._comment(comment), deleted=True)
            events.comment(self._network, self._network.comments.put(said), "remove")

    def remove_post(self, post: str) -> None:
        with self._network.act():
            said = replace(self._post(post), deleted=True)
            events.post(self._network, self._network.posts.put(said), "remove")

    def like(self, person: str, thing: str) -> None:
        """A person likes a post or a comment."""
        with self._network.act():
            page = getattr(self._network.comments.get(thing), "page", "") or self._post(thing).place
            contact = self._contact(person, page)
            events.liked(self._network, page, thing, contact.id, contact.name)

    def posts(self, page: str = "") -> list[dict[str, Any]]:
        """What is on the wall, oldest first."""
        found = self._network.posts.at(self._network.page(page).id)
        return [asdict(said) | {"urls": self._urls(said.files)} for said in found if not said.deleted]

    def comments(self, post: str) -> list[dict[str, Any]]:
        """All comments under a post, oldest first, as a visitor sees them: hidden ones say so."""
        found = self._network.comments.at(post)
        return [asdict(said) | {"urls": self._urls((said.file,))} for said in found if not said.deleted]

    # -- looking up

    def _contact(self, person: str, page: str) -> Contact:
        return self._network.contact(person, self._network.page(page))

    def _message(self, mid: str) -> tuple[Message, Contact]:
        said = self._network.messages.get(mid)
        contact = self._network.contacts.get(said.contact) if said is not None else None
        if said is None or contact is None:
            raise Unknown(f"there is no message {mid}")
        return said, contact

    def _post(self, name: str) -> Post:
        found = self._network.posts.get(name)
        if found is None:
            raise Unknown(f"there is no post {name}")
        return found

    def _comment(self, name: str) -> Comment:
        found = self._network.comments.get(name)
        if found is None:
            raise Unknown(f"there is no comment {name}")
        return found

    def _say(
        self, contact: Contact, text: str, attachments: Sequence[Attachment], *, from_page: bool, **more: Any
    ) -> Message:
        network = self._network
        said = Message(
            id=network.mid(),
            place=contact.thread,
            page=contact.place,
            contact=contact.id,
            from_page=from_page,
            at=network.now(),
            text=text,
            files=self._files(attachments),
            **more,
        )
        if not from_page:
            network.contacts.put(replace(contact, heard=said.at))
        return network.messages.put(said)

    def _files(self, attachments: Sequence[Attachment]) -> tuple[str, ...]:
        kept = []
        for name, content in attachments:
            raw = base64.b64decode(content) if isinstance(content, str) else content
            mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
            kept.append(keep(self._network, name, mime, raw).id)
        return tuple(kept)

    def _urls(self, files: Sequence[str]) -> list[str]:
        return [cdn_url(self._network, file) for name in files if (file := self._network.files.get(name))]


def _referral(ref: str) -> dict[str, str]:
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
