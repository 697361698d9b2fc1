"""Answers about media: announced, sent in pieces, put together, looked after; or sent in one."""

import base64
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from connectors.sandbox.x import uploading
from connectors.sandbox.x.asking import Ask, File
from connectors.sandbox.x.problems import Problem, invalid, missing, not_found
from connectors.sandbox.x.things import Media
from connectors.sandbox.x.uploading import Plan

EXPIRES_SECONDS = 86400
_TYPES_BY_START = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    media_type: str
    total_bytes: int
    media_category: str
    shared: bool = False
    additional_owners: list[str] = []


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    media: str
    segment_index: Annotated[int, msgspec.Meta(ge=0, le=999)]


class Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    media: str
    media_category: str
    media_type: str = ""
    shared: bool = False
    additional_owners: list[str] = []


def initialize(ask: Ask) -> dict[str, Any]:
    new = ask.json(Announced)
    wanted = Plan(new.media_type, new.media_category, new.total_bytes)
    if flaw := wanted.flaw():
        raise invalid(flaw, media_category=new.media_category)
    return {"data": _shown(uploading.plan(ask.world, ask.account, wanted))}


def append(ask: Ask) -> dict[str, Any]:
    media = _mine(ask, ask.path["id"])
    if ask.form:
        given = ask.form.get("media", b"")
        segment = msgspec.convert(
            ask.form.get("segment_index", ""), Annotated[int, msgspec.Meta(ge=0, le=999)], strict=False
        )
        raw = given if isinstance(given, bytes) else given.encode()
    else:
        piece = ask.json(Piece)
        segment, raw = piece.segment_index, _decoded(piece.media)
    if not raw:
        raise invalid("media is empty.", media="")
    uploading.append(ask.world, media, segment, raw)
    return {"data": {"expires_at": ask.world.now() // 1000 + EXPIRES_SECONDS}}


def finalize(ask: Ask) -> dict[str, Any]:
    media = _mine(ask, ask.path["id"])
    try:
        return {"data": _shown(uploading.finish(ask.world, media, at_once=media.category.endswith("image")))}
    except ValueError as error:
        raise invalid(str(error), media_id=media.id) from None


def status(ask: Ask) -> dict[str, Any]:
    """How far the work on a video or GIF is: it is ready after so many questions as the rules say."""
    if ask.query.get("command") != "STATUS":
        raise invalid("The `command` query parameter must be STATUS", command=ask.query.get("command", ""))
    media = _mine(ask, ask.query.get("media_id", ""))
    if media.state == "in_progress":
        rules = ask.platform.rules
        media = replace(media, polls=media.polls + 1)
        if media.polls >= rules.media_polls:
            media = replace(media, state="failed" if rules.media_fails else "succeeded")
        ask.world.put(media)
    return {"data": _shown(media)}


def one_shot(ask: Ask) -> dict[str, Any]:
    if ask.form:
        given, category = ask.form.get("media", b""), ask.form.get("media_category", "")
        raw = given if isinstance(given, bytes) else given.encode()
        mime = ""
    else:
        whole = ask.json(Whole)
        raw, category, mime = _decoded(whole.media), whole.media_category, whole.media_type
    mime = mime or next((kind for start, kind in _TYPES_BY_START.items() if raw.startswith(start)), "")
    try:
        return {"data": _shown(uploading.keep(ask.world, ask.account, str(category), mime, raw))}
    except ValueError as error:
        raise invalid(str(error), media_category=str(category)) from None


def served(ask: Ask) -> File:
    """A picture of a public post, as from pbs.twimg.com: for everybody."""
    for media in ask.world.all(Media):
        if media.name == ask.path["name"] and media.category.startswith("tweet_"):
            return File(uploading.content(ask.world, media), media.mime)
    raise not_found()


def _mine(ask: Ask, wanted: str) -> Media:
    found = ask.world.find(Media, wanted)
    if found is None or found.owner != ask.account.id:
        raise Problem(404, missing("media", "media_id", wanted))
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise invalid("media is not base64.", media=text[:20]) from None


def _shown(media: Media) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": media.id, "media_key": media.key, "expires_after_secs": EXPIRES_SECONDS}
    if media.state != "pending":
        shown["size"] = media.size
    if media.state in {"in_progress", "failed"} or media.polls:
        shown["processing_info"] = _processing(media)
    return shown


def _processing(media: Media) -> dict[str, Any]:
    if media.state == "failed":
        return {"state": "failed", "error": {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}}
    if media.state == "succeeded":
        return {"state": "succeeded", "progress_percent": 100}
    return {
        "state": "in_progress" if media.polls else "pending",
        "check_after_secs": 1,
        "progress_percent": media.polls,
    }
