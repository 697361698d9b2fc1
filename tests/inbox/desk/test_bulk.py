"""One act on many conversations: each row by its own verb, resumable, put back where nothing changed."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from inbox.desk import bulk as many
from inbox.desk import drafts, pictures
from inbox.desk.answers import set_answer
from inbox.desk.bulk import MOST, Asked, begin, put_back_all, work_off
from inbox.desk.note import note
from inbox.desk.solve import snooze, solve
from inbox.desk.take import accept, take
from inbox.desk.tasks import work_off_bulks
from inbox.errors import AlreadyDone, Invalid, in_words
from inbox.models import (
    Activity,
    Bulk,
    BulkState,
    BulkVerb,
    CannedAnswer,
    Conversation,
    Delivery,
    DeliveryState,
    Direction,
    Interval,
    Message,
    Mode,
    Override,
    State,
)
from tests.inbox.desk_of_five import Desk, answer_to, browser


def problems(desk: Desk, count: int = 3) -> list[Conversation]:
    return [desk.problem(f"Lamp {n}") for n in range(count)]


def does(desk: Desk, verb: BulkVerb, rows: list[Conversation], by: Any = None, **asked: Any) -> Bulk:
    """All of it, to the end."""
    bulk = begin(verb, [row.pk for row in rows], by=by or desk.ada, now=desk.later(), asked=Asked(**asked))
    finish(desk, bulk)
    return bulk


def finish(desk: Desk, bulk: Bulk) -> None:
    while work_off(bulk.pk, desk.later(seconds=1)):
        pass


def undoes(desk: Desk, bulk: Bulk) -> list[str]:
    put_back_all(bulk, by=bulk.by, now=desk.later(seconds=1))
    finish(desk, bulk)
    return states(bulk)


def states(bulk: Bulk) -> list[str]:
    return list(bulk.rows.order_by("pk").values_list("state", flat=True))


def why(bulk: Bulk) -> list[str]:
    return [in_words(row.error) for row in bulk.rows.order_by("pk")]


def standing(row: Conversation) -> tuple[Any, ...]:
    row.refresh_from_db()
    return row.state, row.owner and row.owner.name, row.team.name, list(row.tags), row.snoozed_until


PASSED = {"reason": "knowledge", "note": "You know lamps."}


def asked_for(desk: Desk, verb: BulkVerb) -> dict[str, Any]:
    match verb:
        case BulkVerb.PASS_ON:
            return {"to": desk.sam.pk, **PASSED}
        case BulkVerb.TAG | BulkVerb.UNTAG:
            return {"tags": ["lamp", " old "]}
        case BulkVerb.SNOOZE:
            return {"until": (desk.clock + timedelta(days=1)).isoformat()}
    return {}


OPEN = ("open", "Ada", "Support", ["old"], None)
AFTER = {
    BulkVerb.PASS_ON: ("open", "Sam", "Support", ["old"], None),
    BulkVerb.TAG: ("open", "Ada", "Support", ["old", "lamp"], None),
    BulkVerb.UNTAG: ("open", "Ada", "Support", [], None),
    BulkVerb.WAIT: ("pending", "Ada", "Support", ["old"], None),
    BulkVerb.SOLVE: ("solved", "Ada", "Support", ["old"], None),
    BulkVerb.SPAM: ("solved", "Ada", "Support", ["old"], None),
}


@pytest.mark.parametrize("verb", AFTER)
def test_each_act_is_done_and_put_back(desk: Desk, verb: BulkVerb) -> None:
    rows = problems(desk, 2)
    for row in rows:
        take(row, by=desk.ada, now=desk.later())
        Conversation.objects.filter(pk=row.pk).update(tags=["old"])
    bulk = does(desk, verb, rows, by=desk.sam if verb == BulkVerb.SPAM else desk.ada, **asked_for(desk, verb))
    assert (states(bulk), why(bulk)) == ([BulkState.DONE] * 2, ["", ""])
    assert [standing(row) for row in rows] == [AFTER[verb]] * 2
    bulk.refresh_from_db()
    assert bulk.finished_at
    assert undoes(desk, bulk) == [BulkState.PUT_BACK] * 2
    assert [standing(row) for row in rows] == [OPEN] * 2


def test_what_is_put_back_with_its_owner_need_not_be_accepted_anew(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    take(row, by=desk.ada, now=desk.later())
    undoes(desk, does(desk, BulkVerb.PASS_ON, [row], by=desk.sam, to=desk.max.pk, **PASSED))
    stretch = Interval.objects.get(conversation=row, ended_at=None)
    assert stretch.owner == desk.ada
    assert stretch.accepted_at


def test_what_was_solved_with_others_is_opened_again_by_who_puts_it_back(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    take(row, by=desk.ada, now=desk.later())
    undoes(desk, does(desk, BulkVerb.SOLVE, [row]))
    assert Interval.objects.get(conversation=row, ended_at=None).by == desk.ada


def test_what_was_taken_is_put_back_into_the_queue(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    bulk = does(desk, BulkVerb.TAKE, [row])
    assert standing(row)[1] == "Ada"
    undoes(desk, bulk)
    assert standing(row)[1] is None


def test_what_was_snoozed_or_solved_is_opened_and_put_back_as_it_was(desk: Desk) -> None:
    aside, done = problems(desk, 2)
    until = desk.clock + timedelta(days=1)
    snooze(aside, by=desk.ada, until=until, now=desk.later())
    solve(done, by=desk.ada, now=desk.later())
    bulk = does(desk, BulkVerb.OPEN, [aside, done])
    assert [standing(row)[0] for row in (aside, done)] == [State.OPEN, State.OPEN]
    undoes(desk, bulk)
    assert [(standing(row)[0], row.snoozed_until) for row in (aside, done)] == [
        (State.PENDING, until),
        (State.SOLVED, None),
    ]


def test_who_wrote_spam_is_blocked_and_let_in_again_when_it_is_put_back(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    bulk = does(desk, BulkVerb.SPAM, [row], by=desk.sam)
    row.address.refresh_from_db()
    assert row.address.blocked_at
    undoes(desk, bulk)
    row.address.refresh_from_db()
    assert row.address.blocked_at is None


def test_rows_that_failed_say_why_and_hold_up_no_other(desk: Desk) -> None:
    free, taken, foreign = desk.problem("free"), desk.problem("taken"), desk.problem(channel=desk.channel_elsewhere)
    take(taken, by=desk.sam, now=desk.later())
    bulk = does(desk, BulkVerb.TAKE, [taken, foreign, free])
    assert states(bulk) == [BulkState.FAILED, BulkState.FAILED, BulkState.DONE]
    assert why(bulk)[0] == "Somebody was quicker: this has changed since you looked."
    assert why(bulk)[1] == "There is nothing here that you may see."
    assert standing(foreign)[1] is None
    assert undoes(desk, bulk) == [BulkState.FAILED, BulkState.FAILED, BulkState.PUT_BACK]


def test_an_agent_takes_nothing_for_spam(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    assert why(does(desk, BulkVerb.SPAM, [row])) == ["You may not do this here."]
    assert standing(row)[0] == State.OPEN


def test_what_breaks_in_one_row_is_told_and_holds_up_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = problems(desk, 2)

    def breaks(conversation: Conversation, *_: object) -> None:
        solve(conversation, by=desk.ada, now=desk.clock)
        if conversation == first:
            raise ZeroDivisionError

    monkeypatch.setitem(many.ACTS, BulkVerb.SOLVE, breaks)
    bulk = does(desk, BulkVerb.SOLVE, [first, second])
    assert states(bulk) == [BulkState.FAILED, BulkState.DONE]
    assert (standing(first)[0], standing(second)[0]) == (State.OPEN, State.SOLVED)


def test_what_changed_since_stays_as_it_is(desk: Desk) -> None:
    touched, same = problems(desk, 2)
    bulk = does(desk, BulkVerb.SOLVE, [touched, same])
    note(touched, "She called.", by=desk.sam, now=desk.later(seconds=1))
    assert undoes(desk, bulk) == [BulkState.KEPT, BulkState.PUT_BACK]
    assert why(bulk)[0] == "It has changed since: it stays as it is now."
    assert standing(touched)[0] == State.SOLVED


def test_whose_pictures_are_shown_since_is_put_back_all_the_same(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    said = row.messages.get()
    Message.objects.filter(pk=said.pk).update(remote_images=1, verified=True)
    said.refresh_from_db()
    bulk = does(desk, BulkVerb.SOLVE, [row])
    pictures.allow(said, by=desk.ada, now=desk.later(seconds=1))
    pictures.stop(said, by=desk.ada, now=desk.later(seconds=1))
    assert undoes(desk, bulk) == [BulkState.PUT_BACK]
    assert standing(row)[0] == State.OPEN


def test_what_its_receiver_has_accepted_stays_with_him(desk: Desk) -> None:
    accepted, waiting = problems(desk, 2)
    bulk = does(desk, BulkVerb.PASS_ON, [accepted, waiting], to=desk.sam.pk, **PASSED)
    accept(accepted, by=desk.sam, now=desk.later(seconds=1))
    undoes(desk, bulk)
    assert (standing(accepted)[1], standing(waiting)[1]) == ("Sam", None)


def test_a_turn_does_some_of_it_and_the_next_one_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 2)
    rows = problems(desk, 5)
    bulk = begin(BulkVerb.SOLVE, [row.pk for row in rows], by=desk.ada, now=desk.later())
    assert work_off(bulk.pk, desk.later())
    assert states(bulk) == ["done", "done", "waiting", "waiting", "waiting"]
    assert undoes(desk, bulk) == ["put_back", "put_back", "left", "left", "left"]
    assert [standing(row)[0] for row in rows] == [State.OPEN] * 5


def test_the_sweep_finds_what_a_lost_hint_left_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr("inbox.desk.tasks.wake", lambda *args: asked.append(args))
    bulk = begin(BulkVerb.SOLVE, [problems(desk, 1)[0].pk], by=desk.ada, now=desk.later())
    work_off_bulks()
    assert asked == [("inbox.desk.tasks.work_off_bulk", bulk.pk)]
    finish(desk, bulk)
    work_off_bulks()
    assert len(asked) == 1


def test_it_is_done_once_and_put_back_once_and_in_time(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    bulk = does(desk, BulkVerb.SOLVE, [row])
    lines = Activity.objects.count()
    assert not work_off(bulk.pk, desk.later(seconds=1))
    assert Activity.objects.count() == lines
    put_back_all(bulk, by=desk.ada, now=desk.later(seconds=1))
    with pytest.raises(AlreadyDone):
        put_back_all(bulk, by=desk.ada, now=desk.later(seconds=1))
    late = does(desk, BulkVerb.WAIT, [desk.problem()])
    with pytest.raises(Invalid, match="too late"):
        put_back_all(late, by=desk.ada, now=desk.later(hours=1))


@pytest.mark.parametrize(
    ("verb", "asked", "said"),
    [
        (BulkVerb.PASS_ON, {"team": 1, "reason": "knowledge"}, "Leave a note"),
        (BulkVerb.PASS_ON, {"team": 1, "note": "Look"}, "Say why"),
        (BulkVerb.PASS_ON, PASSED, "Say who gets it"),
        (BulkVerb.TAG, {"tags": [" "]}, "Say which tag"),
        (BulkVerb.SNOOZE, {"until": ""}, "already passed"),
        (BulkVerb.SNOOZE, {"until": "2026-11-01T09:00:00+00:00"}, "already passed"),
    ],
)
def test_what_could_be_done_with_none_is_refused_at_once(
    desk: Desk, verb: BulkVerb, asked: dict[str, Any], said: str
) -> None:
    row = desk.problem()
    with pytest.raises(Invalid, match=said):
        begin(verb, [row.pk], by=desk.ada, now=desk.later(), asked=Asked(**asked))
    assert not Bulk.objects.exists()


def test_nothing_and_too_much_are_refused(desk: Desk) -> None:
    for wanted, said in (([], "Nothing is ticked"), (range(MOST + 1), "At most 1000")):
        with pytest.raises(Invalid, match=said):
            begin(BulkVerb.SOLVE, wanted, by=desk.ada, now=desk.later())


def test_all_that_matched_a_list_is_meant_and_what_came_later_is_not(desk: Desk) -> None:
    early = [row.pk for row in problems(desk, 40)]
    ada = browser(desk.ada)
    page = ada.get("/many/matching/?view=queue").content.decode()
    assert "Tick all 40 that match" in page
    until = page.split('data-matched="')[1].split('"')[0]
    Conversation.objects.filter(pk=early[0]).update(last_activity_at=until.replace("2026", "2036"))
    ada.post("/many/", {"verb": "solve", "view": "queue", "until": until})
    assert set(Bulk.objects.get().rows.values_list("conversation", flat=True)) == set(early[1:])
    ada.post("/many/", {"verb": "solve", "view": "q=lamp -tag:lamp", "until": until})
    assert Bulk.objects.latest("pk").rows.count() == 39


def test_only_what_one_may_see_is_begun_with(desk: Desk) -> None:
    mine, foreign = desk.problem(), desk.problem(channel=desk.channel_elsewhere)
    form = {"verb": "tag", "tags": "lamp, red", "rows": [mine.pk, foreign.pk]}
    page = browser(desk.ada).post("/many/", form)
    assert page.headers["HX-Trigger"] == "otvet:begun"
    assert "Tag “lamp, red”" in page.content.decode()
    assert list(Bulk.objects.get().rows.values_list("conversation", flat=True)) == [mine.pk]


def test_a_refusal_is_a_sentence_in_the_place_of_the_report(desk: Desk) -> None:
    row = desk.problem()
    page = browser(desk.ada).post("/many/", {"verb": "pass_on", "rows": [row.pk]})
    assert (page.status_code, page.headers["HX-Retarget"]) == (400, "#bulk-state")
    assert "Leave a note" in page.content.decode()
    assert browser(desk.ada).post("/many/", {"verb": "dance", "rows": [row.pk]}).status_code == 400
    assert browser(desk.ada).post("/many/", {"verb": "solve", "until": "never"}).status_code == 400


def test_the_report_links_what_failed_and_is_ones_own_until_it_is_put_away(desk: Desk) -> None:
    rows = problems(desk, 7)
    for row in rows:
        take(row, by=desk.sam, now=desk.later())
    bulk = does(desk, BulkVerb.TAKE, rows)
    shown = browser(desk.ada).get("/c/open/").content.decode()
    assert "0 of 7 done" in shown
    assert f'href="/c/open/{rows[0].number}/">{rows[0].label}</a>' in shown
    assert f'href="/many/{bulk.pk}/">and 2 more' in shown
    assert browser(desk.ada).get(f"/many/{bulk.pk}/").content.decode().count("Somebody was quicker") == 7
    assert browser(desk.sam).get(f"/many/{bulk.pk}/").status_code == 404
    assert browser(desk.sam).post(f"/many/{bulk.pk}/put-back/").status_code == 404
    browser(desk.sam).post(f"/many/{bulk.pk}/close/")
    assert "0 of 7 done" in browser(desk.ada).get("/c/open/").content.decode()
    browser(desk.ada).post(f"/many/{bulk.pk}/close/")
    assert "0 of 7 done" not in browser(desk.ada).get("/c/open/").content.decode()


def test_a_menu_asks_for_what_its_act_needs(desk: Desk) -> None:
    ada, sam = browser(desk.ada), browser(desk.sam)
    assert 'name="reason"' in ada.get("/many/menu/pass_on/").content.decode()
    assert "Spam" not in ada.get("/many/menu/more/").content.decode()
    assert "Spam" in sam.get("/many/menu/more/").content.decode()
    assert ada.get("/many/menu/dance/").status_code == 404


def test_many_are_put_off_by_one_button_as_one_is(desk: Desk) -> None:
    lamp, ada = desk.problem(), browser(desk.ada)
    offered = re.findall(r'name="(\w+)" value="([^"]+)"\s+formnovalidate', ada.get("/many/menu/wait/").content.decode())
    menu = ada.get(f"/c/open/{lamp.number}/menu/").content.decode()
    of_one = re.findall(r'name="(until)" value="([^"]+)"\s+formnovalidate', menu)
    assert [at for _name, at in offered] == [at for _name, at in of_one]
    assert {name for name, _at in offered} == {"snooze_to"}
    ada.post("/many/", {"rows": [lamp.pk], "snooze": "2037-01-01T12:00", "snooze_to": offered[-1][1]})
    work_off(Bulk.objects.get().pk, desk.later())
    lamp.refresh_from_db()
    assert lamp.snoozed_until == datetime.fromisoformat(offered[-1][1])


SAID = "Dear {{customer|customer}}, we are on it."


def texts(row: Conversation) -> list[str]:
    return list(row.messages.filter(direction=Direction.OUTGOING, withdrawn_at=None).values_list("text", flat=True))


def test_each_is_answered_on_its_own_channel_and_all_of_it_can_be_taken_back(desk: Desk) -> None:
    rows = problems(desk, 2)
    begun = rows[1]
    drafts.keep(begun, Mode.REPLY, "I had begun", seen_up_to=begun.last_message, by=desk.ada, now=desk.later())
    bulk = does(desk, BulkVerb.REPLY, rows, text=f" {SAID} ", then="solved")
    assert (states(bulk), why(bulk)) == ([BulkState.DONE] * 2, ["", ""])
    assert [texts(row) for row in rows] == [["Dear Carla, we are on it."]] * 2
    assert [standing(row)[:2] for row in rows] == [("solved", "Ada")] * 2
    held = Delivery.objects.filter(message__conversation__in=rows)
    assert [each.state for each in held] == [DeliveryState.HELD] * 2
    assert undoes(desk, bulk) == [BulkState.PUT_BACK] * 2
    assert [texts(row) for row in rows] == [[], []]
    assert [standing(row)[0] for row in rows] == [State.OPEN] * 2
    assert drafts.of(rows[0], desk.ada) == {}
    assert "I had begun" in drafts.of(begun, desk.ada)[Mode.REPLY].text


def test_an_answer_that_has_gone_out_stays(desk: Desk) -> None:
    (row,) = problems(desk, 1)
    bulk = does(desk, BulkVerb.REPLY, [row], text=SAID)
    Delivery.objects.update(state=DeliveryState.QUEUED)
    assert undoes(desk, bulk) == [BulkState.KEPT]
    assert why(bulk) == ["It has gone out already."]
    assert len(texts(row)) == 1


def test_who_has_written_since_is_not_answered_past(desk: Desk) -> None:
    first, second = desk.problem("One", reference="1@example.com"), desk.problem("Two")
    asked = Asked(text=SAID)
    bulk = begin(BulkVerb.REPLY, [first.pk, second.pk], by=desk.ada, now=desk.later(), asked=asked)
    desk.receives(answer_to("1@example.com", text="It is solved by now."))
    finish(desk, bulk)
    assert states(bulk) == [BulkState.FAILED, BulkState.DONE]
    assert (texts(first), len(texts(second))) == ([], 1)
    assert why(bulk)[0]


def test_what_a_canned_answer_does_besides_is_done_with_all(desk: Desk) -> None:
    rows = problems(desk, 2)
    macro = CannedAnswer(name="Late", text=SAID, tags=["late"], owner=desk.ada)
    macro = set_answer(macro, by=desk.ada, now=desk.later())
    does(desk, BulkVerb.REPLY, rows, text=SAID, answer=macro.pk)
    assert [standing(row)[:4] for row in rows] == [("pending", "Ada", "Support", ["late"])] * 2
    theirs = set_answer(CannedAnswer(name="x", text=SAID, tags=["x"], owner=desk.sam), by=desk.sam, now=desk.later())
    does(desk, BulkVerb.REPLY, rows[:1], text=SAID, answer=theirs.pk)
    assert standing(rows[0])[3] == ["late"]


def test_a_guideline_stops_an_answer_to_many_before_any_goes_out(desk: Desk) -> None:
    rows = problems(desk, 2)
    form = {"verb": "reply", "rows": [row.pk for row in rows], "text": "Please write to our e-mail.", "then": "pending"}
    ada = browser(desk.ada)
    page = ada.post("/many/", form)
    assert (page.status_code, page.headers["HX-Retarget"]) == (409, "#bulk-state")
    said = page.content.decode()
    assert "A guideline stands in the way." in said
    assert not Bulk.objects.exists()
    seen = re.findall(r'form="bulk" name="seen" value="(\d+)"', said)
    assert seen
    page = ada.post(
        "/many/", {**form, "seen": seen, "override_reason": "law", "override_words": "A signed\x00 statement"}
    )
    assert page.status_code == 200
    bulk = Bulk.objects.get()
    assert bulk.asked["tags"] == []
    finish(desk, bulk)
    assert states(bulk) == [BulkState.DONE] * 2
    assert Override.objects.count() == 2
    assert 'data-kind="block"' in ada.post("/many/courtesy/", form).content.decode()
