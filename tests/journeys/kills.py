"""Kill every process of Otvet at every named point, and count in the mail server's log what was lost or doubled.

    python -m tests.journeys.kills [--kills 91]

prints one line of JSON: {"kills", "lost", "duplicated", "false", "ledger_difference"}. A kill counts only if a process
of its own was ended by SIGKILL at a point that was reached.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import psutil
import requests

from inbox.failpoints import NAMES
from tests.journeys.houses import Embedded, Split, killed
from tests.journeys.network_houses import HOUSES, house_on
from tests.journeys.oracle import Verdict
from tests.journeys.staff import PATIENCE_SECONDS
from tests.waiting import until

OF_A_REPLY = ("before_reply_commit", "after_reply_commit", "after_reply_hint")
OF_AN_UPLOAD = ("amid_upload", "after_upload_kept")
OF_A_WEBHOOK = ("after_body_kept", "before_drop_commit", "after_drop_commit", "after_drop_hint")
OF_THE_WORKER = tuple(name for name in NAMES if name not in (*OF_A_REPLY, *OF_AN_UPLOAD, "after_body_kept"))
ON_THE_WAY_IN = NAMES[: NAMES.index(OF_AN_UPLOAD[0])]
FILE = bytes(range(256)) * 12_000  # more than is read of an upload at once


class NotKilled(AssertionError):
    """The process did not die at the point, so this kill proves nothing."""


def furnish(house: Split) -> None:
    """Let some mail and an answer pass: there is something to answer, and the folder Sent is known to be kept."""
    with house.running("worker"):
        house.write(3)
        house.settle(house.clerk, hurry=True)
        house.clerk.ask("answer", count=1)
        house.settle(house.clerk, hurry=True)


def of_worker(house: Split, point: str) -> Verdict:
    """The worker dies; the next one finds what it left."""
    with house.running("worker", **house.armed(point)) as worker:
        _traffic(house)
        _demand(house, point, killed(worker))
    return _afterwards(house)


def of_timetable(house: Split, point: str) -> Verdict:
    """The timetable dies when the worker has come to a point."""
    with house.running("beat") as beat, house.running("worker", **house.armed(point, beat.pid)):
        _traffic(house)
        _demand(house, point, killed(beat))
    return _afterwards(house, "beat")


def of_database(house: Split, point: str) -> Verdict:
    """PostgreSQL dies under a worker that lives on, and must find its way back to it."""
    postmaster = house.postmaster()
    with house.running("worker", **house.armed(point, postmaster)):
        _traffic(house)
        until(lambda: not psutil.pid_exists(postmaster), f"PostgreSQL dies at {point}", PATIENCE_SECONDS)
        _demand(house, point, died=True)
        house.settle(house.clerk, hurry=True)
    return house.judge(house.clerk)


def of_reply(house: Split, point: str) -> Verdict:
    """The web server dies about the commit of an answer; ada's program asks once more."""
    secret = house.clerk.ask("token")
    with house.running("worker"):
        number, newest = _waiting(house)
        before = sum(house.witness.sent_out().values())

        def post() -> bool:
            return _post(house, secret, number, newest)

        with house.running("web", **house.armed(point)) as web:
            answered = post()
            _demand(house, point, killed(web) and not answered)
        with house.running("web"):
            until(post, "the answer is taken", PATIENCE_SECONDS)
        house.settle(house.clerk, hurry=True)
    return _with_answers(house, before + 1)


def of_upload(house: Split, point: str) -> Verdict:
    """The web server dies while it takes a file of ada's; she adds it once more, and her answer brings it whole."""
    secret = house.clerk.ask("token")
    with house.running("worker"):
        number, newest = _waiting(house)
        answers, brought = sum(house.witness.sent_out().values()), house.witness.brought(FILE)
        with house.running("web", **house.armed(point)) as web:
            added = _upload(house)
            _demand(house, point, killed(web) and not added)
        with house.running("web"):
            until(lambda: _post(house, secret, number, newest, _upload(house)), "it is taken", PATIENCE_SECONDS)
        house.settle(house.clerk, hurry=True)
    verdict = _with_answers(house, answers + 1)
    lost = [*house.clerk.ask("broken_files"), *([] if house.witness.brought(FILE) == brought + 1 else ["the file"])]
    return replace(verdict, lost=[*verdict.lost, *lost])


def of_webhook(house: Split, point: str) -> Verdict:
    """The web server dies while a network tells it something; the network tells it again."""
    with house.running("web"):
        house.clerk.ask("subscribe")
    with house.running("web", **house.armed(point)) as web:
        house.write(2)
        _demand(house, point, killed(web))
    with house.running("web"), house.running("worker"):
        house.settle(house.clerk, hurry=True)
    return house.judge(house.clerk)


def of_everything(house: Embedded, point: str) -> Verdict:
    """The one process of the embedded default dies; nobody rings: the sweeps of the next start find it all."""
    everything = house.start(**house.armed(point))
    try:
        with house.clerk() as clerk:
            if point in ON_THE_WAY_IN:
                clerk.ask("answer", count=1)
                house.write(2)
            else:
                house.write(2)
                clerk.ask("answer", count=1)
            _demand(house, point, killed(everything))
    finally:
        house.stop(everything)
    return settled(house)


def settled(house: Embedded) -> Verdict:
    """Start it, wait until nothing is under way, judge, and stop it. The first time there is a mail to answer."""
    with ExitStack() as stack:
        running = house.start()
        stack.callback(house.stop, running)
        with house.clerk() as clerk:
            if not house.witness.taken_in():
                house.write(3)
            house.settle(clerk, hurry=False)
            return house.judge(clerk)


def _traffic(house: Split) -> None:
    house.write(2)
    house.clerk.ask("answer", count=1)
    house.clerk.ask("ring")


def _afterwards(house: Split, *more: str) -> Verdict:
    with ExitStack() as stack:
        for name in ("worker", *more):
            stack.enter_context(house.running(name))
        house.settle(house.clerk, hurry=True)
    return house.judge(house.clerk)


def _demand(house: Split | Embedded, point: str, died: bool) -> None:
    if not (died and house.has_reached(point)):
        raise NotKilled(f"{point}: reached {house.has_reached(point)}, killed {died}")


def _waiting(house: Split) -> tuple[int, int]:
    """The number of a conversation that waits for an answer, and its newest message."""
    house.write(1)
    house.settle(house.clerk, hurry=True)
    number, newest = house.clerk.ask("numbers")[0]
    return number, newest


def _with_answers(house: Split, expected: int) -> Verdict:
    """The verdict, with answers that the server took too often or not at all."""
    verdict, extra = house.judge(house.clerk), sum(house.witness.sent_out().values()) - expected
    if extra > 0:
        return replace(verdict, duplicated=[*verdict.duplicated, f"{extra} answers too many"])
    return replace(verdict, lost=[*verdict.lost, *(["an answer"] if extra else [])])


def _post(house: Split, secret: str, number: int, seen_up_to: int, *files: str) -> bool:
    """Answer by the API, always with the same key. Return whether it was taken; False if nobody is there."""
    body = {"text": "We will send a new one.", "seen_up_to": seen_up_to, "attachments": files}
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": f"{number} {seen_up_to}"}
    try:
        address = f"{house.address}/api/v1/conversations/{number}/reply/"
        return requests.post(address, json=body, headers=headers, timeout=30).status_code == 201
    except requests.RequestException:
        return False


def _upload(house: Split) -> str:
    """Add a file to the composer, as ada's browser does. Return its uuid; empty if nobody is there to take it."""
    cookies, headers = {**house.clerk.ask("session"), "csrftoken": "c" * 32}, {"X-CSRFToken": "c" * 32}
    files = {"files": ("lamp.bin", FILE)}
    try:
        answer = requests.post(
            f"{house.address}/uploads/",
            files=files,
            cookies=cookies,
            headers=headers,
            allow_redirects=False,
            timeout=30,
        )
    except requests.RequestException:
        return ""
    assert answer.status_code == 200, answer.text
    return str(re.findall(r'name="attachments" value="([^"]+)"', answer.text)[0])


Kill = Callable[[], Verdict]


def plan(split: Split, embedded: Embedded, networks: Sequence[Split]) -> list[Kill]:
    """Every process at every point at which it, or its neighbour, can die; the worker on the networks, too."""
    apart: list[tuple[Callable[[Split, str], Verdict], tuple[str, ...]]] = [
        (of_worker, OF_THE_WORKER),
        (of_reply, OF_A_REPLY),
        (of_upload, OF_AN_UPLOAD),
        (of_database, OF_THE_WORKER),
        (of_timetable, OF_THE_WORKER),
    ]
    kills: list[Kill] = [partial(kill, split, point) for kill, points in apart for point in points]
    kills += [partial(of_everything, embedded, point) for point in OF_THE_WORKER]
    for house in networks:
        kills += [partial(of_worker, house, point) for point in OF_THE_WORKER]
        kills += [partial(of_webhook, house, point) for point in OF_A_WEBHOOK]
    return kills


def main() -> int:
    """Do so many kills, and print what they cost."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.kills")
    parser.add_argument("--kills", type=int, default=91)
    wanted = parser.parse_args().kills
    with tempfile.TemporaryDirectory(prefix="otvet-kills-") as folder:
        split, embedded = Split(Path(folder) / "split"), Embedded(Path(folder) / "embedded")
        (Path(folder) / "embedded").mkdir()
        networks: list[Split] = []
        split.open()
        try:
            furnish(split)
            settled(embedded)
            networks += [house_on(name, Path(folder) / name) for name in HOUSES]
            for house in networks:
                furnish(house)
            verdicts = [kill() for kill in islice(cycle(plan(split, embedded, networks)), wanted)]
        finally:
            for house in (split, *networks):
                house.close()
    figures = {
        "kills": len(verdicts),
        "lost": sum(len(verdict.lost) for verdict in verdicts),
        "duplicated": sum(len(verdict.duplicated) for verdict in verdicts),
        "false": sum(len(verdict.false) for verdict in verdicts),
        "ledger_difference": sum(abs(verdict.ledger_difference) for verdict in verdicts),
    }
    print(json.dumps(figures), flush=True)
    return 0 if all(verdict.is_clean for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
