"""Whether something that we may have sent is there: in the conversation, or among the comments."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.contract import Outgoing
from connectors.errors import OutcomeUnknown, Rejected, gettext_noop
from connectors.facebook.api import Api
from connectors.facebook.carriers import author_of
from connectors.facebook.composing import Comment, Letter, Message, loads
from connectors.facebook.moments import moment
from connectors.facebook.pages import pages
from connectors.facebook.shapes import Json, id_in, listed, mapping, text_in
from connectors.facebook.wanted import COMMENT, MESSAGE

_SKEW = timedelta(seconds=2)  # Facebook tells whole seconds, and its clock is not ours


def find(api: Api, page: str, outgoing: Outgoing) -> str | None:
    """The id of what was sent since its first attempt began, or None if it is certainly not there."""
    letter = loads(outgoing.body)
    there = _messages(api, page, letter) if isinstance(letter, Message) else _comments(api, letter)
    begin = outgoing.since - _SKEW
    fresh = _since(there, begin, outgoing.previous)
    own = (each for each in fresh if author_of(each) == page and _is_it(each, letter))
    found = next((id_in(each) for each in own), None)
    if found is None and isinstance(letter, Message) and letter.comment and not _is_unanswered(api, letter.comment):
        raise OutcomeUnknown(gettext_noop("The comment was answered in private; Facebook does not say with what."))
    return found


def _messages(api: Api, page: str, letter: Message) -> Iterator[Json]:
    asked = api.get(f"{page}/conversations", platform="messenger", user_id=letter.to, fields="id")
    for talk in listed(asked):
        yield from pages(api, f"{id_in(talk)}/messages", fields=MESSAGE, limit="25")


def _comments(api: Api, letter: Comment) -> Iterator[Json]:
    """What stands beside our comment: Facebook has two levels, so an answer to an answer lies under the first one."""
    under = letter.answers
    if under != letter.post:
        told = api.get(under, fields="id,parent{id}")
        under = id_in(mapping(told.get("parent"))) or under
    return pages(api, f"{under}/comments", fields=COMMENT, order="reverse_chronological", limit="50")


def _since(there: Iterator[Json], begin: datetime, previous: str) -> Iterator[Json]:
    """What is younger than that and than the part before, of what comes newest first: two files look the same."""
    for each in there:
        said_at = moment(each.get("created_time"))
        if id_in(each) == previous or (said_at is not None and said_at < begin):
            return
        yield each


def _is_it(node: Json, letter: Letter) -> bool:
    has_file = bool(listed(node.get("attachments")) or node.get("attachment"))
    return text_in(node, "message").split() == letter.text.split() and has_file == (letter.file is not None)


def _is_unanswered(api: Api, comment: str) -> bool:
    try:
        return api.get(comment, fields="can_reply_privately").get("can_reply_privately") is True
    except Rejected:
        return False
