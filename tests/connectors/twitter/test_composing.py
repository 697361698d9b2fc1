"""Answers frozen for X."""

from pathlib import Path

import pytest

from connectors.contract import File
from connectors.errors import Rejected
from connectors.twitter.composing import Message, Post, loads
from connectors.twitter.connector import X
from tests.connectors.twitter.conftest import reply, to

CONNECTOR = X()
TREE = "public:10:2"


def file(name: str, media_type: str, size: int = 10) -> File:
    return File(name=name, media_type=media_type, size=size, sha256=name, path=str(Path("nowhere") / name))


def test_the_parts_are_those_that_the_agent_saw() -> None:
    text = "Here is what to do. " * 40
    frozen = CONNECTOR.compose(reply(text, thread_key=TREE, parents=("12", "11"), to=to("2")))
    letters = [loads(part.body) for part in frozen]
    assert [letter.text for letter in letters] == X.parts(text, TREE)
    assert all(isinstance(letter, Post) and letter.answers == "12" for letter in letters)
    assert [part.recipients for part in frozen] == [("2",)] * 3
    assert [part.provider_id for part in frozen] == [""] * 3


def test_the_same_answer_is_always_the_same_bytes() -> None:
    answer = reply("Sorry!", thread_key=TREE, parents=("12",), to=to("2"), attachments=(file("a.png", "image/png"),))
    assert CONNECTOR.compose(answer) == CONNECTOR.compose(answer)


def test_four_photos_share_a_post_and_a_video_has_its_own() -> None:
    photos = [file(f"{number}.jpg", "image/jpeg") for number in range(5)]
    film = file("film.mp4", "video/mp4")
    frozen = CONNECTOR.compose(reply("Look", thread_key=TREE, parents=("12",), attachments=(film, *photos)))
    letters = [loads(part.body) for part in frozen]
    assert [(letter.text, len(letter.files)) for letter in letters] == [("Look", 4), ("", 1), ("", 1)]
    assert letters[2].files[0].category == "video"


def test_a_message_carries_one_file() -> None:
    photos = tuple(file(f"{number}.jpg", "image/jpeg") for number in range(2))
    frozen = CONNECTOR.compose(reply("Look", thread_key="dm:2", to=to("2"), attachments=photos))
    letters = [loads(part.body) for part in frozen]
    assert [(letter.text, len(letter.files)) for letter in letters] == [("Look", 1), ("", 1)]
    assert all(isinstance(letter, Message) and letter.to == "2" for letter in letters)


def test_without_a_name_the_thread_tells_who_it_is_for() -> None:
    (part,) = CONNECTOR.compose(reply("Hello", thread_key="dm:2"))
    assert part.recipients == ("2",)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"thread_key": TREE}, "no post to answer"),
        ({"thread_key": "dm:nobody"}, "not known whom"),
        ({"thread_key": "dm:2", "attachments": (file("a.pdf", "application/pdf"),)}, "not a.pdf"),
        ({"thread_key": "dm:2", "attachments": (file("a.png", "image/png", 5_000_001),)}, "takes 5 MB"),
        ({"thread_key": "dm:2", "attachments": (file("a.gif", "image/gif", 15_000_001),)}, "takes 15 MB"),
        ({"thread_key": "dm:2", "attachments": (file("a.mp4", "video/mp4", 512_000_001),)}, "takes 512 MB"),
    ],
)
def test_what_x_cannot_carry_is_refused_with_a_reason(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(Rejected, match=sentence):
        CONNECTOR.compose(reply("Hello", **given))


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(Rejected, match="nothing"):
        CONNECTOR.compose(reply(" \n", thread_key=TREE, parents=("12",)))
