"""What somebody has done today, and how his pages look."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.utils import timezone

from inbox.desk.solve import solve
from inbox.desk.undo_send import undo_send
from inbox.models import Activity
from inbox.web.day import day_of
from tests.inbox.desk_of_five import Desk


def test_the_day_counts_what_he_did_himself_and_no_answer_that_was_taken_back(desk: Desk) -> None:
    first, second = desk.problem(), desk.problem("The sofa, too.")
    began = desk.clock
    desk.answers(first)
    taken_back = desk.answers(second, undo=timedelta(seconds=10))
    undo_send(taken_back, by=desk.ada, now=desk.later(seconds=1))
    first.refresh_from_db()
    solve(first, by=desk.ada, now=desk.later())
    assert day_of(desk.ada, began) == {"answers": 1, "solved": 1, "passed_on": 0}
    assert day_of(desk.sam, began) == {"answers": 0, "solved": 0, "passed_on": 0}
    assert day_of(desk.ada, desk.later())["answers"] == 0, "what was yesterday is not today"


def test_it_is_found_by_who_and_when(desk: Desk) -> None:
    rows = Activity.objects.filter(actor=desk.ada, at__gte=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "activity_of_somebody" in rows.explain()


def test_light_or_dark_and_the_density_are_kept_and_nonsense_is_not(desk: Desk, client: Client) -> None:
    client.force_login(desk.ada)
    assert client.put("/me/look/?theme=dark").status_code == 204
    assert client.put("/me/look/?density=compact").status_code == 204
    assert client.put("/me/look/?theme=pink").status_code == 204
    page = client.get("/me/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-density="compact"' in page
    client.put("/me/look/?density=")
    desk.ada.refresh_from_db()
    assert (desk.ada.theme, desk.ada.density) == ("dark", "")
