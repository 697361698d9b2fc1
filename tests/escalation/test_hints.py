"""A hint stands for many: the first is given at once, of those that follow in the quiet one more when it is over."""

from collections.abc import Callable

import pytest
from django.db import transaction

from escalation import hints
from escalation.hints import Hint
from escalation.subscribers import fill
from inbox.desk.pass_on import pass_on
from inbox.desk.take import take
from inbox.models import Reason
from tests.escalation.ladder_of_three import Ladder


class Clockwork:
    """A timer that goes off when the test says so."""

    started: list["Clockwork"]

    def __init__(self, seconds: float, work: Callable[[], None]) -> None:
        self.work = work
        self.daemon = False

    def start(self) -> None:
        """Wait for the test."""
        Clockwork.started.append(self)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    published: list[str] = []
    Clockwork.started = []
    monkeypatch.setattr(hints, "Timer", Clockwork)
    monkeypatch.setattr(hints, "publish", published.append)
    return published


def quiet_is_over() -> None:
    Clockwork.started.pop(0).work()


@pytest.mark.django_db(transaction=True)
def test_many_in_the_quiet_are_two(asked: list[str]) -> None:
    hint = Hint("look")
    for _ in range(1000):
        hint.give()
    assert asked == ["look"]
    quiet_is_over()
    assert asked == ["look", "look"]
    quiet_is_over()
    assert asked == ["look", "look"]
    hint.give()
    assert asked == ["look", "look", "look"]


@pytest.mark.django_db(transaction=True)
def test_only_what_was_committed_is_hinted_at(asked: list[str]) -> None:
    hint = Hint("look")
    with transaction.atomic():
        hint.give()
        assert asked == []
        transaction.set_rollback(True)
    assert asked == []
    with transaction.atomic():
        hint.give()
    assert asked == ["look"]


def test_who_passes_something_on_has_room_for_what_waits(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(fill, "give", lambda: asked.append(True))
    desk = ladder.desk
    problem = desk.problem()
    take(problem, by=desk.ada, now=desk.later())
    assert not asked
    pass_on(problem, by=desk.ada, to=desk.sam, note="Yours", reason=Reason.RIGHTS, now=desk.later())
    assert asked
