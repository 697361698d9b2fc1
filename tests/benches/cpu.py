"""CPU of everything that works for us: this process, its children dead and alive, and PostgreSQL's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of user and system time, by whose they were, and the largest resident memory seen."""

    parse: float
    database: float
    other: float
    peak_rss_mib: float

    @property
    def total(self) -> float:
        return self.parse + self.database + self.other

    def since(self, before: "Spent") -> "Spent":
        """What was spent between two readings."""
        return Spent(
            self.parse - before.parse,
            self.database - before.database,
            self.other - before.other,
            self.peak_rss_mib,
        )


# What each parser program was last seen to have spent: once it has ended, its parent's figure holds its time too.
_parsers: dict[tuple[int, float], float] = {}


def reading(left_out: set[int]) -> Spent:
    """What this process tree has spent so far; the processes in `left_out`, with their children, do not count.

    Ask often: of a parser program that has ended, what it spent after the last look counts as `other`.
    """
    me = psutil.Process()
    seconds = {"parse": 0.0, "database": 0.0, "other": _of(me)}
    rss = me.memory_info().rss
    alive = set()
    for child in _children(me, left_out):
        with _gone_is_nothing():
            kind, spent = _kind(child), _of(child)
            rss += child.memory_info().rss
            if kind == "parse":
                alive.add((child.pid, child.create_time()))
                _parsers[child.pid, child.create_time()] = spent
            else:
                seconds[kind] += spent
    ended = sum(spent for parser, spent in _parsers.items() if parser not in alive)
    seconds["parse"] = sum(_parsers.values())
    seconds["other"] -= ended
    return Spent(**seconds, peak_rss_mib=rss / 2**20)


def _children(process: psutil.Process, left_out: set[int]) -> Iterator[psutil.Process]:
    """All that came of a process, found in one look: a look at every process of the machine costs milliseconds."""
    skipped = set(left_out)
    for child in process.children(recursive=True):  # a parent comes before its children
        parent = 0
        with _gone_is_nothing():
            parent = child.ppid()
        if child.pid in skipped or parent in skipped:
            skipped.add(child.pid)
        else:
            yield child


def _of(process: psutil.Process) -> float:
    """Its own time, and that of its children that have ended."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _kind(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    if "postgres" in line:
        return "database"
    return "parse" if "reader" in line else "other"


@contextmanager
def _gone_is_nothing() -> Iterator[None]:
    try:
        yield
    except psutil.Error:
        return  # it ended between two looks; its parent's dead children have its time
