"""Whatever happens in whatever order, the desk is where the plain model says, and every invariant holds."""

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from secrets import randbits
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from connectors.contract import Incoming
from connectors.email.connector import Email
from connectors.sandbox.mail.misbehaviour import Cut
from connectors.sandbox.mail.server import ADDRESS, HOST, PASSWORD, MailServer
from inbox.connect import connect, save
from inbox.desk import settle, solve, take, undo_send
from inbox.desk.pass_on import pass_on
from inbox.errors import AlreadyDone
from inbox.models import Channel, Conversation, Delivery, DeliveryState, Message
from inbox.outbound import deliver, reconcile
from reports.invariants import violations
from tests.inbox.desk_of_five import answer_to, five, mail, reference_of
from tests.journeys.model import Model, Problem, Sent

WHICH = st.integers(min_value=0, max_value=1000)
UNDO = timedelta(seconds=10)


class Crash(Exception):
    """The process dies in the middle of a transaction."""


class Desk(RuleBasedStateMachine):
    """Carla writes, ada answers, workers die; one mail server takes everything and keeps count."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.server = MailServer(self.folder)
        ports = self.server.start()
        self.reach = pytest.MonkeyPatch()
        self.reach.setenv("OTVET_REACH", f"{HOST}:{ports.imap},{HOST}:{ports.smtp}")
        self.desk, self.model = five(), Model()
        plain = {"imap_security": "plain", "smtp_security": "plain", "sent_copy": "provider"}
        hosts = {"imap_host": HOST, "imap_port": ports.imap, "smtp_host": HOST, "smtp_port": ports.smtp}
        Channel.objects.filter(pk=self.desk.channel.pk).update(address=ADDRESS)
        save(self.desk.channel, Email(address=ADDRESS, password=PASSWORD, **hosts, **plain))  # type: ignore[arg-type]  # ports are numbers
        self.mails: list[Incoming] = []
        self.conversations: list[int] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)
        self.server.stop()
        self.reach.undo()
        shutil.rmtree(self.folder)

    # -- the way in

    @rule()
    def she_writes_about_something_new(self) -> None:
        self._comes(mail(), None)

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def she_answers(self, which: int) -> None:
        place = which % len(self.conversations)
        said = Message.objects.filter(conversation=self.conversations[place]).exclude(direction="note")
        known = said.order_by("pk").last()
        assert known
        self._comes(answer_to(reference_of(known)), place)

    @precondition(lambda self: self.mails)
    @rule(which=WHICH)
    def the_same_mail_comes_again(self, which: int) -> None:
        self.desk.receives(self.mails[which % len(self.mails)])

    @rule()
    def an_answer_comes_before_what_it_answers(self) -> None:
        root = mail()
        self._comes(answer_to(root.reference), None)
        self._comes(root, len(self.conversations) - 1)

    @rule()
    def the_worker_dies_before_it_commits_a_mail(self) -> None:
        said = mail()
        with suppress(Crash), transaction.atomic():
            self.desk.receives(said)
            raise Crash
        self._comes(said, None)

    # -- people

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def ada_answers(self, which: int) -> None:
        conversation, problem = self._chosen(which)
        self.desk.answers(conversation, undo=UNDO)
        problem.answered()

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def ada_takes_the_last_answer_back(self, which: int) -> None:
        conversation, problem = self._chosen(which)
        last = Message.objects.filter(conversation=conversation, author__isnull=False).order_by("pk").last()
        done = last is not None and self._tries(undo_send.undo_send, last, by=self.desk.ada, now=self.desk.clock)
        assert done == problem.take_back()

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def somebody_solves_it(self, which: int) -> None:
        conversation, problem = self._chosen(which)
        assert self._tries(solve.solve, conversation, by=self.desk.sam, now=self.desk.later()) == (
            problem.state != "solved"
        )
        if problem.state != "solved":
            problem.state, problem.solved_days_ago = "solved", 0

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def sam_takes_it(self, which: int) -> None:
        conversation, problem = self._chosen(which)
        free = not problem.owner and problem.state != "solved"
        assert self._tries(take.take, conversation, by=self.desk.sam, now=self.desk.later()) == free
        problem.owner = "Sam" if free else problem.owner

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH, to_max=st.booleans())
    def sam_passes_it_on(self, which: int, to_max: bool) -> None:
        conversation, problem = self._chosen(which)
        goes = {"to": self.desk.max} if to_max else {"team": self.desk.team}
        wanted = "Max" if to_max else ""
        possible = problem.state != "solved" and problem.owner != wanted
        now = self.desk.later()
        assert (
            self._tries(pass_on, conversation, by=self.desk.sam, now=now, note="She is right.", reason="time", **goes)
            == possible
        )
        if possible:
            problem.owner, problem.said, problem.state = wanted, problem.said + 1, "open"

    @rule()
    def eight_days_pass(self) -> None:
        self.desk.later(days=8)
        self.model.days_pass(8)

    # -- the way out

    @precondition(lambda self: self._waiting())
    @rule(which=WHICH, cut=st.sampled_from([Cut.NEVER, Cut.NEVER, Cut.AFTER_DOT, Cut.AFTER_DOT_LOST]))
    def a_worker_sends(self, which: int, cut: Cut) -> None:
        delivery, problem = self._next(which)
        self.server.misbehave(cut=cut)
        assert deliver.send(delivery.pk, self.desk.later(days=0.1))
        self.server.misbehave()
        answer = problem.next_answer()
        assert answer
        answer.arrived += cut is not Cut.AFTER_DOT_LOST
        answer.where = Sent.SENT if cut is Cut.NEVER else Sent.UNKNOWN

    @precondition(lambda self: self._waiting())
    @rule(which=WHICH, wire=st.booleans(), dot=st.booleans(), lease=st.booleans())
    def a_worker_dies_while_it_sends(self, which: int, wire: bool, dot: bool, lease: bool) -> None:
        """In prep, or on the wire with the final dot given or not; its lock is free, or it hangs beyond its lease."""
        delivery, problem = self._next(which)
        answer, token = problem.next_answer(), uuid4()
        assert answer
        assert deliver._claim(delivery.pk, token, self.desk.later(days=0.1))
        answer.where = Sent.ON_THE_WIRE if wire else Sent.PREPARING
        if wire:
            self._goes_to_the_wire(delivery, token)
        if wire and dot:
            outgoing = deliver.as_outgoing(Delivery.objects.get(pk=delivery.pk), self.desk.clock)
            connect(self.desk.channel).send(outgoing, lambda: None)
            answer.arrived += 1
        assert reconcile.release_abandoned(self.desk.clock) == 0  # it lives, and its lease runs
        gone = {"lease_until": self.desk.clock - timedelta(days=9999)} if lease else {"worker": randbits(62)}
        Delivery.objects.filter(pk=delivery.pk).update(**gone)
        assert reconcile.release_abandoned(self.desk.later()) == 1
        problem.worker_dies()
        assert not self._may_go_to_the_wire(delivery, token)  # should it wake up after all

    @rule()
    def a_worker_looks_for_what_is_unknown(self) -> None:
        kept = self.model.kept > 0
        for _ in range(reconcile.LOOKS_NEEDED):
            now = self.desk.later(minutes=2)
            for delivery in Delivery.objects.filter(state=DeliveryState.UNKNOWN).select_related("channel"):
                reconcile.settle(delivery, now)
        for problem in self.model.problems:
            problem.looked_for(sent_is_kept=kept)

    @precondition(lambda self: any(problem.next_failed() for problem in self.model.problems))
    @rule(which=WHICH, how=st.sampled_from(["it_arrived", "send_again", "discard"]))
    def a_person_decides(self, which: int, how: str) -> None:
        places = [place for place, problem in enumerate(self.model.problems) if problem.next_failed()]
        place = places[which % len(places)]
        answer = self.model.problems[place].next_failed()
        mine = Delivery.objects.filter(conversation=self.conversations[place], state=DeliveryState.NEEDS_HUMAN)
        delivery = mine.order_by("pk").first()
        assert answer
        assert delivery
        getattr(settle, how)(delivery, by=self.desk.ada, now=self.desk.later())
        answer.where = {"it_arrived": Sent.SENT, "send_again": Sent.QUEUED, "discard": Sent.CANCELLED}[how]

    # -- what must hold after every step

    @invariant()
    def the_desk_is_where_the_model_says(self) -> None:
        rows = Conversation.objects.in_bulk(self.conversations)
        assert Conversation.objects.count() == len(self.model.problems)
        for pk, problem in zip(self.conversations, self.model.problems, strict=True):
            row = rows[pk]
            answers = Delivery.objects.filter(conversation=pk).order_by("pk")
            assert (row.state, row.messages.count()) == (problem.state, problem.said)
            assert (row.owner.name if row.owner else "") == problem.owner
            assert [a.state for a in answers] == [answer.where.value for answer in problem.answers]

    @invariant()
    def the_mail_server_has_each_answer_as_often_as_it_should(self) -> None:
        taken = Counter(
            str(accepted.raw).partition("X-Otvet-Delivery: ")[2].partition("\\r")[0] for accepted in self.server.log()
        )
        for pk, problem in zip(self.conversations, self.model.problems, strict=True):
            ids = Delivery.objects.filter(conversation=pk).order_by("pk").values_list("provider_id", flat=True)
            assert [taken[provider_id] for provider_id in ids] == [answer.arrived for answer in problem.answers]
            assert all(answer.arrived <= 1 for answer in problem.answers)

    @invariant()
    def the_database_finds_nothing_wrong(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert violations(self.desk.clock) == {}

    # -- how it is done

    def _comes(self, said: Incoming, place: int | None) -> None:
        received = self.desk.receives(said)
        self.mails.append(said)
        self.model.writes(place)
        if received.conversation not in self.conversations:
            self.conversations.append(received.conversation)

    def _chosen(self, which: int) -> tuple[Conversation, Problem]:
        place = which % len(self.conversations)
        return Conversation.objects.get(pk=self.conversations[place]), self.model.problems[place]

    def _waiting(self) -> list[int]:
        return [place for place, problem in enumerate(self.model.problems) if problem.next_answer()]

    def _next(self, which: int) -> tuple[Delivery, Problem]:
        """The delivery whose turn it is in one of the conversations in which something waits."""
        places = self._waiting()
        place = places[which % len(places)]
        due = Delivery.objects.filter(conversation=self.conversations[place], state__in=["held", "queued"])
        delivery = due.order_by("pk").first()
        assert delivery
        return delivery, self.model.problems[place]

    def _goes_to_the_wire(self, delivery: Delivery, token: Any) -> None:
        assert self._may_go_to_the_wire(delivery, token)

    def _may_go_to_the_wire(self, delivery: Delivery, token: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(deliver.TO_THE_WIRE, {"delivery": delivery.pk, "token": token})
            return bool(cursor.rowcount == 1)

    def _tries(self, verb: Any, *what: Any, **how: Any) -> bool:
        """Whether it could be done, or somebody was quicker."""
        try:
            verb(*what, **how)
        except AlreadyDone:
            return False
        return True


@pytest.mark.usefixtures("db", "worker")
def test_whatever_happens_nothing_is_lost_or_sent_twice() -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
