"""Guidelines are a manager's; each change is a new version, and none that was is lost."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from inbox.desk.guidelines import set_guideline
from inbox.desk.judge import in_force
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Activity, Guideline, GuidelineVersion
from tests.inbox.desk_of_five import Desk


def said(desk: Desk, *phrases: str, of: Guideline | None = None, by: Any = None, **more: Any) -> GuidelineVersion:
    values = {"kind": "block", "name": "No shouting", "reason": "He hears us.", **more}
    after = values.pop("after", of.versions.count() if of else 0)
    version = GuidelineVersion(phrases=list(phrases), **values)
    about = {"channels": [], "teams": [], "after": after}
    return set_guideline(version, of=of, by=by or desk.max, now=desk.later(), **about)


def test_a_change_is_a_version_beside_the_former_ones(desk: Desk) -> None:
    first = said(desk, "hey you")
    second = said(desk, "hey", of=first.guideline)
    assert (first.number, second.number, second.by) == (1, 2, desk.max)
    assert list(first.guideline.versions.order_by("number").values_list("phrases", flat=True)) == [["hey you"], ["hey"]]
    assert second in in_force()
    assert first not in in_force()
    line = Activity.objects.filter(verb="guideline_set").latest("pk")
    assert (line.actor, line.data) == (desk.max, {"guideline": first.guideline_id, "version": second.pk, "on": True})


def test_what_is_switched_off_holds_no_more_and_is_kept(desk: Desk) -> None:
    first = said(desk, "hey you")
    off = said(desk, "hey you", of=first.guideline, is_on=False)
    assert not {first, off} & set(in_force())
    assert first.guideline.versions.count() == 2


def test_of_two_managers_at_once_the_second_hears_of_it(desk: Desk) -> None:
    first = said(desk, "hey you")
    said(desk, "hey", of=first.guideline)
    with pytest.raises(AlreadyDone):
        said(desk, "ho", of=first.guideline, after=1)


@pytest.mark.parametrize("phrases", [(), ("...",), ("hey", "don't")])
def test_without_a_phrase_that_can_be_read_there_is_none(desk: Desk, phrases: tuple[str, ...]) -> None:
    before = Guideline.objects.count()
    with pytest.raises(Invalid):
        said(desk, *phrases)
    assert Guideline.objects.count() == before


@pytest.mark.parametrize("name", ["ada", "sam", "kim"])
def test_nobody_but_a_manager_may(desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        said(desk, "hey", by=getattr(desk, name))


def test_the_database_itself_keeps_every_version(desk: Desk) -> None:
    version = said(desk, "hey")
    for change in (
        lambda: GuidelineVersion.objects.filter(pk=version.pk).update(reason="Another"),
        lambda: GuidelineVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_the_starter_set_is_there_from_the_first_day(desk: Desk) -> None:
    assert [(version.kind, version.by) for version in in_force()] == [
        ("block", None),
        ("warn", None),
        ("block", None),
        ("warn", None),
        ("prefer", None),
    ]
