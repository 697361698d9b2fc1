"""`/_street/{verb}`: the street and the switches from another process of this machine.

`POST` a JSON object of the verb's arguments, get the JSON of what it returns. `GET /_street/log` is the witness.
"""

import inspect
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.sandbox.graph.errors import Refused
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.people import Unknown
from connectors.sandbox.graph.street import Street

_LOOPBACK = ("127.0.0.1", "::1")


class Control:
    """What can be asked for from outside: everything public on the street, and the switches."""

    def __init__(self, network: Network, street: Street) -> None:
        self._verbs: dict[str, Callable[..., Any]] = {
            name: verb for name, verb in inspect.getmembers(street, inspect.ismethod) if not name.startswith("_")
        }
        self._verbs |= {
            "misbehave": network.misbehave,
            "set_habits": network.set_habits,
            "move_clock": network.move_clock,
            "switches": network.switches,
            "misbehave_hooks": network.hooks.misbehave,
            "settled": network.settled,
            "flush": lambda: network.send_events(all_of_them=True),
            "log": lambda: [asdict(effect) for effect in network.store.effects()],
            "hooks": lambda: [_shown(asdict(one)) for one in network.hooks.log()],
        }

    async def answer(self, request: Request, path: tuple[str, ...]) -> Response:
        """Do what the path names. Answers 404 for no such verb or thing, 400 for wrong arguments."""
        if request.client is None or request.client.host not in _LOOPBACK:
            return JSONResponse({"error": "only this machine may ask"}, 403)
        verb = self._verbs.get("/".join(path))
        if verb is None:
            return JSONResponse({"error": f"one of {', '.join(sorted(self._verbs))}"}, 404)
        try:
            given = msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any])
            inspect.signature(verb).bind(**given)
            return JSONResponse(await run_in_threadpool(verb, **given))
        except Refused as refused:
            return JSONResponse(refused.body(), refused.status)
        except Unknown as error:
            return JSONResponse({"error": str(error)}, 404)
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)


def _shown(delivery: dict[str, Any]) -> dict[str, Any]:
    return {**delivery, "body": delivery["body"].decode()}
