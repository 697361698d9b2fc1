"""What rings where all pages are closed: at most once, and never what is seen, unwanted, one's own, or off shift."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors import webpush
from inbox import wake
from inbox.connect import push_sender
from inbox.desk import browsers, ringing, tell
from inbox.desk.note import note
from inbox.desk.presence import come_on_shift, go_off_shift
from inbox.desk.tasks import ring_due
from inbox.errors import Invalid, in_words
from inbox.models import Agent, Browser, Conversation, Installation, Matter, NoticeKind, Ring
from tests.inbox.desk_of_five import NOW, Desk
from tests.push_service import PushService, Reader, push_service


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    with push_service(NOW) as service:
        monkeypatch.setenv("OTVET_REACH", f"127.0.0.1:{service.port}")
        yield service


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What workers were asked for, nothing of which is done."""
    seen: list[tuple[object, ...]] = []
    monkeypatch.setattr(wake, "publish", lambda task, args: seen.append((task, *args)))
    return seen


def switched_on(desk: Desk, agent: Agent, reader: Reader, language: str = "en") -> Browser:
    """A browser of his, at a service without TLS, which nobody could add."""
    told = reader.subscription
    return Browser.objects.create(
        agent=agent,
        endpoint=told.endpoint,
        key=told.key,
        secret=told.secret,
        name="Firefox, Linux",
        language=language,
        since=desk.clock,
    )


def works(desk: Desk, agent: Agent) -> None:
    come_on_shift(agent, now=desk.later(), until=None)


def names_ada(desk: Desk, conversation: Conversation) -> None:
    note(conversation, "@ada, is it the red one?", by=desk.sam, now=desk.later())


def heard(service: PushService, reader: Reader) -> list[dict[str, object]]:
    return [reader.hears(taken.body) for taken in service.taken]


def test_a_mention_rings_in_each_browser_of_hers_and_says_no_more_than_needed(desk: Desk, service: PushService) -> None:
    works(desk, desk.ada)
    one, two, of_max = service.browser(), service.browser(), service.browser()
    rows = [switched_on(desk, desk.ada, one), switched_on(desk, desk.ada, two, language="ru")]
    switched_on(desk, desk.max, of_max)
    conversation = desk.problem()
    names_ada(desk, conversation)
    for row in rows:
        ringing.ring(row.pk, desk.clock)
    told = desk.ada.notices.get()
    said = {"tag": f"notice-{told.pk}", "body": f"{conversation.label} A broken lamp", "number": conversation.number}
    first, second = service.taken
    assert one.hears(first.body) == {**said, "title": "You are named in a note"}
    assert two.hears(second.body) == {**said, "title": "Вас назвали в\xa0записке"}
    assert (first.topic, first.ttl, first.urgency) == (f"notice-{told.pk}", 600, "high")
    assert service.complaints == []
    assert Ring.objects.count() == 0
    rows[0].refresh_from_db()
    assert (rows[0].told_at, rows[0].error) == (desk.clock, None)


def test_it_rings_once_however_often_it_is_asked_for(desk: Desk, service: PushService) -> None:
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    names_ada(desk, desk.problem())
    for _time in range(3):
        ringing.ring(row.pk, desk.later())
    assert len(service.taken) == 1


def test_of_what_she_did_herself_nothing_rings(desk: Desk, service: PushService) -> None:
    works(desk, desk.ada)
    switched_on(desk, desk.ada, service.browser())
    note(desk.problem(), "I, @ada, look at it", by=desk.ada, now=desk.later())
    assert Ring.objects.count() == 0


def test_a_matter_that_is_switched_off_does_not_ring(desk: Desk, service: PushService) -> None:
    works(desk, desk.ada)
    switched_on(desk, desk.ada, service.browser())
    tell.be_told(desk.ada, of=set(Matter) - {Matter.MENTION}, sound=False)
    names_ada(desk, desk.problem())
    assert Ring.objects.count() == 0


@pytest.mark.parametrize("why", ["off shift", "seen", "late", "switched off"])
def test_what_is_no_news_any_more_is_forgotten(desk: Desk, service: PushService, why: str) -> None:
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    conversation = desk.problem()
    names_ada(desk, conversation)
    match why:
        case "off shift":
            go_off_shift(desk.ada, now=desk.later())
        case "seen":
            tell.seen_of(desk.ada, conversation, now=desk.later())
        case "late":
            desk.later(minutes=10)
        case _other:
            browsers.remove(desk.ada, row.pk)
    ringing.ring(row.pk, desk.clock)
    assert service.taken == []
    assert Ring.objects.count() == 0


def test_many_at_once_ring_as_one(desk: Desk, service: PushService) -> None:
    works(desk, desk.ada)
    reader = service.browser()
    row = switched_on(desk, desk.ada, reader)
    for _each in range(tell.AT_ONCE + 1):
        tell.tell(desk.ada, NoticeKind.GIVEN, desk.problem(), now=desk.clock)
    ringing.ring(row.pk, desk.clock)
    assert heard(service, reader) == [{"tag": "notices", "title": "New notices: 4", "body": ""}]


def test_a_worker_that_dies_after_it_was_taken_never_rings_twice(
    desk: Desk, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """What no program survives."""

    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    names_ada(desk, desk.problem())
    really = webpush.tell

    def dies(*said: object, **how: object) -> None:
        really(*said, **how)  # type: ignore[arg-type]  # passed through
        raise Killed

    monkeypatch.setattr(webpush, "tell", dies)
    with pytest.raises(Killed):
        ringing.ring(row.pk, desk.clock)
    monkeypatch.setattr(webpush, "tell", really)
    ringing.ring(row.pk, desk.later())
    assert len(service.taken) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_with_all_that_was_to_ring_there(
    desk: Desk, service: PushService, status: int
) -> None:
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    for _each in range(2):
        names_ada(desk, desk.problem())
    service.status = status
    ringing.ring(row.pk, desk.clock)
    assert len(service.taken) == 1
    assert (Browser.objects.count(), Ring.objects.count()) == (0, 0)


@pytest.mark.parametrize(("status", "headers", "seconds"), [(429, {"Retry-After": "90"}, 90), (500, {}, 30)])
def test_a_service_that_is_busy_is_asked_again_when_it_wants(
    desk: Desk, service: PushService, status: int, headers: dict[str, str], seconds: int
) -> None:
    works(desk, desk.ada)
    reader = service.browser()
    row = switched_on(desk, desk.ada, reader)
    conversation, second = desk.problem(), desk.problem()
    names_ada(desk, conversation)
    names_ada(desk, second)
    service.status, service.headers = status, headers
    ringing.ring(row.pk, desk.clock)
    row.refresh_from_db()
    assert row.failed_at == desk.clock
    assert "HTTP" in in_words(row.error)
    ringing.ring(row.pk, desk.clock + timedelta(seconds=seconds - 1))
    assert len(service.taken) == 1
    service.status, service.headers = 201, {}
    ringing.ring(row.pk, desk.later(seconds=seconds))
    assert [said["number"] for said in heard(service, reader)] == [
        conversation.number,
        conversation.number,
        second.number,
    ]
    assert service.taken[1].ttl == 600 - seconds - 60
    well = Browser.objects.get()
    assert (well.failed_at, well.error) == (None, None)


def test_a_service_that_stays_busy_is_left_alone_after_four_times(desk: Desk, service: PushService) -> None:
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    names_ada(desk, desk.problem())
    service.status, service.headers = 503, {"Retry-After": "5"}
    for _time in range(8):
        ringing.ring(row.pk, desk.later(seconds=6))
    assert len(service.taken) == ringing.ATTEMPTS
    assert Ring.objects.count() == 0


def test_it_is_not_tried_again_when_it_would_be_no_news(desk: Desk, service: PushService) -> None:
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    names_ada(desk, desk.problem())
    service.status, service.headers = 429, {"Retry-After": "86400"}
    ringing.ring(row.pk, desk.clock)
    assert Ring.objects.count() == 0


@pytest.mark.parametrize("status", [400, 403, 413])
def test_what_is_refused_for_good_is_not_tried_again_and_the_next_one_goes_out(
    desk: Desk, service: PushService, status: int
) -> None:
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    for _each in range(2):
        names_ada(desk, desk.problem())
    service.status = status
    ringing.ring(row.pk, desk.clock)
    ringing.ring(row.pk, desk.later())
    assert len(service.taken) == 2
    row.refresh_from_db()
    assert f"HTTP {status}" in in_words(row.error)


def test_a_private_address_is_never_written_to(
    desk: Desk, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTVET_REACH", "")
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    names_ada(desk, desk.problem())
    ringing.ring(row.pk, desk.clock)
    assert service.taken == []
    row.refresh_from_db()
    assert row.failed_at == desk.clock


def test_the_hint_comes_after_the_commit_and_the_sweep_finds_what_it_lost(
    desk: Desk,
    service: PushService,
    hints: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: object,
) -> None:
    works(desk, desk.ada)
    row = switched_on(desk, desk.ada, service.browser())
    conversation = desk.problem()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture of pytest-django
        names_ada(desk, conversation)
        assert hints == []
    assert hints.count(("inbox.desk.tasks.ring", row.pk)) == 1
    hints.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # as above
        ring_due()
    assert hints == [("inbox.desk.tasks.ring", row.pk)]


def test_our_key_is_made_once_and_sealed(desk: Desk) -> None:
    first = push_sender(desk.clock)
    assert push_sender(desk.later()) == first
    assert first.private.to_bytes(32, "big") not in bytes(Installation.objects.get().push_key)


def test_a_browser_is_one_row_whoever_sits_there_and_there_are_not_too_many(desk: Desk) -> None:
    def add(agent: Agent, place: str, replaces: Browser | None = None) -> Browser:
        told = Reader(f"https://push.example.net/{place}").subscription
        handle = replaces.handle if replaces else None
        return browsers.add(agent, told, name="Firefox", language="en", replaces=handle, now=desk.clock)

    first = add(desk.ada, "1")
    again = add(desk.ada, "2", replaces=first)
    assert list(Browser.objects.all()) == [again]
    of_sam = add(desk.sam, "2")
    assert list(Browser.objects.all()) == [of_sam]
    for number in range(browsers.MOST):
        add(desk.ada, f"of ada {number}")
    with pytest.raises(Invalid, match="10 browsers"):
        add(desk.ada, "one more")
    plain = Reader("http://push.example.net/").subscription
    with pytest.raises(Invalid):
        browsers.add(desk.max, plain, name="", language="en", replaces=None, now=desk.clock)
