"""What customers say outside of our channels: to an employee's own profile, or on his phone.

Nothing comes in or goes out by itself. A person writes down what was said; what we answer is given there by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.contract import Connector, Content, Frozen, Limits, Outgoing, Payload, Reply, Sent, setting
from connectors.errors import Rejected, Unreadable, gettext_noop


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside(Connector):
    """The place of a team where such conversations are kept."""

    place: str = setting(gettext_noop("Name of the place"))

    label = gettext_noop("Elsewhere")
    icon = "phone"
    limits = Limits()
    by_hand = True

    @property
    def own_address(self) -> str:
        """Its name: nobody can write to it."""
        return self.place

    def check(self) -> str:
        """There is nobody to ask."""
        return self.place

    def compose(self, reply: Reply) -> Sequence[Frozen]:
        """The text as it is to be given there."""
        return [Frozen(provider_id="", recipients=tuple(to.address for to in reply.to), body=reply.text.encode())]

    def send(self, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
        """Refuse: only a person can give it there."""
        raise Rejected(gettext_noop("What is said elsewhere cannot be sent from here: give it there yourself."))

    @staticmethod
    def read(payload: Payload, folder: Path) -> Sequence[Content]:
        """Refuse: nothing comes from there by itself."""
        raise Unreadable(gettext_noop("Nothing comes from there by itself."))
