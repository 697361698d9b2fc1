"""Files that customers sent, fetched from X."""

from hashlib import sha256
from pathlib import Path

import pytest

from connectors.contract import Incoming, Payload, Remote
from connectors.errors import CredentialsRefused, Rejected, TryLater
from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.street import Upload
from connectors.twitter.connector import X
from tests.connectors.twitter.conftest import Clock

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 200_000


def remote_of(acme: X, files: Path, clock: Clock) -> Remote:
    """The file of the only thing that was said."""
    (fetched,) = acme.fetch("", files, clock.now).payloads
    (said,) = X.read(Payload(body=fetched.body, facts=fetched.facts), files)
    assert isinstance(said, Incoming)
    (remote,) = said.remote
    return remote


def test_a_photo_of_a_post_comes_whole(x: XServer, acme: X, files: Path, clock: Clock) -> None:
    x.post("carla", "@acme look", media=[Upload("image/png", PNG)])
    remote = remote_of(acme, files, clock)
    file = acme.download(remote, files)
    assert Path(file.path).read_bytes() == PNG
    assert (file.size, file.sha256, file.media_type) == (len(PNG), sha256(PNG).hexdigest(), "image/png")
    assert file.name == remote.name


def test_a_photo_of_a_message_comes_with_our_key(x: XServer, acme: X, signed: X, files: Path, clock: Clock) -> None:
    x.direct_message("carla", "acme", "look", media=[Upload("image/png", PNG)])
    remote = remote_of(acme, files, clock)
    assert remote.address.startswith("https://ton.twitter.com/")
    assert Path(acme.download(remote, files).path).read_bytes() == PNG
    with pytest.raises(Rejected, match=r"OAuth 2\.0"):
        signed.download(remote, files)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"answer": "401"}, CredentialsRefused),
        ({"answer": "429", "reset_seconds": 60}, TryLater),
        ({"answer": "503 HTML"}, TryLater),
        ({"cut": "middle"}, TryLater),
        ({"answer": "403"}, Rejected),
    ],
)
def test_what_goes_wrong_is_told_apart(
    x: XServer, acme: X, files: Path, clock: Clock, how: dict[str, object], error: type[Exception]
) -> None:
    x.direct_message("carla", "acme", "look", media=[Upload("image/png", PNG)])
    remote = remote_of(acme, files, clock)
    x.misbehave(on="GET /2/dm_conversations/media", **how)
    with pytest.raises(error):
        acme.download(remote, files)


def test_a_file_that_is_gone_is_gone_for_good(acme: X, files: Path) -> None:
    with pytest.raises(Rejected, match="not on X any more"):
        acme.download(Remote(address="https://pbs.twimg.com/media/none.png"), files)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/media/a.png",
        "https://twimg.com.example.com/a.png",
        "http://pbs.twimg.com/media/a.png",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
def test_only_files_of_x_itself_are_fetched(acme: X, files: Path, address: str) -> None:
    with pytest.raises(Rejected, match="not kept by X"):
        acme.download(Remote(address=address), files)
