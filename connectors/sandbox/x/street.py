"""What the people of the street do and see at X: the customers, and whoever tests.

The same verbs are there for another process: `POST /_street/<verb>` with the arguments as JSON on the server's own
port, to which only this machine may speak; `far_street` calls them.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any

import msgspec
import requests
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from connectors.sandbox.served import HOST
from connectors.sandbox.x import messaging, posting, uploading
from connectors.sandbox.x.asking import Platform
from connectors.sandbox.x.consent import Consent
from connectors.sandbox.x.posting import Draft
from connectors.sandbox.x.switches import Misbehaviour, Rules
from connectors.sandbox.x.things import Account, Effect, Group, Media, Message, Post, Webhook
from connectors.sandbox.x.webhooks import answers_challenge

SCOPES_OF_A_DESK = "tweet.read tweet.write tweet.moderate.write users.read dm.read dm.write media.write offline.access"
_SECONDS = 30


class Upload(msgspec.Struct, frozen=True):
    """A file that somebody attaches: its MIME type and its bytes (base64 in JSON)."""

    mime: str
    raw: bytes

    def category(self, use: str) -> str:
        kinds = {"image/gif": "gif"}
        return f"{use}_{kinds.get(self.mime, self.mime.partition('/')[0])}"


class Street:
    """People are named by their username, with or without @; whoever is not there yet comes to be."""

    def __init__(self, platform: Platform, consent: Consent) -> None:
        self.platform = platform
        self._world = platform.world
        self._consent = consent

    # -- people

    def account(self, username: str, name: str = "", *, ours: bool = False) -> Account:
        """The account of this name, made if need be."""
        with self._world.lock:
            found = self._world.named(username)
            if found is None:
                bare = username.removeprefix("@")
                found = Account(self._world.new_id(), bare, name or bare.capitalize(), self._world.now(), ours=ours)
                self._world.put(found)
        return found

    def accounts(self) -> list[Account]:
        return self._world.all(Account)

    def keys(self, username: str) -> tuple[str, str]:
        """The OAuth 1.0a access token and its secret."""
        return self.platform.app.keys_of(self.account(username).id)

    def log_in(self, username: str, scopes: str = SCOPES_OF_A_DESK) -> dict[str, object]:
        """Tokens of OAuth 2 as if somebody had walked through the authorize page."""
        return self._consent.granted(self.account(username), scopes)

    def receive_messages_of(self, username: str, *, everybody: bool) -> None:
        """Open or close somebody's mailbox to strangers (`receives_your_dm`)."""
        self._world.put(replace(self.account(username), open_to_dm=everybody))

    def suspend(self, username: str, *, suspended: bool = True) -> None:
        """X takes an account away, with all its posts, or gives it back."""
        self._world.put(replace(self.account(username), suspended=suspended))

    def withdraw(self, username: str) -> None:
        """Somebody removes the app from his account: all its tokens are void, oauth.revoke is told."""
        self._consent.withdraw(self.account(username))

    def end_access(self, username: str) -> None:
        """X takes no access token of this account any more, though none is old; they can be refreshed."""
        self._consent.end_access(self.account(username))

    # -- in public

    def post(self, by: str, text: str, in_reply_to: str = "", media: Sequence[Upload] = (), quoting: str = "") -> Post:
        """Publish as in X's own app, which lets everybody answer everything."""
        author = self.account(by)
        kept = [self._keep(author, upload, "tweet").id for upload in media]
        return posting.post(self._world, author, Draft(text=text, parent=in_reply_to, media=kept, quoted=quoting))

    def edit(self, post: str, text: str) -> Post:
        """The author publishes another version, which has another id."""
        return posting.edit(self._world, self._author(post), post, text)

    def delete(self, post: str) -> None:
        """The author takes the post away."""
        posting.delete(self._world, self._author(post), post)

    def timeline(self, username: str) -> list[Post]:
        """What somebody has published, the newest first, as everybody can see it."""
        wanted = self.account(username).id
        return [post for post in reversed(posting.shown_posts(self._world)) if post.author == wanted]

    def thread(self, post: str) -> list[Post]:
        """Everything under the same first post, oldest first."""
        root = self._world.get(Post, post).root
        return [other for other in posting.shown_posts(self._world) if other.root == root]

    # -- in private

    def direct_message(self, by: str, to: str, text: str, media: Sequence[Upload] = ()) -> Message:
        """Write to one person. Raise PermissionError if X would not let it through."""
        sender, receiver = self.account(by), self.account(to)
        if not messaging.may_message(self._world, sender, receiver):
            raise PermissionError(f"@{receiver.username} does not take messages from @{sender.username}")
        return self._write(sender, messaging.conversation_of(sender.id, receiver.id), text, media)

    def group(self, by: str, others: Sequence[str]) -> Group:
        """Begin a conversation of several."""
        return messaging.gather(self._world, self.account(by), [self.account(other).id for other in others])

    def group_message(self, by: str, group: str, text: str, media: Sequence[Upload] = ()) -> Message:
        return self._write(self.account(by), self._world.get(Group, group).id, text, media)

    def join(self, group: str, who: str) -> None:
        messaging.join(self._world, self._world.get(Group, group), self.account(who))

    def leave(self, group: str, who: str) -> None:
        messaging.leave(self._world, self._world.get(Group, group), self.account(who))

    def messages(self, one: str, other: str = "") -> list[Message]:
        """What two said to each other, or what happened in a group (`one` is its id), oldest first."""
        wanted = messaging.conversation_of(self.account(one).id, self.account(other).id) if other else one
        return [message for message in self._world.all(Message) if message.conversation == wanted]

    def content(self, media: str) -> bytes:
        """The bytes of an uploaded file, by its id."""
        return uploading.content(self._world, self._world.get(Media, media))

    # -- how it behaves, and what took place

    def misbehave(self, **how: Any) -> None:
        """Switch the fields of switches.Misbehaviour; without any, behave again."""
        self.platform.switches.misbehaviour.set(msgspec.convert(asdict(Misbehaviour(**how)), Misbehaviour))

    def rule(self, **how: Any) -> None:
        """Switch some fields of switches.Rules, the others stay."""
        wanted = Rules(**{**asdict(self.platform.rules), **how})
        self.platform.switches.rules.set(msgspec.convert(asdict(wanted), Rules))

    def mischief(self, **how: Any) -> None:
        """Switch the fields of hooks.Mischief; without any, deliver well again."""
        self.platform.hooks.misbehave(**how)

    def check_webhooks(self) -> list[Webhook]:
        """Ask every webhook its challenge, as X does each hour, and return what is the case then."""
        there = [webhook for webhook in self._world.all(Webhook) if not webhook.deleted]
        for webhook in there:
            self._world.put(replace(webhook, valid=answers_challenge(webhook.url, self.platform.app)))
        return [self._world.get(Webhook, webhook.id) for webhook in there]

    def told(self) -> bool:
        """Whether no webhook waits to be delivered."""
        return self.platform.hooks.settled()

    def log(self) -> list[Effect]:
        """Everything that took place, oldest first: the witness of what was doubled or lost."""
        return self._world.log()

    def _author(self, post: str) -> Account:
        return self._world.get(Account, self._world.get(Post, post).author)

    def _keep(self, owner: Account, upload: Upload, use: str) -> Media:
        return uploading.keep(self._world, owner, upload.category(use), upload.mime, upload.raw)

    def _write(self, sender: Account, conversation: str, text: str, media: Sequence[Upload]) -> Message:
        kept = [self._keep(sender, upload, "dm").id for upload in media]
        return messaging.send(self._world, sender, conversation, text, *kept)


VERBS = {name for name in vars(Street) if not name.startswith("_")}


class Control:
    """The street's verbs over HTTP."""

    def __init__(self, street: Street) -> None:
        self._street = street

    async def __call__(self, request: Request) -> Response:
        """Refuse whoever is not on this machine, and pages of a browser, which cannot send JSON unasked."""
        verb = request.url.path.removeprefix("/_street/")
        here = request.client is not None and ip_address(request.client.host).is_loopback
        if not here or request.method != "POST" or request.headers.get("content-type") != "application/json":
            return _answer(403, {"error": "only by POST of JSON, and only on this machine"})
        if verb not in VERBS:
            return _answer(404, {"error": f"the verbs are {', '.join(sorted(VERBS))}"})
        given = msgspec.json.decode(await request.body(), type=dict[str, Any])
        try:
            return _answer(200, await run_in_threadpool(self._call, getattr(self._street, verb), given))
        except (LookupError, PermissionError, TypeError, ValueError) as error:
            return _answer(400, {"error": str(error)})

    def _call(self, verb: Callable[..., Any], given: dict[str, Any]) -> Any:
        if "media" in given and not isinstance(given["media"], str):
            given["media"] = msgspec.convert(given["media"], list[Upload])
        return verb(**given)


def far_street(port: int, verb: str, **given: Any) -> Any:
    """Call a verb of the street in another process and return its answer as JSON says it.

    Raise ValueError with the sentence of a refusal.
    """
    answer = requests.post(
        f"http://{HOST}:{port}/_street/{verb}",
        data=msgspec.json.encode(given),
        headers={"content-type": "application/json"},
        timeout=_SECONDS,
    )
    found = answer.json()
    if answer.status_code != 200:
        raise ValueError(found["error"])
    return found


def _answer(status: int, body: Any) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
