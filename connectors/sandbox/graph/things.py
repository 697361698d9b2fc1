"""What the platform knows. Times are epochs in milliseconds; `place` is the id of what a thing lies under."""

from dataclasses import dataclass

SCOPES = (
    "pages_show_list",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
)


@dataclass(frozen=True, slots=True)
class App:
    """The one app that is registered here."""

    id: str = "1517776481860111"
    secret: str = "app-secret-1"  # noqa: S105  # of a platform that only this machine can reach
    name: str = "Otvet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a profile; `place` is the name in small letters."""

    id: str
    name: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Page, who manages it, and the webhook fields the app is subscribed to."""

    id: str
    name: str
    managers: tuple[str, ...]
    subscribed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person as one Page knows them: `id` is page-scoped, `place` the Page, `thread` their conversation with it.

    `heard` is when they last wrote or pressed something, 0 for never: it opens the window.
    """

    id: str
    place: str
    person: str
    name: str
    thread: str
    heard: int = 0
    unavailable: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token, of a Page when `page` is set. `expires` of 0 is never. `subcode` tells why it is `broken`."""

    id: str
    person: str
    page: str = ""
    scopes: tuple[str, ...] = SCOPES
    pages: tuple[str, ...] = ()
    issued: int = 0
    expires: int = 0
    data_expires: int = 0
    broken: bool = False
    subcode: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What the Login page gives, to be changed for a token once."""

    id: str
    person: str
    pages: tuple[str, ...]
    scopes: tuple[str, ...]
    redirect: str
    expires: int
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Bytes that lie under this id in the folder. `form` is image, audio, video or file."""

    id: str
    form: str
    name: str
    mime: str
    size: int
    reusable: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation (its `place`). `app` is set when an app sent it for the Page."""

    id: str
    place: str
    page: str
    contact: str
    from_page: bool
    at: int
    text: str = ""
    files: tuple[str, ...] = ()
    sticker: int = 0
    quick_reply: str = ""
    reply_to: str = ""
    app: str = ""
    metadata: str = ""
    comment: str = ""  # it answers this comment in private
    edits: int = 0
    deleted: bool = False
    reactions: tuple[str, ...] = ()  # the emoji of the other side


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Something on the wall of a Page (its `place`), of the Page or of a visitor; `author` is the Page or a contact.

    One with `mention` stands on somebody's own wall and names the Page. One with `ad` is shown as an ad and on no wall.
    """

    id: str
    place: str
    author: str
    name: str
    text: str
    at: int
    files: tuple[str, ...] = ()
    hidden: bool = False
    deleted: bool = False
    mention: bool = False
    ad: bool = False
    answered: bool = False  # in private


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on a post (its `place`); `parent` is the comment it replies to, or nothing."""

    id: str
    place: str
    page: str
    author: str
    name: str
    text: str
    at: int
    parent: str = ""
    file: str = ""
    hidden: bool = False
    deleted: bool = False
    edited: int = 0
    answered: bool = False  # in private


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """`author` likes `place`."""

    id: str
    place: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Where the app wants its webhooks; `id` is the object they are about."""

    id: str
    url: str
    verify_token: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A piece of a webhook that waits to be sent: `body` is JSON, `place` where in an entry it belongs."""

    id: str
    page: str
    where: str  # messaging, standby or changes
    body: bytes
    at: int
    about: str
