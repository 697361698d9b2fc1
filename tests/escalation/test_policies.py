"""Policies in force are read again when anything of them has changed, and not before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalation.models import Step, Target
from escalation.policies import in_force
from inbox.models import Plan
from tests.escalation.ladder_of_three import Ladder

QUIET = 1  # statements: whether anything has changed


def asked(top: int = 3) -> int:
    with CaptureQueriesContext(connection) as seen:
        in_force(top)
    return len(seen)


def test_what_has_not_changed_is_not_read_again(ladder: Ladder) -> None:
    ladder.policy((2, 10))
    in_force(3)
    assert asked() <= QUIET
    assert asked(top=2) > QUIET, "on another ladder the same steps lead elsewhere"


def test_every_change_is_seen_at_once(ladder: Ladder) -> None:
    policy = ladder.policy((2, 10))
    assert [each.fits.plans for each in in_force(3)] == [frozenset()]
    plan = Plan.objects.create(name="Business")
    policy.plans.add(plan)
    assert [each.fits.plans for each in in_force(3)] == [{plan.pk}]
    step = policy.steps.get()
    step.after, step.target, step.person = timedelta(hours=1), Target.PERSON, ladder.desk.sam
    step.save()
    (climbing,) = in_force(3)
    assert [rung.after for rung in climbing.ladder] == [timedelta(hours=1)]
    ladder.desk.sam.quiet = ["mention"]
    ladder.desk.sam.save()
    (climbing,) = in_force(3)
    person = climbing.steps[step.pk].person
    assert person is not None
    assert person.quiet == ["mention"]
    Step.objects.all().delete()
    assert [each.ladder for each in in_force(3)] == [()]
    policy.is_on = False
    policy.save()
    assert in_force(3) == []


@pytest.mark.parametrize("level", [2, 3])
def test_a_policy_of_a_transaction_that_was_rolled_back_never_counts(ladder: Ladder, level: int) -> None:
    ladder.policy((level, 10))
    assert [rung.level for each in in_force(3) for rung in each.ladder] == [level]
