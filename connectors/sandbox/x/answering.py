"""The ASGI app: from a request to an answer, by way of everything that can go wrong on it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from connectors.sandbox.served import cut
from connectors.sandbox.x.asking import Ask, File, Platform
from connectors.sandbox.x.callers import Caller, Door, Login
from connectors.sandbox.x.calls import CALLS, Call, Takes
from connectors.sandbox.x.consent import Consent
from connectors.sandbox.x.fields import old_name
from connectors.sandbox.x.limits import Limits
from connectors.sandbox.x.problems import (
    Problem,
    forbidden,
    invalid,
    not_found,
    pretended,
    wrong_kind_of_login,
)
from connectors.sandbox.x.switches import Answer, Cut, Misbehaviour

FORM = "application/x-www-form-urlencoded"
Control = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A request with its body, read to the end."""

    method: str
    path: str
    raw_path: str
    pairs: Sequence[tuple[str, str]]
    type: str
    authorization: str
    body: bytes
    parts: Mapping[str, str | bytes]

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True)) if self.type == FORM else {}


class Answering:
    """All of X. `control` answers what begins with /_street/, for this machine alone."""

    def __init__(self, platform: Platform, consent: Consent, control: Control) -> None:
        self._platform = platform
        self._consent = consent
        self._control = control
        self._door = Door(platform.world, platform.app)
        self._limits = Limits()
        self._paths = [(compile_path(call.path)[0], call) for call in CALLS]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.url.path.startswith("/_street/"):
            await (await self._control(request))(scope, receive, send)
            return
        wrong = self._platform.switches.for_request(request.method, request.url.path)
        read = await _read(request)
        await asyncio.sleep(wrong.pause_seconds)
        if wrong.cut is Cut.BEFORE:
            await cut(scope, receive)
            return
        response = await asyncio.to_thread(self._respond, read, wrong)
        await asyncio.sleep(wrong.pause_answer_seconds)
        if wrong.cut is Cut.MIDDLE:
            await _send_half(response, send)
        if wrong.cut is not Cut.NEVER:
            await cut(scope, receive)
            return
        await response(scope, receive, send)

    def _respond(self, read: _Read, wrong: Misbehaviour) -> Response:
        response = self._true(read) if wrong.answer is Answer.TRUE or wrong.took_place else None
        if response is not None and wrong.answer is Answer.TRUE:
            return response
        now = self._platform.world.now() // 1000
        reset = None if wrong.reset_seconds is None else now + wrong.reset_seconds
        return _refusal(pretended(wrong.answer, self._platform.rules, reset))

    def _true(self, read: _Read) -> Response:
        try:
            return self._by_path(read)
        except Problem as problem:
            return _refusal(problem)

    def _by_path(self, read: _Read) -> Response:
        if read.path == "/i/oauth2/authorize":
            if read.method == "POST":
                return RedirectResponse(self._consent.decide(read.form), 303)
            return Response(self._consent.page(dict(read.pairs)), media_type="text/html")
        if (read.method, read.path) in {("POST", "/2/oauth2/token"), ("POST", "/2/oauth2/revoke")}:
            given = self._consent.token if read.path.endswith("token") else self._consent.revoke
            return _json(200, given(read.form, read.authorization), {"cache-control": "no-store"})
        for pattern, call in self._paths:
            match = pattern.match(read.path)
            if match is not None and call.method == read.method:
                return self._called(call, read, match.groupdict())
        raise not_found(read.path)

    def _called(self, call: Call, read: _Read, path: Mapping[str, str]) -> Response:
        caller = self._caller(call, read)
        rules, now = self._platform.rules, self._platform.world.now() // 1000
        headers = self._limits.count(call.name, call.limits, caller, now, rules.limits)
        try:
            _check_body(call, read)
            ask = Ask(self._platform, caller, path, _query(call, read.pairs), read.body, read.parts)
            answer = call.answer(ask)
        except Problem as problem:
            problem.headers = {**headers, **problem.headers}
            raise
        if isinstance(answer, File):
            return Response(answer.raw, headers=headers, media_type=answer.type)
        return _json(call.status, ask.spelled(answer), headers)

    def _caller(self, call: Call, read: _Read) -> Caller:
        if not call.logins:
            return Caller(Login.APP)
        signed = [*read.pairs, *read.form.items()]
        caller = self._door.open(read.method, read.raw_path, signed, read.authorization)
        if caller.login not in call.logins:
            raise wrong_kind_of_login(caller.login, call.logins)
        if caller.login is Login.OAUTH2 and not call.scopes <= caller.scopes:
            raise forbidden(f"The token lacks the scopes {sorted(call.scopes - caller.scopes)}.")
        return caller


async def _read(request: Request) -> _Read:
    mime = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    parts: dict[str, str | bytes] = {}
    if mime == "multipart/form-data":
        async with request.form() as form:
            for name, value in form.multi_items():
                parts[name] = await value.read() if isinstance(value, UploadFile) else value
    return _Read(
        method=request.method,
        path=request.url.path,
        raw_path=request.scope["raw_path"].decode(),
        pairs=parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True),
        type=mime,
        authorization=request.headers.get("authorization", ""),
        body=body,
        parts=parts,
    )


def _check_body(call: Call, read: _Read) -> None:
    allowed = {
        Takes.NOTHING: {read.type} if not read.body else set(),
        Takes.JSON: {"application/json"},
        Takes.MEDIA: {"application/json", "multipart/form-data"},
    }[call.takes]
    if read.type not in allowed:
        raise invalid(f"The body must be {call.takes}.", **{"content-type": read.type})


def _query(call: Call, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters by their older names. Raise 400 for one that is not known or comes twice."""
    query: dict[str, str] = {}
    for given, value in pairs:
        name = old_name(given)
        if name not in call.query:
            message = f"The query parameter [{given}] is not one of [{','.join(sorted(call.query))}]"
            raise invalid(message, **{given: value})
        if name in query:
            raise invalid(f"The query parameter [{given}] is given more than once", **{given: value})
        query[name] = value
    return query


def _json(status: int, body: Any, headers: Mapping[str, str]) -> Response:
    return Response(msgspec.json.encode(body), status, headers, "application/json; charset=utf-8")


def _refusal(problem: Problem) -> Response:
    if isinstance(problem.body, bytes):
        return Response(problem.body, problem.status, problem.headers, "text/html; charset=utf-8")
    described = isinstance(problem.body, dict) and "detail" in problem.body
    kind = "application/problem+json" if described else "application/json"
    return Response(msgspec.json.encode(problem.body), problem.status, problem.headers, kind)


async def _send_half(response: Response, send: Send) -> None:
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    body = bytes(response.body)
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
