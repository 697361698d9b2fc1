"""A connector whose provider answers as a test wishes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from connectors.contract import Connector, Content, Frozen, Limits, Outgoing, Payload, Refusal, Reply, Sent
from connectors.errors import ChannelError


@dataclass
class Provider(Connector):
    """Accepts everything unless told otherwise, and knows what it accepted."""

    label: ClassVar[str] = "Test"
    icon: ClassVar[str] = "mail"
    limits: ClassVar[Limits] = Limits()

    before_wire: Exception | None = None
    after_wire: Exception | None = None
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    gives_id: str = ""
    looking: ChannelError | None = None
    accepted: list[Outgoing] = field(default_factory=list)
    on_the_wire: Callable[[], object] = lambda: None

    @property
    def own_address(self) -> str:
        return "support@example.com"

    def check(self) -> str:
        return "test"

    def compose(self, reply: Reply) -> Sequence[Frozen]:
        raise AssertionError("what is sent here was composed for a real channel")

    def send(self, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
        if self.before_wire:
            raise self.before_wire
        wire()
        self.on_the_wire()
        if self.after_wire:
            raise self.after_wire
        self.accepted.append(outgoing)
        return Sent(provider_id=self.gives_id or outgoing.provider_id, refused=self.refused)

    def find(self, outgoing: Outgoing) -> str | None:
        if self.looking:
            raise self.looking
        return next((seen.provider_id for seen in self.accepted if seen.provider_id == outgoing.provider_id), None)

    @staticmethod
    def read(payload: Payload, folder: Path) -> Sequence[Content]:
        raise AssertionError("nothing comes in from here")
