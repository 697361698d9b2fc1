"""Ringing in browsers whose pages are all closed, through their push services.

A row says that a notice is to ring in a browser, a hint that there is one, and a sweep finds what a lost hint left
behind. The row is gone, and that is committed, before the first byte goes out. So a worker that dies in between loses
one ring and never makes two: the notice waits under the bell all the same, and at most once is better here than twice.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from connectors import webpush
from connectors.errors import ChannelError, TryLater
from connectors.webpush import Subscription, Unsubscribed
from inbox.connect import push_sender
from inbox.desk.tell import AT_ONCE, CALLS_FOR, calling
from inbox.errors import described
from inbox.models import Browser, Notice, Ring

log = logging.getLogger(__name__)

ATTEMPTS = 4
FIRST_PAUSE = timedelta(seconds=30)
LONGEST = 200  # letters of a subject


def ring(browser_id: int, now: datetime) -> None:
    """Let ring in one browser whatever is due, oldest first; more than AT_ONCE as one.

    Nothing rings for what was seen meanwhile, off shift, or after CALLS_FOR.
    """
    browser = Browser.objects.select_related("agent").filter(pk=browser_id).first()
    while browser and (due := _taken(browser, now)):
        try:
            _tell(browser, due, now)
        except Unsubscribed:
            browser.delete()
            return
        except TryLater as error:
            _failed(browser, error, now)
            _again(browser, due, error, now)
            return
        except ChannelError as error:
            _failed(browser, error, now)
        else:
            Browser.objects.filter(pk=browser.pk).update(told_at=now, failed_at=None, error=None)


def _taken(browser: Browser, now: datetime) -> list[Ring]:
    """The next that is to ring there, or all of many. Nobody else has it any more, and neither has the database."""
    with transaction.atomic():
        rows = Ring.objects.select_for_update(of=("self",), skip_locked=True).filter(browser=browser, due_at__lte=now)
        due = list(rows.select_related("notice__conversation").order_by("notice_id"))
        wanted = set(calling(browser.agent, 0, now=now).filter(rings__in=due).values_list("pk", flat=True))
        loud = [row for row in due if row.notice_id in wanted]
        taken = loud if len(loud) > AT_ONCE else loud[:1]
        stays = {row.pk for row in loud} - {row.pk for row in taken}
        Ring.objects.filter(pk__in=[row.pk for row in due if row.pk not in stays]).delete()
    return taken


def _tell(browser: Browser, due: Sequence[Ring], now: datetime) -> None:
    """Say as little as a person needs to know whether to come: why, and of which conversation."""
    newest = due[-1].notice
    with translation.override(browser.agent.language or browser.language):
        said = _of_one(newest) if len(due) == 1 else {"title": _("New notices: %(n)s") % {"n": len(due)}}
    webpush.tell(
        Subscription(browser.endpoint, bytes(browser.key), bytes(browser.secret)),
        json.dumps({"tag": "notices", "body": "", **said}, ensure_ascii=False).encode(),
        sender=push_sender(now),
        topic=str(said.get("tag", "notices")),
        keep=newest.at + CALLS_FOR - now,
        now=now,
    )


def _of_one(notice: Notice) -> dict[str, object]:
    said: dict[str, object] = {"tag": notice.tag, "title": capfirst(notice.get_kind_display())}
    if (row := notice.conversation) is None:
        return said
    return {**said, "body": f"{row.label} {row.subject[:LONGEST]}".strip(), "number": row.number}


def _failed(browser: Browser, error: ChannelError, now: datetime) -> None:
    log.warning("browser %s of agent %s was not told: %s", browser.pk, browser.agent_id, error)
    Browser.objects.filter(pk=browser.pk).update(failed_at=now, error=described(error))


def _again(browser: Browser, due: Sequence[Ring], error: TryLater, now: datetime) -> None:
    """Later, with all else that waits for this browser; not more often than ATTEMPTS, and not when it is no news."""
    with transaction.atomic():
        if not Browser.objects.select_for_update().filter(pk=browser.pk).exists():
            return  # it was removed meanwhile
        then = error.until or now + FIRST_PAUSE * 2 ** due[0].attempts
        Ring.objects.filter(browser=browser, due_at__lt=then).update(due_at=then)
        Ring.objects.bulk_create(
            Ring(browser=browser, notice=row.notice, attempts=row.attempts + 1, due_at=then)
            for row in due
            if row.attempts + 1 < ATTEMPTS and then < row.notice.at + CALLS_FOR
        )
