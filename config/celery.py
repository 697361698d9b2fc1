"""The Celery application, and the whole timetable: every periodic job on one screen.

The database is the queue: a task carries ids and means "look now". What a lost message leaves behind
is found by the sweeps below, so nothing here has an ETA, a countdown or a retry of its own.
"""

from datetime import timedelta

from celery import Celery
from django.conf import settings

app = Celery("otvet")
app.conf.update(
    broker_url=settings.REDIS_URL or "memory://localhost",
    broker_transport_options={"visibility_timeout": 300} if settings.REDIS_URL else {"polling_interval": 0.05},
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=False,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=30,
    worker_max_memory_per_child=400_000,
    worker_hijack_root_logger=False,
    accept_content=["json"],
    task_serializer="json",
    # A broker that does not answer must not hold up a person's request: one quick second try, then the sweep.
    task_publish_retry=True,
    task_publish_retry_policy={
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.05,
        "interval_max": 0.05,
    },
    timezone="UTC",
    imports=[
        "inbox.inbound.tasks",
        "inbox.outbound.tasks",
        "inbox.desk.tasks",
        "inbox.timetable",
        "escalation.tasks",
        "reports.tasks",
    ],
)

TIMETABLE = {
    "poll the channels": ("inbox.inbound.tasks.poll_due_channels", timedelta(seconds=15)),
    "open what waits": ("inbox.inbound.tasks.open_waiting", timedelta(seconds=15)),
    "gather what messages point to": ("inbox.inbound.tasks.gather_due", timedelta(seconds=15)),
    "send what is due": ("inbox.outbound.tasks.send_due", timedelta(seconds=5)),
    "settle what is unknown": ("inbox.outbound.tasks.settle_unknown", timedelta(seconds=15)),
    "tell providers what is spam": ("inbox.outbound.tasks.tell_verdicts", timedelta(seconds=15)),
    "look for missed mail": ("inbox.inbound.tasks.look_for_missed", timedelta(hours=1)),
    "wake snoozed conversations": ("inbox.desk.tasks.wake_snoozed", timedelta(seconds=30)),
    "go on with acts on many": ("inbox.desk.tasks.work_off_bulks", timedelta(seconds=15)),
    "ring where pages are closed": ("inbox.desk.tasks.ring_due", timedelta(seconds=15)),
    "look at what is due": ("escalation.tasks.run_sweep", timedelta(seconds=15)),
    "renew keys": ("inbox.inbound.tasks.renew_keys", timedelta(minutes=1)),
    "check the ledger": ("reports.tasks.check_ledger", timedelta(minutes=5)),
    "check what must always hold": ("reports.tasks.check_invariants", timedelta(hours=1)),
    "ask how accounts stand": ("inbox.inbound.tasks.ask_standing", timedelta(minutes=10)),
    "forget bodies of webhooks": ("inbox.inbound.tasks.forget_bodies", timedelta(days=1)),
    "clear away": ("inbox.timetable.clear_away", timedelta(hours=1)),
}
# Asked more often than they come: beat counts from its start, and who starts it anew each day would see no day's job.
ASKED_AT_LEAST = timedelta(minutes=5)
app.conf.beat_schedule = {
    name: {
        "task": "inbox.timetable.run",
        "schedule": min(every, ASKED_AT_LEAST),
        "args": (name, task, every.total_seconds()),
    }
    for name, (task, every) in TIMETABLE.items()
}
