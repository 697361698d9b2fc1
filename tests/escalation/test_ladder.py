"""Which step is due, and which comes next."""

from datetime import timedelta

from escalation.ladder import due, rungs, upcoming


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


OUT_OF_THE_BOX = ((1, 2, hours(4)), (2, 3, hours(8)), (3, None, hours(20)))


def test_a_step_without_a_level_leads_to_the_highest() -> None:
    assert [rung.level for rung in rungs(OUT_OF_THE_BOX, top=5)] == [2, 3, 5]


def test_a_level_that_is_not_there_is_passed_by() -> None:
    assert [(rung.level, rung.after) for rung in rungs(OUT_OF_THE_BOX, top=2)] == [(2, hours(4))]


def test_on_a_ladder_of_one_rung_nothing_climbs() -> None:
    assert rungs(OUT_OF_THE_BOX, top=1) == ()


def test_what_a_higher_step_has_overtaken_is_left_out() -> None:
    ladder = rungs([(1, 2, hours(9)), (2, 3, hours(8)), (3, 3, hours(10))], top=3)
    assert [(rung.level, rung.after) for rung in ladder] == [(3, hours(8))]


def test_all_that_is_due_comes_lowest_first_and_only_above() -> None:
    ladder = rungs(OUT_OF_THE_BOX, top=4)
    assert [rung.level for rung in due(ladder, 1, hours(8))] == [2, 3]
    assert [rung.level for rung in due(ladder, 2, hours(30))] == [3, 4]
    assert due(ladder, 4, hours(99)) == ()


def test_the_next_step_is_the_next_above() -> None:
    ladder = rungs(OUT_OF_THE_BOX, top=4)
    assert [rung and rung.level for rung in (upcoming(ladder, level) for level in (1, 2, 3, 4))] == [2, 3, 4, None]
