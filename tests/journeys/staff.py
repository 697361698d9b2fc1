"""Asking a process that has Django set up, from one that has not."""

import json
import subprocess
import sys
from typing import Any

from config.ground import PROJECT
from tests.waiting import until

PATIENCE_SECONDS = 120.0  # the sweeps come every 15 seconds, on a machine that may be busy


def program(call: str) -> str:
    """Python that sets Django up and calls something of this package."""
    return f"import django; django.setup(); from tests.journeys import {call.partition('.')[0]}; {call}"


class Clerk:
    """`tests.journeys.clerk` at work in a house."""

    def __init__(self, environment: dict[str, str]) -> None:
        environment = {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
        command = [sys.executable, "-c", program("clerk.main()")]
        self._process = subprocess.Popen(
            command, env=environment, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, do: str, **arguments: Any) -> Any:
        """Ask until there is a database to answer."""
        answers: list[Any] = []
        try:
            until(lambda: "said" in self._ask(answers, {"do": do, **arguments}), do, PATIENCE_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}: {answers[0]}, then {len(answers)} times until {answers[-1]}") from None
        return answers[-1]["said"]

    def _ask(self, answers: list[Any], request: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answers.append(json.loads(self._process.stdout.readline()))
        return answers[-1]

    def leave(self) -> None:
        self._process.communicate(timeout=30)
