"""A house whose customers are on a network: the stand-in is a process of its own, and its log is the witness."""

import json
import os
import sys
from abc import abstractmethod
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import requests

from connectors.sandbox.mail.server import HOST
from tests.journeys.houses import Process, Split
from tests.journeys.oracle import Verdict
from tests.waiting import until

_numbers = count(1)


class OnNetwork(Split):
    """Production with one network instead of a mailbox. `connected` is what the clerk calls connecting it."""

    module: str
    connected: str

    def open(self) -> None:
        super().open()
        self.clerk.ask(self.connected, port=self.port)

    def _mail_server(self) -> Process:
        command = [sys.executable, "-m", self.module, str(self.folder / "network")]
        self.network = self.spawn(command, "network", {**os.environ})
        until((self.folder / "network" / "port.json").exists, "the network listens")
        return super()._mail_server()

    def ports(self) -> list[int]:
        return [*super().ports(), self.port]

    @property
    def port(self) -> int:
        port: int = json.loads((self.folder / "network" / "port.json").read_bytes())
        return port

    def do(self, verb: str, **given: Any) -> Any:
        """Something takes place on the network."""
        answer = requests.post(f"http://{HOST}:{self.port}/_street/{verb}", json=given, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def is_settled(self, clerk: Any) -> bool:
        account = clerk.ask("account")
        return set(self.said()) <= set(account["mails"]) and not account["waiting"] and not account["under_way"]

    def judge(self, clerk: Any) -> Verdict:
        account = clerk.ask("account")
        mails, arrived, answers = account["mails"], set(account["arrived"]), self.answered()
        texts = Counter(answers.values())
        return Verdict(
            lost=sorted(set(self.said()) - set(mails)),
            duplicated=sorted([m for m, n in mails.items() if n > 1] + [text for text, n in texts.items() if n > 1]),
            false=sorted(arrived ^ set(answers)),
            ledger_difference=account["ledger_difference"],
        )

    @abstractmethod
    def said(self) -> list[str]:
        """The ids of everything that customers said to us, by the network's own log."""

    @abstractmethod
    def answered(self) -> dict[str, str]:
        """What we said, by its id, by the network's own log."""


class OnX(OnNetwork):
    """@demo on X: customers mention it in public."""

    module, connected = "connectors.sandbox.x", "connect_x"

    def write(self, mails: int = 1) -> None:
        for number in (next(_numbers) for _ in range(mails)):
            self.do("post", by=f"carla{number}", text=f"@demo lamp {number} of {os.getpid()} is broken")

    def said(self) -> list[str]:
        return [
            effect["about"] for effect in self.do("log") if effect["what"] == "posted" and not self._is_ours(effect)
        ]

    def answered(self) -> dict[str, str]:
        posted = [effect for effect in self.do("log") if effect["what"] == "posted" and self._is_ours(effect)]
        return {effect["about"]: effect["text"] for effect in posted}

    def _is_ours(self, effect: dict[str, Any]) -> bool:
        return bool(effect["by"] == self.do("account", username="demo")["id"])


class OnFacebook(OnNetwork):
    """The Page on Facebook: customers write to it in Messenger."""

    module, connected = "connectors.sandbox.graph", "connect_facebook"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._said: list[str] = []

    def write(self, mails: int = 1) -> None:
        for number in (next(_numbers) for _ in range(mails)):
            self._said.append(self.do("write", person=f"Carla {number}", text=f"Lamp {number} is broken"))

    def said(self) -> list[str]:
        """Its log tells only of us; what a customer said has the id that it gave him."""
        return self._said

    def answered(self) -> dict[str, str]:
        sent = [effect["body"] for effect in self.do("log") if effect["what"] == "message"]
        return {message["id"]: message["text"] for message in sent}


HOUSES: dict[str, type[OnNetwork]] = {"x": OnX, "facebook": OnFacebook}


def house_on(name: str, folder: Path) -> OnNetwork:
    """A house of that network, open, with something to answer."""
    house = HOUSES[name](folder)
    house.open()
    return house
