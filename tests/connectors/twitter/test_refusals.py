"""What X means when it says no: bodies as recorded or documented."""

import json
from datetime import UTC, datetime

import pytest

from connectors.errors import (
    ChannelError,
    CredentialsRefused,
    CreditsSpent,
    OutcomeUnknown,
    Rejected,
    TryLater,
)
from connectors.http import Answer
from connectors.twitter.refusals import is_missing, refusal

CREDITS = {
    "account_id": 1,
    "title": "CreditsDepleted",
    "detail": "Your enrolled account [1] does not have any credits to fulfill this request.",
    "type": "https://api.twitter.com/2/problems/credits",
}
ENGAGED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


def answer(status: int, body: object, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status=status, body=raw, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"title": "Invalid Request", "type": "https://api.x.com/2/problems/invalid-request"}, Rejected),
        (400, [1, 2], Rejected),
        (401, {"title": "Unauthorized", "type": "about:blank", "status": 401}, CredentialsRefused),
        (402, CREDITS, CreditsSpent),
        (403, CREDITS, CreditsSpent),
        (403, {**CREDITS, "type": "about:blank"}, CreditsSpent),
        (429, {"type": "https://api.x.com/2/problems/usage-capped"}, CreditsSpent),
        (403, {"title": "Forbidden", "type": "about:blank", "status": 403}, Rejected),
        (403, {"type": "https://api.twitter.com/2/problems/client-forbidden"}, CredentialsRefused),
        (403, {"type": "https://api.twitter.com/2/problems/oauth1-permissions"}, CredentialsRefused),
        (404, {"type": "https://api.twitter.com/2/problems/resource-not-found"}, Rejected),
        (302, b"", Rejected),
        (429, {"title": "Too Many Requests", "type": "about:blank"}, TryLater),
        (400, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, TryLater),
        (408, b"", OutcomeUnknown),
        (500, b"<html>", OutcomeUnknown),
        (503, {"errors": [{"code": 130, "message": "Over capacity"}]}, OutcomeUnknown),
    ],
)
def test_it_is_classed_by_status_type_and_code(status: int, body: object, error: type[ChannelError]) -> None:
    assert type(refusal(answer(status, body), has_effect=True)) is error


def test_a_failure_without_effect_may_be_tried_again() -> None:
    assert type(refusal(answer(500, b"<html>"), has_effect=False)) is TryLater


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        (ENGAGED, "Ask the customer to mention us"),
        ("You can only reply to or quote posts where you are mentioned or are the author.", "Ask the customer"),
        ("You do not have permission to DM one or more participants.", "takes no direct messages"),
        ("You are not allowed to create a Tweet with duplicate content.", "Change a word"),
        ("This operation is not permitted.", "does not allow this"),
        ("Something quite new.", "does not allow this"),
    ],
)
def test_the_words_of_a_403_choose_only_the_sentence(detail: str, sentence: str) -> None:
    error = refusal(answer(403, {"title": "Forbidden", "detail": detail, "type": "about:blank"}), has_effect=True)
    assert type(error) is Rejected
    assert sentence in error.sentence
    assert error.words == f"HTTP 403: Forbidden: {detail}"


def test_it_says_when_to_come_back() -> None:
    error = refusal(answer(429, {}, **{"x-rate-limit-reset": "1795428000"}), has_effect=True)
    assert isinstance(error, TryLater)
    assert error.until == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    plain = {"Retry-After": "60", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    later = refusal(answer(429, {}, **plain), has_effect=True)
    assert isinstance(later, TryLater)
    assert later.until == datetime(2026, 11, 23, 10, 1, tzinfo=UTC)
    never = refusal(answer(429, {}), has_effect=True)
    assert isinstance(never, TryLater)
    assert never.until is None


def test_a_day_that_is_used_up_is_waited_for_though_the_quarter_of_an_hour_is_not() -> None:
    headers = {"x-rate-limit-remaining": "97", "x-rate-limit-reset": "1795428000"}
    headers |= {"x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": "1795510800"}
    error = refusal(answer(429, {}, **headers), has_effect=True)
    assert isinstance(error, TryLater)
    assert error.until == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_partial_error_tells_what_is_gone() -> None:
    gone = "https://api.twitter.com/2/problems/resource-not-found"
    assert is_missing({"type": gone})
    assert is_missing({"type": "https://api.x.com/2/problems/not-authorized-for-resource"})
    assert not is_missing({"type": "about:blank"})
