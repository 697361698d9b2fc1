"""How the test of a channel's setting stands, in words for its page, and beginning one from there."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from connectors.contract import Connector, Tried
from connectors.errors import ChannelError
from inbox.connect import connect
from inbox.dates import dated
from inbox.desk import channels as desk
from inbox.desk import trials
from inbox.errors import described, in_words
from inbox.models import Channel
from inbox.web.requests import agent_of


@dataclass(frozen=True, slots=True)
class Line:
    """What the page says of it. `tone` is that of its bar."""

    sentence: str
    tone: str


def begin(request: HttpRequest, channel: Channel) -> None:
    """Send a test; say so if it cannot be sent."""
    try:
        trials.begin(channel, by=agent_of(request), now=timezone.now())
    except ChannelError as error:
        _could_not(request, error)


def begin_if_due(request: HttpRequest, channel: Channel, before: Connector | None = None) -> None:
    """The channel was saved: send a test where one is due."""
    try:
        trials.begin_if_due(channel, before, by=agent_of(request), now=timezone.now())
    except ChannelError as error:
        _could_not(request, error)


def _could_not(request: HttpRequest, error: ChannelError) -> None:
    messages.warning(request, _("The test mail could not be sent: %(why)s") % {"why": in_words(described(error))})


def line_of(channel: Channel | None, values: dict[str, object], now: datetime) -> Line | None:
    """What is to be said of it, with these values in the form; None where nothing is to be tested."""
    if channel is None:
        return None
    kept = connect(Channel.objects.select_related("app").get(pk=channel.pk))
    connector = desk.changed(kept, values)
    trial = connector.trial if isinstance(connector, Tried) else None
    if trial is None:
        return None
    what = next(f.metadata["label"] for f in fields(connector) if f.name == trial.of)  # type: ignore[arg-type]  # a dataclass
    facts = {"what": _(what), "time": _time(trial.came_at or trial.asked_at)}
    if trial.came_at:
        return Line(_("“%(what)s”: the test mail came on %(time)s. This is used.") % facts, "good")
    if trial.asked_at is None:
        return Line(
            _("“%(what)s”: no test mail has been sent yet, so this is not used. Check the connection to send one.")
            % facts,
            "soon",
        )
    if now - trial.asked_at < trials.PATIENCE:
        return Line(
            _("“%(what)s”: waiting for the test mail since %(time)s. Until it has come, this is not used.") % facts,
            "wait",
        )
    return Line(
        _(
            "“%(what)s”: the test mail of %(time)s did not come within 15 minutes, so this stays unused: answers find"
            " their conversation by the mails that they name. Check the connection to try once more."
        )
        % facts,
        "over",
    )


def _time(at: datetime | None) -> str:
    return dated(timezone.localtime(at), "DATETIME_FORMAT") if at else ""
