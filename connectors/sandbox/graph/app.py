"""The front door: finds who answers a call, and lets it go wrong where that is wanted."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.sandbox.graph import accounts, batches, files, login, messenger, talks, wall
from connectors.sandbox.graph.call import Call, Upload
from connectors.sandbox.graph.control import Control
from connectors.sandbox.graph.errors import Refused, nowhere
from connectors.sandbox.graph.faults import Faults
from connectors.sandbox.graph.misbehaviour import Cut, Misbehaviour
from connectors.sandbox.graph.network import Network
from connectors.sandbox.served import cut

OLDEST_LIVE = 21
NEWEST = 26
ECHO_SECONDS = 10
_VERSION = re.compile(r"v(\d{1,2})\.0")
Handler = Callable[[Call, str], dict[str, Any]]

_ROUTES: dict[tuple[str, str], tuple[str, Handler]] = {
    ("page", ""): ("GET", accounts.page),
    ("page", "messages"): ("POST", messenger.send),
    ("page", "message_attachments"): ("POST", messenger.save_attachment),
    ("page", "conversations"): ("GET", talks.conversations_of),
    ("page", "feed"): ("GET POST", wall.feed),
    ("page", "tagged"): ("GET", wall.tagged),
    ("page", "subscribed_apps"): ("GET POST DELETE", accounts.subscribed_apps),
    ("contact", ""): ("GET", accounts.profile),
    ("talk", ""): ("GET", talks.conversation),
    ("talk", "messages"): ("GET", talks.messages_of),
    ("message", ""): ("GET", talks.message),
    ("post", ""): ("GET POST DELETE", wall.post),
    ("post", "comments"): ("GET POST", wall.comments_of_post),
    ("post", "likes"): ("GET POST DELETE", wall.likes_of),
    ("comment", ""): ("GET POST DELETE", wall.comment),
    ("comment", "comments"): ("GET POST", wall.comments_of_comment),
    ("comment", "likes"): ("GET POST DELETE", wall.likes_of),
}


class GraphApp:
    """The ASGI app of one network."""

    def __init__(self, network: Network, control: Control) -> None:
        self._network = network
        self._control = control
        self._faults = Faults(network)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        version, path = _split(request.url.path)
        if path[:1] == ("_street",):
            await (await self._control.answer(request, path[1:]))(scope, receive, send)
            return
        try:
            await request.body()  # first: whoever gives up on a slow answer has asked all the same
        except ClientDisconnect:
            return
        fault = await run_in_threadpool(self._faults.strike, request.method, "/".join(path))
        if fault.pause_seconds:
            await asyncio.sleep(fault.pause_seconds)
        if fault.cut == Cut.BEFORE:
            await cut(scope, receive)
            return
        answer = self._faults.answer(fault) or await self._answer(request, version, path, fault)
        answer.headers.update(self._faults.usage())
        await _send(answer, fault, scope, receive, send)

    async def _answer(self, request: Request, version: str, path: tuple[str, ...], fault: Misbehaviour) -> Response:
        try:
            if path == ("dialog", "oauth"):
                return await self._dialog(request)
            if path[:1] in (("cdn",), ("picture",), ("sticker",)):
                return await run_in_threadpool(self._file, request, path)
            call = await _read(self._network, request, version, path)
            body = await run_in_threadpool(self._call, call, fault)
        except Refused as refused:
            return JSONResponse(refused.body(), refused.status, {"WWW-Authenticate": _challenge(refused)})
        headers = {"facebook-api-version": _served_version(version), "Cache-Control": "no-store"}
        return JSONResponse(body, headers=headers, media_type="application/json; charset=UTF-8")

    def _call(self, call: Call, fault: Misbehaviour) -> Any:
        if batches.asked_for(call):
            return batches.answers(call, self._of_a_batch, fault.late)
        body = _handle(call)
        if self._network.habits.get().echo_first and "message_id" in body:
            _wait_for(self._network, body["message_id"])
        return body

    def _of_a_batch(self, call: Call) -> dict[str, Any]:
        if refused := self._faults.refusal(self._faults.strike(call.method, "/".join(call.path))):
            raise refused
        return _handle(call)

    async def _dialog(self, request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse(await run_in_threadpool(login.dialog, self._network, dict(request.query_params)))
        form = await request.form()
        chosen = {name: value for name, value in form.items() if isinstance(value, str)}
        pages = [value for value in form.getlist("page") if isinstance(value, str)]
        return RedirectResponse(await run_in_threadpool(login.decide, self._network, chosen, pages), 302)

    def _file(self, request: Request, path: tuple[str, ...]) -> Response:
        if path[0] != "cdn":
            return Response(files.PIXEL, media_type="image/png")
        asked = request.query_params
        file = files.opened(self._network, "".join(path[1:2]), asked.get("oe", "0"), asked.get("oh", ""))
        if file is None:
            return Response("URL signature expired", 403, media_type="text/plain")
        return Response(files.read(self._network, file), media_type=file.mime)


def _handle(call: Call) -> dict[str, Any]:
    """Do what was asked. Raise Refused."""
    named = {
        "me": accounts.me,
        "me/accounts": accounts.accounts,
        "me/permissions": accounts.permissions,
        "debug_token": login.debug,
        "oauth/access_token": login.exchange,
        f"{call.network.app.id}/subscriptions": accounts.subscriptions,
    }.get("/".join(call.path))
    if named is not None:
        return named(call)
    if not call.path:
        raise Refused(100, message="Unsupported get request.", kind="GraphMethodException")
    name = call.token().page if call.path[0] == "me" else call.path[0]
    edge = "/".join(call.path[1:])
    kind = _kind(call.network, name)
    methods, handler = _ROUTES.get((kind, edge), ("", None))
    if handler is None and kind:
        call.token()
        raise Refused(2500, message=f"Unknown path components: /{edge}")
    if handler is None or call.method not in methods.split():
        call.token()
        raise nowhere(name, call.method)
    return handler(call, name)


def _kind(network: Network, name: str) -> str:
    if name.startswith("t_"):
        return "talk"
    found: dict[str, Callable[[str], object]] = {
        "page": network.pages.get,
        "contact": network.contacts.get,
        "message": network.messages.get,
        "post": network.posts.get,
        "comment": network.comments.get,
    }
    return next((kind for kind, get in found.items() if get(name) is not None), "")


def _split(path: str) -> tuple[str, tuple[str, ...]]:
    parts = tuple(part for part in path.split("/") if part)
    if parts and _VERSION.fullmatch(parts[0]):
        return parts[0], parts[1:]
    return f"v{OLDEST_LIVE}.0", parts


def _served_version(asked: str) -> str:
    number = int(asked[1:].partition(".")[0])
    return f"v{min(max(number, OLDEST_LIVE), NEWEST)}.0"


async def _read(network: Network, request: Request, version: str, path: tuple[str, ...]) -> Call:
    parameters: dict[str, Any] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("Content-Type", "").strip().lower()
    if kind.startswith("application/json"):
        parameters |= _json(await request.body())
    elif kind.startswith("application/x-www-form-urlencoded") or "boundary=" in kind:
        for name, value in await _form(request):
            if isinstance(value, Upload):
                uploads[name] = value
            else:
                parameters[name] = value
    bearer = request.headers.get("Authorization", "").partition(" ")[2]
    if bearer:
        parameters.setdefault("access_token", bearer)
    method = str(parameters.pop("method", request.method)).upper()
    base = f"{request.url.scheme}://{request.url.netloc}"
    if request.url.hostname not in ("127.0.0.1", "localhost"):
        base = f"https://{request.url.netloc}"
    return Call(network, method, version, path, parameters, base, uploads)


async def _form(request: Request) -> list[tuple[str, str | Upload]]:
    try:
        async with request.form() as form:
            return [
                (name, Upload(value.filename or "file", value.content_type or "", await value.read()))
                if isinstance(value, UploadFile)
                else (name, value)
                for name, value in form.multi_items()
            ]
    except MultiPartException as error:
        raise Refused(100, message=f"(#100) The form cannot be read: {error.message}") from error


def _json(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw or b"{}")
    except ValueError:
        raise Refused(100, message="(#100) The request body is not valid JSON") from None
    if not isinstance(found, dict):
        raise Refused(100, message="(#100) The request body must be a JSON object")
    return found


def _challenge(refused: Refused) -> str:
    word = "invalid_token" if refused.code in (102, 190) else "invalid_request"
    return f'OAuth "Facebook Platform" "{word}" "{refused.sentence.encode("ascii", "replace").decode()}"'


async def _send(answer: Response, fault: Misbehaviour, scope: Scope, receive: Receive, send: Send) -> None:
    if fault.cut == Cut.MIDDLE:
        await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        half = bytes(answer.body)[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
    if fault.cut != Cut.NEVER:
        await cut(scope, receive)
        return
    await answer(scope, receive, send)


def _wait_for(network: Network, about: str) -> None:
    deadline = time.monotonic() + ECHO_SECONDS
    while time.monotonic() < deadline:
        if any(one.about == about and one.state != "waiting" for one in network.hooks.log()):
            return
        time.sleep(0.02)
