"""What people do in Messenger, and what they see there."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from connectors.sandbox.graph import events
from connectors.sandbox.graph.people import Attachment, People, Unknown
from connectors.sandbox.graph.things import Contact, Message

MOST_EDITS = 5


class Chatting(People):
    """The private half of the street."""

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
        """Change one's own message; the platform allows that five times. Raise ValueError for more."""
        with self._network.act():
            said, contact = self._message(mid)
            if said.edits == MOST_EDITS:
                raise ValueError("this message was edited five times already")
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
        self, person: str, text: str = "", attachments: Sequence[Attachment] = (), page: str = "", app: str = ""
    ) -> str:
        """The Page answers in the platform's own inbox or with another `app`, and we hear the echo."""
        with self._network.act():
            contact = self._contact(person, page)
            said = self._say(contact, text, attachments, from_page=True, app=app)
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

    def tell(self, person: str, field: str, piece: dict[str, Any], page: str = "") -> None:
        """Send any other messaging event (an opt-in, a hand-over, a message of a kind not played here) as it is."""
        with self._network.act():
            events.other(self._network, self._contact(person, page), field, piece)

    def _message(self, mid: str) -> tuple[Message, Contact]:
        said = self._network.messages.get(mid)
        contact = self._network.contacts.get(said.contact) if said is not None else None
        if said is None or contact is None:
            raise Unknown(f"there is no message {mid}")
        return said, contact

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


def _referral(ref: str) -> dict[str, str]:
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
