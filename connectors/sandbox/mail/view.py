"""An open folder as one IMAP client sees it: the mails it has been told of, by number."""

from collections.abc import Callable, Iterator

from connectors.sandbox.mail import commands
from connectors.sandbox.mail.store import Folder, Mail


class View:
    """Numbers stay put until the client is told otherwise (RFC 3501, 7.4.1): SEARCH without NOOP sees nothing new."""

    def __init__(self, folder: Folder, *, readonly: bool) -> None:
        self.folder = folder
        self.readonly = readonly
        self._seen = [mail.uid for mail in folder.mails()]

    @property
    def count(self) -> int:
        """How many mails the client believes there are."""
        return len(self._seen)

    def news(self) -> Iterator[str]:
        """What came and went since the client was last told, as it is told now."""
        uids = [mail.uid for mail in self.folder.mails()]
        present = set(uids)
        for number in range(len(self._seen), 0, -1):
            if self._seen[number - 1] not in present:
                del self._seen[number - 1]
                yield f"* {number} EXPUNGE"
        if len(uids) > len(self._seen):
            self._seen = uids
            yield f"* {len(uids)} EXISTS"

    def mails(self) -> list[tuple[int, Mail]]:
        """All mails that the client knows of and that are still there, with their numbers."""
        pairs = ((number, self.folder.get(uid)) for number, uid in enumerate(self._seen, start=1))
        return [(number, mail) for number, mail in pairs if mail is not None]

    def chosen(self, written: str, *, by_uid: bool) -> list[tuple[int, Mail]]:
        """The mails of a set as `1,3:5,9:*`, by uid or by number."""
        mails = self.mails()
        highest = (mails[-1][1].uid if by_uid else self.count) if mails else 0
        ranges = commands.numbers(written, highest)
        return [
            (number, mail)
            for number, mail in mails
            if any(first <= (mail.uid if by_uid else number) <= last for first, last in ranges)
        ]

    def remove(self, chosen: Callable[[Mail], bool]) -> None:
        for mail in self.folder.mails():
            if chosen(mail):
                self.folder.remove(mail.uid)
