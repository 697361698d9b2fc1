"""Several calls in one: each with its own answer (graph-api/batch-requests)."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.sandbox.graph.call import Call
from connectors.sandbox.graph.errors import Refused, wrong

MOST = 50


def asked_for(call: Call) -> bool:
    """Whether this call is a batch of others."""
    return call.method == "POST" and not call.path and "batch" in call.parameters


def answers(call: Call, handle: Callable[[Call], dict[str, Any]], late: int) -> list[dict[str, Any] | None]:
    """Each operation's status and body; the last `late` ones were not done in time. Raise Refused."""
    operations = _operations(call)
    done = operations[: max(0, len(operations) - late)]
    return [*(_answer(call, each, handle) for each in done), *(None for _ in operations[len(done) :])]


def _operations(call: Call) -> list[Any]:
    try:
        found = json.loads(call.needed("batch"))
    except ValueError:
        found = None
    if not isinstance(found, list) or not found:
        raise wrong("Param batch must be a JSON array")
    if len(found) > MOST:
        raise Refused(100, message=f"Too many requests in batch message. Maximum batch size is {MOST}")
    return found


def _answer(call: Call, operation: Any, handle: Callable[[Call], dict[str, Any]]) -> dict[str, Any]:
    try:
        status, body = 200, handle(_alone(call, operation))
    except Refused as refused:
        status, body = refused.status, refused.body()
    headers = [{"name": "Content-Type", "value": "application/json; charset=UTF-8"}]
    shown = {} if call.text("include_headers") == "false" else {"headers": headers}
    return {"code": status, **shown, "body": json.dumps(body)}


def _alone(call: Call, operation: Any) -> Call:
    """The operation as a call of its own. It takes the version, the token and the proof of the batch."""
    if not isinstance(operation, dict) or not isinstance(operation.get("relative_url"), str):
        raise wrong("Each operation of a batch needs a relative_url")
    method = operation.get("method")
    if method not in ("GET", "POST", "DELETE"):
        raise wrong("Each operation of a batch needs a method")
    url = urlsplit(operation["relative_url"])
    own = dict(parse_qsl(url.query)) | dict(parse_qsl(str(operation.get("body", ""))))
    shared = {name: call.parameters[name] for name in ("access_token", "appsecret_proof") if name in call.parameters}
    path = tuple(part for part in url.path.split("/") if part)
    return replace(call, method=method, path=path, parameters=shared | own, uploads={})
