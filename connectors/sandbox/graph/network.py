"""The platform behind the API and the street: its things, its clock, its numbers and its switches."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from connectors.sandbox.graph.misbehaviour import Clock, Habits, Misbehaviour
from connectors.sandbox.graph.store import Shelf, Store
from connectors.sandbox.graph.things import (
    App,
    Code,
    Comment,
    Contact,
    Event,
    File,
    Like,
    Message,
    Page,
    Person,
    Post,
    Subscription,
    Token,
)
from connectors.sandbox.hooks import Hooks
from connectors.sandbox.switch import Switch

MANAGER = "Kim Admin"
PAGE = "Demo"
_FIRST_NUMBER = 587956915396498


class Network:
    """One folder of it. Whatever changes something does so within `act`, after which the webhooks go out."""

    def __init__(self, folder: Path, app: App) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.app = app
        self.base = ""  # where it listens, known once it does
        self.store = Store(folder / "graph.sqlite3")
        self.hooks = Hooks(folder)
        self.misbehaviour = Switch(folder / "misbehaviour.json", Misbehaviour())
        self.habits = Switch(folder / "habits.json", Habits())
        self.clock = Switch(folder / "clock.json", Clock())
        self.people = Shelf(self.store, Person)
        self.pages = Shelf(self.store, Page)
        self.contacts = Shelf(self.store, Contact)
        self.tokens = Shelf(self.store, Token)
        self.codes = Shelf(self.store, Code)
        self.files = Shelf(self.store, File)
        self.messages = Shelf(self.store, Message)
        self.posts = Shelf(self.store, Post)
        self.comments = Shelf(self.store, Comment)
        self.likes = Shelf(self.store, Like)
        self.subscriptions = Shelf(self.store, Subscription)
        self.events = Shelf(self.store, Event)
        if not self.pages.all():
            self.page(PAGE)

    def close(self) -> None:
        self.hooks.close()
        self.store.close()

    # -- time and numbers

    def now(self) -> int:
        """The platform's time in milliseconds."""
        return int((time.time() + self.clock.get().ahead_seconds) * 1000)

    def number(self) -> str:
        """An id that nothing else has."""
        return str(self.store.next("id", _FIRST_NUMBER))

    def sign(self, word: str) -> str:
        """A short word that only this platform can make of another."""
        raw = hmac.digest(self.app.secret.encode(), word.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    # -- changing

    @contextmanager
    def act(self) -> Iterator[None]:
        """Do something altogether or not at all; then send the webhooks it led to."""
        with self.store.whole():
            yield
        self.send_events()

    def log(self, what: str, **body: Any) -> None:
        """Write down one effect."""
        self.store.note(self.now(), what, body)

    # -- people and Pages, made on the fly

    def person(self, name: str) -> Person:
        """The person of this name, new if there was none."""
        place = name.casefold()
        with self.store.whole():
            found = self.people.at(place)
            return found[0] if found else self.people.put(Person(id=self.number(), name=name, place=place))

    def page(self, name: str = "") -> Page:
        """The Page of this name or id, the first one for none, new if there was none of this name."""
        with self.store.whole():
            found = [page for page in self.pages.all() if name in ("", page.id, page.name)]
            if found:
                return found[0]
            return self.pages.put(Page(id=self.number(), name=name, managers=(self.person(MANAGER).id,)))

    def contact(self, name: str, page: Page) -> Contact:
        """A person as this Page knows them."""
        with self.store.whole():
            person = self.person(name)
            known = [contact for contact in self.contacts.at(page.id) if contact.person == person.id]
            if known:
                return known[0]
            return self.contacts.put(
                Contact(
                    id=self.number(),
                    place=page.id,
                    person=person.id,
                    name=name,
                    thread=f"t_{self.number()}",
                    at=self.now(),
                )
            )

    def of_thread(self, thread: str) -> Contact | None:
        return next((contact for contact in self.contacts.all() if contact.thread == thread), None)

    def mid(self) -> str:
        """An id for a message."""
        return f"{'mid.$' if self.habits.get().old_mids else 'm_'}{self.sign(f'message {self.number()}')}"

    # -- webhooks

    def tell(self, page: str, where: str, field: str, body: dict[str, Any], about: str = "") -> None:
        """Let a piece of a webhook wait, if the app and the Page are subscribed to this field."""
        wanted = self.subscriptions.get("page")
        subscribed = self.pages.get(page)
        if wanted is None or subscribed is None or field not in wanted.fields or field not in subscribed.subscribed:
            return
        raw = json.dumps(body).encode()
        name = f"{self.store.next('event'):012}"
        self.events.put(Event(id=name, page=page, where=where, body=raw, at=self.now(), about=about))

    def send_events(self, *, all_of_them: bool = False) -> None:
        """Put what waits into one POST, once enough is there."""
        habits = self.habits.get()
        with self.store.whole():
            waiting = self.events.all()
            target = self.subscriptions.get("page")
            if not waiting or target is None or (len(waiting) < habits.together and not all_of_them):
                return
            body = signed_form({"object": "page", "entry": _entries(waiting, habits)})
            self.hooks.post(target.url, body, signatures(self.app.secret, body), waiting[-1].about)
            for event in waiting:
                self.events.drop(event.id)

    def settled(self) -> bool:
        """Whether no webhook waits."""
        return not self.events.all() and self.hooks.settled()

    # -- switches

    def misbehave(self, **how: Any) -> None:
        """Switch the fields of Misbehaviour; without any, behave again."""
        self.misbehaviour.set(Misbehaviour(**{**how, "mark": str(self.store.next("mark"))}))

    def set_habits(self, **how: Any) -> None:
        """Switch some fields of Habits; the others stay."""
        self.habits.set(replace(self.habits.get(), **how))
        self.send_events()

    def move_clock(self, seconds: float) -> None:
        """Let this much time pass."""
        self.clock.set(Clock(ahead_seconds=self.clock.get().ahead_seconds + seconds))

    def switches(self) -> dict[str, Any]:
        """All that can be switched, as it is."""
        return {
            "misbehaviour": asdict(self.misbehaviour.get()),
            "habits": asdict(self.habits.get()),
            "clock": asdict(self.clock.get()),
            "hooks": self.hooks.mischief(),
        }


def signed_form(body: dict[str, Any]) -> bytes:
    """The bytes that are signed and sent: unicode and slashes escaped."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


def signatures(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a webhook, over exactly these bytes."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature": f"sha1={hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}",
        "X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}",
    }


def _entries(events: list[Event], habits: Habits) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for event in events:
        seconds = event.where == "changes" or habits.seconds
        name: Any = int(event.page) if habits.numeric_ids else event.page
        if not entries or entries[-1]["id"] != name or event.where not in entries[-1]:
            entries.append({"id": name, "time": event.at // 1000 if seconds else event.at, event.where: []})
        entries[-1][event.where].append(json.loads(event.body))
    return entries
