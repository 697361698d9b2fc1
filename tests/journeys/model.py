"""What a desk should do, in plain Python: it imports nothing of ours and knows nothing of rows, locks or workers."""

from dataclasses import dataclass, field
from enum import StrEnum


class Sent(StrEnum):
    """Where one answer of ours is."""

    HELD = "held"
    QUEUED = "queued"
    PREPARING = "sending, prep"
    ON_THE_WIRE = "sending, wire"
    SENT = "sent"
    UNKNOWN = "unknown"
    NEEDS_HUMAN = "needs_human"
    CANCELLED = "cancelled"


BLOCKING = {Sent.HELD, Sent.QUEUED, Sent.PREPARING, Sent.ON_THE_WIRE, Sent.UNKNOWN}


@dataclass
class Answer:
    """One answer; `arrived` counts how often the customer's server took it, `wanted` how often it was to."""

    where: Sent = Sent.HELD
    arrived: int = 0


@dataclass
class Problem:
    """One conversation."""

    state: str = "open"
    owner: str = ""
    said: int = 1
    solved_days_ago: int = 0
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Solved for so long that what the customer writes now is a new problem."""
        return self.state == "solved" and self.solved_days_ago > 7

    def customer_writes(self) -> None:
        self.said += 1
        self.state = "open"

    def answered(self) -> None:
        self.said += 1
        self.answers.append(Answer())
        if self.state != "solved":
            self.owner = self.owner or "Ada"
            self.state = "pending"

    def take_back(self) -> bool:
        """The last answer is taken back, if it is still held."""
        if not self.answers or self.answers[-1].where != Sent.HELD:
            return False
        self.answers[-1].where = Sent.CANCELLED
        if self.state == "pending":
            self.state = "open"
        return True

    def next_answer(self) -> Answer | None:
        """The one whose turn it is: the first that is on its way, if it only waits."""
        under_way = next((answer for answer in self.answers if answer.where in BLOCKING), None)
        return under_way if under_way and under_way.where in {Sent.HELD, Sent.QUEUED} else None

    def next_failed(self) -> Answer | None:
        """The first one that a person must decide about."""
        return next((answer for answer in self.answers if answer.where == Sent.NEEDS_HUMAN), None)

    def worker_dies(self) -> None:
        """What it prepared is queued again; of what was on the wire nobody knows."""
        for answer in self.answers:
            if answer.where == Sent.PREPARING:
                answer.where = Sent.QUEUED
            elif answer.where == Sent.ON_THE_WIRE:
                answer.where = Sent.UNKNOWN

    def looked_for(self, *, sent_is_kept: bool) -> None:
        """Found is sent. Not found is queued again, if the provider has been seen to keep what is sent."""
        for answer in self.answers:
            if answer.where == Sent.UNKNOWN:
                absent = Sent.QUEUED if sent_is_kept else Sent.NEEDS_HUMAN
                answer.where = Sent.SENT if answer.arrived else absent


@dataclass
class Model:
    """Everything that carla wrote about."""

    problems: list[Problem] = field(default_factory=list)

    def writes(self, about: int | None) -> None:
        """A mail about something new, or an answer in the thread of a problem."""
        if about is None or self.problems[about].is_over:
            self.problems.append(Problem())
        else:
            self.problems[about].customer_writes()

    def days_pass(self, days: int) -> None:
        for problem in self.problems:
            problem.solved_days_ago += days

    @property
    def kept(self) -> int:
        """How many answers lie in the provider's folder of sent mail."""
        return sum(answer.arrived for problem in self.problems for answer in problem.answers)
