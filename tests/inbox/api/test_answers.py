"""Programs read the canned answers that their agent is offered, and no others."""

from inbox.desk.answers import set_answer
from inbox.models import CannedAnswer
from tests.inbox.desk_of_five import Desk, program


def test_a_program_reads_what_its_agent_is_offered(desk: Desk) -> None:
    text = "A new lamp is on its way."
    set_answer(CannedAnswer(name="Sent", text=text, owner=desk.ada, tags=["lamp"]), by=desk.ada, now=desk.later())
    set_answer(CannedAnswer(name="Of sam", text=text, owner=desk.sam), by=desk.sam, now=desk.later())
    set_answer(CannedAnswer(name="Of the team", text=text, team=desk.team), by=desk.sam, now=desk.later())
    read = program(desk.ada).get("/api/v1/answers/").json()
    assert [answer["name"] for answer in read] == ["Of the team", "Sent"]
    assert (read[1]["text"], read[1]["tags"], read[1]["owner"], read[1]["team"]) == (text, ["lamp"], desk.ada.pk, None)
    assert read[0]["team"] == desk.team.pk


def test_who_answers_nobody_is_refused(desk: Desk) -> None:
    assert program(desk.kim).get("/api/v1/answers/").status_code == 403
