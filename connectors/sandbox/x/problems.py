"""Every answer of X that is no success, word for word as recorded or documented."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sandbox.x.switches import Answer, Rules

_PROBLEMS = "https://api.twitter.com/2/problems"
_HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Over capacity</title></head><body><h1>Something is wrong</h1></body></html>"
)


class Problem(Exception):
    """An answer with this status and body: JSON unless it is bytes, which are HTML."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def invalid(message: str, **parameters: Any) -> Problem:
    """400: one or more parameters were wrong."""
    values = {name: value if isinstance(value, list) else [str(value)] for name, value in parameters.items()}
    return Problem(
        400,
        {
            "errors": [{"parameters": values, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{_PROBLEMS}/invalid-request",
        },
    )


def unauthorized() -> Problem:
    body = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    return Problem(401, body)


def no_credits(status: int = 402) -> Problem:
    body = {
        "account_id": 1,
        "title": "CreditsDepleted",
        "detail": "Your enrolled account [1] does not have any credits to fulfill this request.",
        "type": f"{_PROBLEMS}/credits",
    }
    return Problem(status, body)


def forbidden(detail: str = "This operation is not permitted.") -> Problem:
    return Problem(403, {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403})


def no_dm() -> Problem:
    return forbidden("You do not have permission to DM one or more participants.")


def wrong_kind_of_login(used: str, supported: Sequence[str]) -> Problem:
    detail = (
        f"Authenticating with {used} is forbidden for this endpoint.  "
        f"Supported authentication types are [{', '.join(supported)}]."
    )
    kind = f"{_PROBLEMS}/unsupported-authentication"
    return Problem(403, {"title": "Unsupported Authentication", "detail": detail, "type": kind, "status": 403})


def not_found(path: str = "") -> Problem:
    detail = f"Not Found: {path}" if path else "Not Found"
    return Problem(404, {"title": "Not Found", "type": "about:blank", "status": 404, "detail": detail})


def missing(kind: str, parameter: str, value: str) -> dict[str, str]:
    """The partial error for one thing that was looked up and is not there."""
    return {
        "resource_id": value,
        "resource_type": kind,
        "parameter": parameter,
        "value": value,
        "title": "Not Found Error",
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "type": f"{_PROBLEMS}/resource-not-found",
    }


def too_many(headers: Mapping[str, str]) -> Problem:
    body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    return Problem(429, body, headers)


def webhook_refused(title: str, detail: str) -> Problem:
    """400: CrcValidationFailed, UrlValidationFailed, DuplicateUrlFailed, WebhookLimitExceeded or WebhookIdInvalid."""
    return Problem(400, {"title": title, "detail": detail, "type": "about:blank", "status": 400})


def pretended(answer: Answer, rules: Rules, reset: int | None) -> Problem:
    """The answer of a misbehaviour. `reset` is the epoch second of the header, None for no header."""
    limits = {} if reset is None else {"x-rate-limit-reset": str(reset), "x-rate-limit-remaining": "0"}
    return {
        Answer.RATE_PROBLEM: too_many(limits),
        Answer.RATE_CODE_88: Problem(429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, limits),
        Answer.UNAUTHORIZED: unauthorized(),
        Answer.NO_CREDITS: no_credits(),
        Answer.NO_CREDITS_403: no_credits(403),
        Answer.FORBIDDEN: forbidden(),
        Answer.NO_DM: no_dm(),
        Answer.NOT_ENGAGED: forbidden(rules.refusal),
        Answer.HTML_500: Problem(500, _HTML),
        Answer.HTML_503: Problem(503, _HTML),
        Answer.LIST: Problem(400, [{"message": "Something is wrong"}]),
        Answer.NOT_JSON: Problem(200, _HTML),
        Answer.EMPTY: Problem(200, b""),
    }[answer]
