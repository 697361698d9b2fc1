"""Two networks on which people have talked to us: half in public, half in private, a tenth with a picture."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.sandbox.graph.people import Attachment as GraphFile
from connectors.sandbox.graph.server import GraphServer
from connectors.sandbox.x.server import XServer, address
from connectors.sandbox.x.street import Upload
from tests.benches.mails import WORDS
from tests.benches.provider import HOST, Provider, listening

US = "demo"
PNG = b"\x89PNG\r\n\x1a\n"
PICTURE_BYTES = 50_000
EACH = 8  # things that one customer says
POSTS = 20  # of ours, which people talk under
PLENTY = 1_000_000
LIMITED = ("GET /2/users/{id}/mentions", "GET /2/tweets/search/recent", "GET /2/dm_events", "GET /2/tweets/{id}")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a customer says. `picture` is empty if it has none; `under` is the number of a post of ours."""

    who: str
    text: str
    public: bool
    picture: bytes
    under: int


def sayings(count: int, seed: int) -> Iterator[Said]:
    """The same seed, the same words: Russian and English ones."""
    chance = random.Random(seed)  # repeatable, not secret
    customers = [f"carla{number}" for number in range(max(1, count // EACH))]
    for number in range(count):
        words = WORDS[chance.choice(["en", "ru"])]
        yield Said(
            who=chance.choice(customers),
            text=f"{' '.join(chance.choices(words, k=chance.randint(5, 25)))} invoice {number}",
            public=number % 2 == 0,
            picture=PNG + chance.randbytes(PICTURE_BYTES) if number % 10 < 2 and number % 20 < 10 else b"",
            under=chance.randrange(POSTS),
        )


@contextmanager
def on_x(folder: Path, count: int, seed: int) -> Iterator[Provider]:
    """@demo on X: half of the mentions answer a post of ours."""
    x = XServer(folder)
    said = list(sayings(count, seed))
    ours = [x.post(US, f"Our lamp number {number}").id for number in range(POSTS)]
    for number, saying in enumerate(said):
        media = [Upload(mime="image/png", raw=saying.picture)] if saying.picture else []
        if saying.public:
            answered = ours[saying.under] if number % 4 else ""
            x.post(saying.who, f"@{US} {saying.text}", in_reply_to=answered, media=media)
        else:
            x.direct_message(saying.who, US, saying.text, media=media)
    x.rule(limits=dict.fromkeys(LIMITED, PLENTY))
    access = x.log_in(US)
    values: dict[str, object] = {
        "client_id": x.app.client_id,
        "client_secret": x.app.client_secret,
        "consumer_key": x.app.consumer_key,
        "consumer_secret": x.app.consumer_secret,
        "bearer": x.app.bearer,
        "username": US,
        "user_id": x.account(US).id,
        "access_token": access["access_token"],
        "refresh_token": access["refresh_token"],
        "access_expires": (datetime.now(UTC) + timedelta(hours=2)).isoformat(),
        "scopes": access["scope"],
    }
    x.stop()
    with listening("connectors.sandbox.x", folder) as (process, ports):
        yield Provider(process, values | {"base": address(ports["port"])}, _files(said))


@contextmanager
def on_facebook(folder: Path, count: int, seed: int) -> Iterator[Provider]:
    """A Page: comments under its posts, and Messenger."""
    graph = GraphServer(folder)
    said = list(sayings(count, seed))
    ours = [graph.street.page_post(f"Our lamp number {number}") for number in range(POSTS)]
    for saying in said:
        files: list[GraphFile] = [("lamp.png", saying.picture)] if saying.picture else []
        if saying.public:
            graph.street.comment(saying.who, ours[saying.under], saying.text, "", files)
        else:
            graph.street.write(saying.who, saying.text, files)
    values: dict[str, object] = dict(graph.street.connect())
    graph.close()
    with listening("connectors.sandbox.graph", folder) as (process, ports):
        yield Provider(process, values | {"base": f"http://{HOST}:{ports['port']}"}, _files(said))


def _files(said: list[Said]) -> int:
    return sum(bool(saying.picture) for saying in said)
