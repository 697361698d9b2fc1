"""Answers on their way to Facebook, over HTTP, and what becomes of them when it says no or nothing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Frozen
from connectors.errors import ChannelError, CredentialsRefused, CreditsSpent, OutcomeUnknown, Rejected, TryLater
from connectors.facebook.connector import Facebook
from connectors.facebook.refusals import WindowShut
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.conftest import Line
from tests.connectors.facebook.conftest import enclosed, on_disk, outgoing, person, reply, to

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
Clock = Callable[..., datetime]


def private(graph: GraphServer, page: Facebook, text: str, **given: object) -> Sequence[Frozen]:
    carla = person(graph, "Carla")
    return page.compose(reply(text, to=to(carla), thread_key=f"dm:{carla}", **given))


def ours(graph: GraphServer) -> list[dict[str, Any]]:
    return [said for said in graph.street.messages("Carla") if said["from_page"]]


@pytest.fixture
def asked(graph: GraphServer) -> datetime:
    """Carla has written just now."""
    graph.street.write("Carla", "it is broken")
    return datetime.now(UTC)


@pytest.fixture
def comment(graph: GraphServer) -> tuple[str, str]:
    """A post of ours and what Carla said under it."""
    post = graph.street.page_post("We are open again")
    return post, graph.street.comment("Carla", post, "until when?")


def public(graph: GraphServer, page: Facebook, comment: tuple[str, str], text: str, **given: object) -> Frozen:
    carla, (post, said) = person(graph, "Carla"), comment
    (part,) = page.compose(reply(text, to=to(carla), thread_key=f"public:{post}:{carla}", parents=(said,), **given))
    return part


def test_a_message_reaches_the_person(graph: GraphServer, page: Facebook, asked: datetime, wire: Line) -> None:
    (part,) = private(graph, page, "Here is a new one", heard_at=asked, now=asked)
    sent = page.send(outgoing(part.body, asked), wire)
    assert wire.calls == 1
    (said,) = ours(graph)
    assert (said["id"], said["text"], said["metadata"]) == (sent.provider_id, "Here is a new one", "otvet/k-1/0")
    assert part.recipients == (person(graph, "Carla"),)


def test_a_long_answer_and_its_file_are_parts_of_their_own(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line, files: Path
) -> None:
    photo, paper = enclosed(files / "a.png", PNG, "image/png"), enclosed(files / "b.pdf", b"%PDF", "application/pdf")
    parts = private(graph, page, "What to do. " * 300, heard_at=asked, now=asked, attachments=(photo, paper))
    for part in parts:
        page.send(outgoing(part.body, asked, files=on_disk(photo, paper)), wire)
    said = ours(graph)
    assert [bool(each["files"]) for each in said] == [False, False, True, True]
    assert [each["metadata"] for each in said] == [f"otvet/k-1/{part}" for part in range(4)]
    assert " ".join(each["text"] for each in said).split() == ("What to do. " * 300).split()
    assert all(len(each["text"]) <= 2000 for each in said)


def test_where_the_day_is_over_by_the_clock_of_facebook_a_person_may_still_answer(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line, clock: Clock
) -> None:
    (part,) = private(graph, page, "Just in time", heard_at=asked, now=asked)
    (machine,) = private(graph, page, "We have got it", heard_at=asked, now=asked, automatic=True)
    clock(timedelta(hours=24, minutes=1))
    by_ours = asked + timedelta(hours=23, minutes=59)
    page.send(outgoing(part.body, by_ours), wire)
    assert [(effect.body["text"], effect.body["terms"]) for effect in graph.log()] == [("Just in time", "HUMAN_AGENT")]
    with pytest.raises(Rejected):
        page.send(outgoing(machine.body, by_ours), wire)
    clock(timedelta(days=8))
    with pytest.raises(Rejected, match="within 24 hours"):
        page.send(outgoing(part.body, by_ours), wire)
    assert len(ours(graph)) == 1


def test_after_a_day_a_person_may_still_answer(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line, clock: Clock
) -> None:
    (part,) = private(graph, page, "Sorry for the wait", heard_at=asked, now=asked)
    now = clock(timedelta(days=3))
    page.send(outgoing(part.body, now), wire)
    assert [said["text"] for said in ours(graph)] == ["Sorry for the wait"]


def test_after_a_day_no_machine_answers(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line, clock: Clock
) -> None:
    (part,) = private(graph, page, "We got it", heard_at=asked, now=asked, automatic=True)
    with pytest.raises(Rejected, match="24 hours"):
        page.send(outgoing(part.body, clock(timedelta(hours=25))), wire)
    assert wire.calls == 0


def test_after_a_week_nobody_answers(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line, clock: Clock
) -> None:
    (part,) = private(graph, page, "Sorry", heard_at=asked, now=asked)
    now = clock(timedelta(days=7, hours=1))
    with pytest.raises(Rejected, match="7 days"):
        page.send(outgoing(part.body, now), wire)
    with pytest.raises(Rejected, match="7 days"):
        private(graph, page, "Sorry", heard_at=asked, now=now)
    assert wire.calls == 0
    assert ours(graph) == []


def test_who_wrote_while_the_answer_waited_has_opened_the_window_again(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line, clock: Clock
) -> None:
    (part,) = private(graph, page, "Sorry", heard_at=asked, now=asked)
    clock(timedelta(days=8))
    graph.street.write("Carla", "are you there?")
    now = asked + timedelta(days=8)
    page.send(outgoing(part.body, now, heard_at=now), wire)
    assert [effect.body["terms"] for effect in graph.log()] == ["RESPONSE"]


def test_a_shut_window_that_only_facebook_knows_of_is_final(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line, clock: Clock
) -> None:
    (part,) = private(graph, page, "Sorry", heard_at=None, now=asked)
    clock(timedelta(days=8))
    with pytest.raises(Rejected, match="7 days"):
        page.send(outgoing(part.body, asked), wire)


def test_an_answer_stands_under_the_comment(
    graph: GraphServer, page: Facebook, comment: tuple[str, str], wire: Line
) -> None:
    part = public(graph, page, comment, "Until 8 pm")
    sent = page.send(outgoing(part.body, datetime.now(UTC)), wire)
    answer = graph.street.comments(comment[0])[-1]
    assert (answer["id"], answer["text"], answer["parent"]) == (sent.provider_id, "Until 8 pm", comment[1])


def test_a_photo_goes_with_a_comment(
    graph: GraphServer, page: Facebook, comment: tuple[str, str], wire: Line, files: Path
) -> None:
    photo = enclosed(files / "a.png", PNG, "image/png")
    part = public(graph, page, comment, "Look", attachments=(photo,))
    page.send(outgoing(part.body, datetime.now(UTC), files=on_disk(photo)), wire)
    answer = graph.street.comments(comment[0])[-1]
    assert (answer["text"], bool(answer["file"])) == ("Look", True)


def test_a_comment_is_answered_in_private_once(
    graph: GraphServer, page: Facebook, comment: tuple[str, str], wire: Line
) -> None:
    carla = person(graph, "Carla")
    assert page.may_write_to(to(carla)[0], comment[1])
    (part,) = page.compose(
        reply("Your order is safe", to=to(carla), thread_key=f"dm:{carla}", private_answer_to=comment[1])
    )
    page.send(outgoing(part.body, datetime.now(UTC)), wire)
    (said,) = ours(graph)
    assert (said["text"], said["comment"], said["metadata"]) == ("Your order is safe", comment[1], "otvet/k-1/0")
    assert not page.may_write_to(to(carla)[0], comment[1])
    with pytest.raises(Rejected, match="once"):
        page.send(outgoing(part.body, datetime.now(UTC)), wire)


def test_a_private_answer_is_one_short_message(page: Facebook, files: Path) -> None:
    photo = enclosed(files / "a.png", PNG, "image/png")
    for given in ({"text": "a" * 2001}, {"text": "Look", "attachments": (photo,)}):
        with pytest.raises(Rejected, match="2000"):
            page.compose(replace(reply("", to=to("7"), thread_key="dm:7", private_answer_to="1_2"), **given))


REFUSALS = [
    pytest.param({"code": 190, "subcode": 460}, CredentialsRefused, id="token"),
    pytest.param({"code": 190}, CredentialsRefused, id="token-without-subcode"),
    pytest.param({"code": 10, "subcode": 2018278}, WindowShut, id="window"),
    pytest.param({"code": 551, "subcode": 1545041}, Rejected, id="unreachable"),
    pytest.param({"code": 368}, CreditsSpent, id="blocked"),
    pytest.param({"code": 1200}, TryLater, id="transient"),
    pytest.param({"code": 100, "transient": True}, TryLater, id="called-transient"),
    pytest.param({"code": 613}, TryLater, id="too-often"),
    pytest.param({"html": True}, OutcomeUnknown, id="html"),
    pytest.param({"garbage": True}, OutcomeUnknown, id="garbage"),
    pytest.param({"cut": "after"}, OutcomeUnknown, id="cut-after"),
    pytest.param({"cut": "middle"}, OutcomeUnknown, id="cut-in-the-middle"),
]


@pytest.mark.parametrize(("how", "meaning"), REFUSALS)
def test_every_refusal_means_what_it_should(
    graph: GraphServer,
    page: Facebook,
    asked: datetime,
    wire: Line,
    how: dict[str, Any],
    meaning: type[ChannelError],
) -> None:
    (part,) = private(graph, page, "Here is a new one", heard_at=asked, now=asked)
    graph.misbehave(path=f"{page.page_id}/messages", **how)
    with pytest.raises(ChannelError) as caught:
        page.send(outgoing(part.body, asked), wire)
    assert type(caught.value) is meaning
    assert wire.calls == 1


def test_a_limit_that_is_used_up_says_until_when(
    graph: GraphServer, page: Facebook, asked: datetime, wire: Line
) -> None:
    (part,) = private(graph, page, "Here is a new one", heard_at=asked, now=asked)
    graph.misbehave(code=80006, used_percent=100, regain_minutes=12)
    with pytest.raises(TryLater) as caught:
        page.send(outgoing(part.body, asked), wire)
    assert caught.value.until is not None
    assert timedelta(minutes=11) < caught.value.until - datetime.now(UTC) < timedelta(minutes=13)


def test_a_token_is_never_in_an_error(graph: GraphServer, page: Facebook, asked: datetime, wire: Line) -> None:
    (part,) = private(graph, page, "Here is a new one", heard_at=asked, now=asked)
    graph.misbehave(cut="before")
    with pytest.raises(OutcomeUnknown) as caught:
        page.send(outgoing(part.body, asked), wire)
    told: list[BaseException | None] = [caught.value, caught.value.__cause__]
    assert all(page.page_token not in repr(each) for each in told)
    assert caught.value.__suppress_context__


def test_a_frozen_part_of_another_channel_is_refused(page: Facebook, wire: Line) -> None:
    for body in (b"nonsense", json.dumps({}).encode()):
        with pytest.raises(Rejected, match="not written for Facebook"):
            page.send(outgoing(body, datetime.now(UTC)), wire)
    assert wire.calls == 0
