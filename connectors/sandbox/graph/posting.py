"""What people do on the wall of a Page, and what they see there."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from connectors.sandbox.graph import events
from connectors.sandbox.graph.people import Attachment, People, Unknown
from connectors.sandbox.graph.things import Comment, Post
from connectors.sandbox.graph.wall import write_comment, write_post


class Posting(People):
    """The public half of the street."""

    def page_post(self, text: str, page: str = "", attachments: Sequence[Attachment] = ()) -> str:
        """The Page posts something in another tool."""
        with self._network.act():
            found = self._network.page(page)
            return write_post(self._network, found, found.id, found.name, text, self._files(attachments)).id

    def advertise(self, text: str, page: str = "") -> str:
        """The Page places an ad in another tool: a post that stands on no wall. Nobody is told of it."""
        with self._network.act():
            found = self._network.page(page)
            number = f"{found.id}_{self._network.number()}"
            said = Post(
                id=number, place=found.id, author=found.id, name=found.name, text=text, at=self._network.now(), ad=True
            )
            return self._network.posts.put(said).id

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

    def hide_comment(self, comment: str, *, hidden: bool = True) -> None:
        """The Page hides a comment in another tool, or shows it again."""
        with self._network.act():
            said = replace(self._comment(comment), hidden=hidden)
            events.comment(self._network, self._network.comments.put(said), "hide" if hidden else "unhide")

    def edit_post(self, post: str, text: str) -> None:
        with self._network.act():
            said = replace(self._post(post), text=text)
            events.post(self._network, self._network.posts.put(said), "edited")

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
