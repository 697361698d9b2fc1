"""What was lost and what was doubled, counted from the mail server's own log and from nowhere else."""

from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

from connectors.sandbox.mail import log


@dataclass(frozen=True, slots=True)
class Verdict:
    """Mails and answers by Message-ID. `false` are answers that are called sent and are not, or the reverse."""

    lost: list[str]
    duplicated: list[str]
    false: list[str]
    ledger_difference: int

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.duplicated or self.false or self.ledger_difference)


@dataclass(frozen=True, slots=True)
class Witness:
    """The log of the sandbox in a folder, which may be running in another process."""

    folder: Path

    def taken_in(self) -> Counter[str]:
        """How often the server accepted each mail that customers wrote to us."""
        return self._ids(from_us=False)

    def sent_out(self) -> Counter[str]:
        """How often the server accepted each answer of ours."""
        return self._ids(from_us=True)

    def brought(self, content: bytes) -> int:
        """How many answers of ours had this file with them."""
        mails = [message_from_bytes(mail.raw) for mail in log.read(self.folder / "smtp") if mail.login]
        return sum(part.get_payload(decode=True) == content for mail in mails for part in mail.walk())

    def lying(self) -> int:
        """How many mails lie in the folders of our mailbox, copies of our answers among them."""
        return sum(1 for _ in (self.folder / "mail").glob("*/*/*.eml"))

    def judge(self, account: dict[str, Any]) -> Verdict:
        """Compare with what the desk believes (`clerk.account`)."""
        written, answers = self.taken_in(), self.sent_out()
        mails, arrived = account["mails"], set(account["arrived"])
        return Verdict(
            lost=sorted(set(written) - set(mails)),
            duplicated=sorted([mail for mail, n in mails.items() if n > 1] + [a for a, n in answers.items() if n > 1]),
            false=sorted(arrived ^ set(answers)),
            ledger_difference=account["ledger_difference"],
        )

    def _ids(self, *, from_us: bool) -> Counter[str]:
        accepted = log.read(self.folder / "smtp")
        mails = (message_from_bytes(mail.raw) for mail in accepted if bool(mail.login) == from_us)
        return Counter(str(mail["Message-ID"]).strip("<> \r\n") for mail in mails)
