"""What the ladder and routing should do, in plain Python: it imports nothing of ours and knows nothing of rows."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

NEW_CYCLE = timedelta(days=7)
ACCEPTED_WITHIN, NOT_ASKED_FOR = timedelta(minutes=15), timedelta(hours=1)
TOP = 3


@dataclass
class Problem:
    """One conversation: how it stands, and what its clock has counted; `since` is None while that stands."""

    since: datetime | None
    state: str = "open"
    level: int = 1
    cycle: int = 1
    ran: timedelta = timedelta(0)
    aside: bool = False
    owed: bool = False  # he owes us an answer, and the clock has not stopped for it yet
    solved_at: datetime | None = None
    owner: str = ""
    let_lapse: dict[str, datetime] = field(default_factory=dict)

    def is_over(self, now: datetime) -> bool:
        """Solved for so long that what the customer writes now is a new problem."""
        return self.solved_at is not None and now - self.solved_at > NEW_CYCLE

    def written(self, now: datetime) -> None:
        """The customer writes."""
        if self.state == "solved":
            self.opened_again(now)
        self.owed = False
        self._needs_us(now)

    def answered(self, now: datetime) -> None:
        """Somebody answers him: his turn."""
        if self.state == "solved":
            return
        self.owed = True
        self.state = "pending"
        if self.since and not self.aside:
            self._stop(now)
            self.owed = False

    def put_aside(self) -> None:
        """Until a time, which stops nothing."""
        self.state, self.aside = "pending", True

    def solved(self, now: datetime) -> None:
        if self.since:
            self._stop(now)
        self.state, self.aside, self.solved_at = "solved", False, now

    def opened_again(self, now: datetime) -> None:
        if self.is_over(now):
            self.level, self.cycle, self.ran, self.owed = 1, self.cycle + 1, timedelta(0), False
        self.solved_at = None
        self._needs_us(now)

    def passed_up(self, now: datetime) -> None:
        self.level += 1
        self._needs_us(now)

    def swept(self, steps: list[tuple[int, float]], now: datetime) -> None:
        """What is due is raised."""
        if self.state == "solved" or self.since is None:
            return
        spent = self.ran + (now - self.since)
        due = [level for level, hours in steps if level > self.level and timedelta(hours=hours) <= spent]
        if due:
            self.level = max(due)
            self._needs_us(now)

    def moved_to(self, owner: str, here: set[str], now: datetime) -> None:
        """A sweep gave it to somebody, or to the queue: if he was here and lost it, he had let it lapse."""
        if self.owner and self.owner != owner and self.owner in here:
            self.let_lapse[self.owner] = now
        self.owner = owner

    def _needs_us(self, now: datetime) -> None:
        self.state, self.aside = "open", False
        self.since = self.since or now

    def _stop(self, now: datetime) -> None:
        assert self.since
        self.ran += now - self.since
        self.since = None


@dataclass
class Company:
    """Who is on shift, how much each can take, what the policy says, and every problem there was."""

    capacity: int
    steps: list[tuple[int, float]]
    here: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def load(self, person: str) -> int:
        return sum(p.owner == person and p.state == "open" for p in self.problems)

    def swept(self, now: datetime) -> None:
        for problem in self.problems:
            problem.swept(self.steps, now)

    def who_could_have(self, problem: Problem, now: datetime) -> set[str]:
        """Those on shift with room who did not let it lapse just now."""
        lately = {who for who, at in problem.let_lapse.items() if at > now - NOT_ASKED_FOR}
        return {person for person in self.here - lately if self.load(person) < self.capacity}
