"""Pages of a desk used for years: a list, a conversation, a search for a rare word and its beginning, through HTTP."""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from inbox.models import Agent, Conversation, Message
from tests.benches.ingest import company
from tests.benches.loaded import load

ROUNDS = 60
RARE, BEGINNING = "chrysanthemum", "chrysan"


def run(arguments: list[str], folder: Path) -> int:
    """Print one line of JSON; fail if a page does not show what it must."""
    parser = argparse.ArgumentParser(prog="manage.py bench list")
    parser.add_argument("--conversations", type=int, default=100_000)
    given = parser.parse_args(arguments)
    agent, channel = company()
    tenth = given.conversations // 10
    load(channel, conversations=tenth, messages_each=5)
    with Web(agent) as web:
        small = _measure(web)
    load(channel, conversations=given.conversations - tenth, messages_each=5)
    with Web(agent) as web:
        large = _measure(web)
    figures = {
        "conversations": Conversation.objects.count(),
        "messages": Message.objects.count(),
        **{name: {"p50_ms": p50, "p95_ms": p95} for name, (p50, p95) in large.items()},
        "ratio_to_tenth": {name: round(large[name][0] / small[name][0], 2) for name in large},
    }
    print(json.dumps(figures), flush=True)
    return 0


class Web:
    """The web server in a process of its own, and one browser that is signed in.

    `environment` is what that process has besides ours; an empty value takes away what we have.
    """

    def __init__(self, agent: Agent, environment: Mapping[str, str] | None = None) -> None:
        self._agent, self._environment = agent, environment or {}

    def __enter__(self) -> "Web":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "config.asgi:application",
            "--port",
            str(self.port),
            "--log-level",
            "error",
        ]
        self.server = subprocess.Popen([*command, "--lifespan", "off"], env={**os.environ, **self._environment})
        self._address = f"http://127.0.0.1:{self.port}"
        self._browser = requests.Session()
        self._browser.cookies.set(settings.SESSION_COOKIE_NAME, session_of(self._agent))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.get("/me/")
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait()

    def get(self, path: str) -> str:
        """The page. Raise HTTPError if there is none, AssertionError if he is not signed in."""
        answer = self._browser.get(self._address + path, timeout=60)
        answer.raise_for_status()
        if "/accounts/login" in answer.url:
            raise RuntimeError("not signed in")
        return answer.text


def session_of(agent: Agent) -> str:
    """The key of a session in which he is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _measure(web: Web) -> dict[str, tuple[float, float]]:
    """p50 and p95 in ms of each page, taken in turns so that what disturbs one disturbs all."""
    numbers = list(Conversation.objects.filter(state="open").order_by("-id").values_list("number", flat=True)[:ROUNDS])
    taken: dict[str, list[float]] = {"list": [], "conversation": [], "search": [], "beginning": []}
    for n in range(-3, ROUNDS):
        number = numbers[n % len(numbers)]
        for name, path, must in (
            ("list", "/c/open/", 'class="item"'),
            ("conversation", f"/c/open/{number}/", f"#{number}"),
            ("search", f"/search/?q={RARE}", 'class="item"'),
            ("beginning", f"/search/?q={BEGINNING}", 'class="item"'),
        ):
            began = time.perf_counter()
            page = web.get(path)
            took = (time.perf_counter() - began) * 1000
            if must not in page:
                raise RuntimeError(f"{path} does not show {must}")
            if n >= 0:  # the first rounds warm up what a desk has warm all day
                taken[name].append(took)
    return {
        name: (round(statistics.median(times), 1), round(statistics.quantiles(times, n=20)[18], 1))
        for name, times in taken.items()
    }
