"""Kill every process of Otvet at every named point, and count in the mail server's log what was lost or doubled.

    python -m tests.journeys.kills [--kills 84]

prints one line of JSON: {"kills", "lost", "duplicated", "false", "ledger_difference"}. A kill counts only if a process
of its own was ended by SIGKILL at a point that was reached.
"""

import argparse
import json
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from http.client import HTTPException
from itertools import cycle, islice
from pathlib import Path

import psutil

from inbox.failpoints import NAMES
from tests.journeys.houses import Embedded, Split, killed
from tests.journeys.network_houses import HOUSES, house_on
from tests.journeys.oracle import Verdict
from tests.journeys.staff import PATIENCE_SECONDS
from tests.waiting import until

OF_THE_WEB = "after_reply_commit"
OF_THE_WORKER = tuple(name for name in NAMES if name != OF_THE_WEB)
ON_THE_WAY_IN = NAMES[: NAMES.index(OF_THE_WEB)]


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


def of_web(house: Split, point: str = OF_THE_WEB) -> Verdict:
    """The web server dies when an answer is committed and nobody was told; ada's program asks once more."""
    secret = house.clerk.ask("token")
    with house.running("worker"):
        house.write(1)
        house.settle(house.clerk, hurry=True)
        number, newest = house.clerk.ask("numbers")[0]
        before = sum(house.witness.sent_out().values())

        def post() -> bool:
            return _post(f"{house.address}/api/v1/conversations/{number}/reply/", secret, newest)

        with house.running("web", **house.armed(point)) as web:
            answered = post()
            _demand(house, point, killed(web) and not answered)
        with house.running("web"):
            until(post, "the answer is taken", PATIENCE_SECONDS)
        house.settle(house.clerk, hurry=True)
    verdict = house.judge(house.clerk)
    extra = sum(house.witness.sent_out().values()) - before - 1
    return (
        verdict if not extra else Verdict([], [f"{extra} answers too many"], verdict.false, verdict.ledger_difference)
    )


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


def _post(address: str, secret: str, seen_up_to: int) -> bool:
    """Answer by the API, always with the same key. Return whether it was taken; False if nobody is there."""
    body = json.dumps({"text": "We will send a new one.", "seen_up_to": seen_up_to}).encode()
    headers = {
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"{address} {seen_up_to}",
    }
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30) as answer:
            return bool(answer.status == 201)
    except (OSError, HTTPException):
        return False


Kill = Callable[[], Verdict]


def plan(split: Split, embedded: Embedded, networks: Sequence[Split]) -> list[Kill]:
    """Every process at every point at which it, or its neighbour, can die; the worker on the networks, too."""
    apart: list[tuple[Callable[[Split, str], Verdict], tuple[str, ...]]] = [
        (of_worker, OF_THE_WORKER),
        (of_web, (OF_THE_WEB,)),
        (of_database, OF_THE_WORKER),
        (of_timetable, OF_THE_WORKER),
    ]
    kills: list[Kill] = [partial(kill, split, point) for kill, points in apart for point in points]
    kills += [partial(of_everything, embedded, point) for point in OF_THE_WORKER]
    return kills + [partial(of_worker, house, point) for house in networks for point in OF_THE_WORKER]


def main() -> int:
    """Do so many kills, and print what they cost."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.kills")
    parser.add_argument("--kills", type=int, default=84)
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
