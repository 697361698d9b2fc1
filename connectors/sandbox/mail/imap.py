"""The IMAP side (RFC 3501 with IDLE, UIDPLUS, MOVE, SPECIAL-USE, ID, NAMESPACE): one session a connection."""

import asyncio
import base64
import binascii
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from imapclient.imap_utf7 import decode as from_utf7
from imapclient.imap_utf7 import encode as to_utf7

from connectors.sandbox.mail import commands, fetch
from connectors.sandbox.mail.commands import Command, Malformed
from connectors.sandbox.mail.misbehaviour import Switch
from connectors.sandbox.mail.search import Terms
from connectors.sandbox.mail.store import FLAGS, SPECIAL_USE, Folder, Mail, Mailbox, letters
from connectors.sandbox.mail.view import View

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS MOVE UNSELECT SPECIAL-USE ID NAMESPACE LITERAL+"
_BEFORE_LOGIN = frozenset({"CAPABILITY", "NOOP", "LOGOUT", "ID", "LOGIN", "AUTHENTICATE"})


class Refused(Exception):
    """The answer is NO, with these words."""


class ImapSession:
    """One client from its greeting to its good-bye. A method `_xyz` answers the command XYZ."""

    capabilities = CAPABILITIES
    answer = staticmethod(fetch.answer)

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        opened: Callable[[str, str], Mailbox | None],
        switch: Switch,
        changed: Callable[[], asyncio.Event],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._opened = opened
        self._switch = switch
        self._changed = changed
        self._mailbox: Mailbox | None = None
        self._view: View | None = None
        self._ended = False

    async def run(self) -> None:
        self._say("* OK the sandbox is here")
        while not self._ended:
            await self._writer.drain()
            try:
                command = await commands.read(self._reader, self._writer)
            except Malformed as error:
                self._say(f"* BAD {error}")
                continue
            if command is None:
                return
            await asyncio.sleep(self._switch.get().pause_seconds)
            self._say(f"{command.tag} {await self._answer(command)}")
        await self._writer.drain()

    async def _answer(self, command: Command) -> str:
        name = command.name
        if self._mailbox is None and name not in _BEFORE_LOGIN:
            return "NO log in first"
        handler = getattr(self, f"_{name.lower()}", None)
        if handler is None:
            return f"BAD unknown command {name}"
        try:
            words = handler(command)
            if asyncio.iscoroutine(words):
                words = await words
        except Refused as error:
            return f"NO {error}"
        except (Malformed, ValueError) as error:
            return f"BAD {error}"
        return f"OK {words or name}"

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")

    def _capability(self, _: Command) -> None:
        self._say(f"* CAPABILITY {self.capabilities}")

    def _id(self, _: Command) -> None:
        self._say('* ID ("name" "sandbox")')

    def _logout(self, _: Command) -> None:
        self._say("* BYE good-bye")
        self._ended = True

    def _login(self, command: Command) -> str:
        return self._let_in(command.text(0), command.text(1))

    async def _authenticate(self, command: Command) -> str:
        if command.text(0).upper() != "PLAIN":
            raise Refused("[AUTHENTICATIONFAILED] only PLAIN is offered")
        self._writer.write(b"+ \r\n")
        await self._writer.drain()
        try:
            parts = base64.b64decode((await self._reader.readline()).strip()).split(b"\0")
            return self._let_in(parts[1].decode(), parts[2].decode())
        except (binascii.Error, IndexError, UnicodeDecodeError) as error:
            raise Malformed("not an answer of PLAIN") from error

    def _let_in(self, username: str, password: str) -> str:
        self._mailbox = None if self._switch.get().refuse_login else self._opened(username, password)
        if self._mailbox is None:
            raise Refused("[AUTHENTICATIONFAILED] wrong user name or password")
        return "welcome"

    def _namespace(self, _: Command) -> None:
        self._say('* NAMESPACE (("" "/")) NIL NIL')

    def _list(self, command: Command) -> None:
        assert self._mailbox is not None
        pattern = re.escape(command.text(1)).replace(r"\*", ".*").replace("%", "[^/]*")
        for name in sorted(self._mailbox.folders):
            encoded = to_utf7(name).decode()
            if re.fullmatch(pattern, encoded):
                flags = f"\\HasNoChildren {SPECIAL_USE.get(name, '')}".strip()
                self._say(f'* LIST ({flags}) "/" "{encoded}"')

    def _create(self, command: Command) -> None:
        assert self._mailbox is not None
        self._mailbox.create(_name(command.text(0)))

    def _status(self, command: Command) -> None:
        folder = self._named(command.text(0))
        mails = folder.mails()
        known = {
            "MESSAGES": len(mails),
            "RECENT": 0,
            "UIDNEXT": folder.uidnext,
            "UIDVALIDITY": folder.uidvalidity,
            "UNSEEN": sum("S" not in mail.flags for mail in mails),
        }
        items = [item.upper() for item in fetch.wanted(command.words[1]) if item.upper() in known]
        told = " ".join(f"{item} {known[item]}" for item in items)
        self._say(f'* STATUS "{command.text(0)}" ({told})')

    def _select(self, command: Command) -> str:
        self._open(command.text(0), readonly=False)
        return "[READ-WRITE] open"

    def _examine(self, command: Command) -> str:
        self._open(command.text(0), readonly=True)
        return "[READ-ONLY] open"

    def _open(self, name: str, *, readonly: bool) -> None:
        folder = self._named(name)
        self._view = View(folder, readonly=readonly)
        self._say(f"* FLAGS ({' '.join(FLAGS)})")
        self._say(f"* OK [PERMANENTFLAGS ({' '.join(FLAGS)})] flags")
        self._say(f"* {self._view.count} EXISTS")
        self._say("* 0 RECENT")
        self._say(f"* OK [UIDVALIDITY {folder.uidvalidity}] validity")
        self._say(f"* OK [UIDNEXT {folder.uidnext}] next")

    def _unselect(self, _: Command) -> None:
        self._view = None

    def _close(self, _: Command) -> None:
        view = self._present()
        if not view.readonly:
            view.remove(lambda mail: "D" in mail.flags)
        self._view = None

    def _named(self, name: str) -> Folder:
        assert self._mailbox is not None
        folder = self._mailbox.find(_name(name))
        if folder is None:
            raise Refused(f"[NONEXISTENT] there is no folder {name}")
        return folder

    def _present(self) -> View:
        if self._view is None:
            raise Malformed("no folder is open")
        return self._view

    def _changeable(self) -> View:
        view = self._present()
        if view.readonly:
            raise Refused("[READ-ONLY] the folder is open for reading")
        return view

    def _noop(self, _: Command) -> None:
        self._tell()

    _check = _noop

    def _tell(self) -> None:
        for line in self._view.news() if self._view is not None else ():
            self._say(line)

    async def _idle(self, _: Command) -> None:
        self._writer.write(b"+ idling\r\n")
        done = asyncio.ensure_future(self._reader.readline())
        while not done.done():
            change = self._changed()
            self._tell()
            await self._writer.drain()
            waiting = asyncio.ensure_future(change.wait())
            await asyncio.wait([done, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        if not done.result():
            self._ended = True

    async def _uid(self, command: Command) -> str | None:
        inner = Command(command.tag, command.text(0).upper(), command.words[1:])
        match inner.name:
            case "SEARCH":
                self._search(inner, by_uid=True)
            case "FETCH":
                await self._fetch(inner, by_uid=True)
            case "STORE":
                self._store(inner, by_uid=True)
            case "COPY" | "MOVE":
                return self._copy(inner, by_uid=True)
            case "EXPUNGE":
                uids = {mail.uid for _, mail in self._present().chosen(inner.text(0), by_uid=True)}
                self._remove(lambda mail: mail.uid in uids and "D" in mail.flags)
            case _:
                raise Malformed(f"unknown command UID {inner.name}")
        return None

    def _search(self, command: Command, *, by_uid: bool = False) -> None:
        mails = self._present().mails()
        highest = mails[-1][1].uid if mails else 0
        test = Terms(command.words, highest, self._present().count).all()
        found = [mail.uid if by_uid else number for number, mail in mails if test(number, mail)]
        self._say(f"* SEARCH {' '.join(map(str, found))}".rstrip())

    async def _fetch(self, command: Command, *, by_uid: bool = False) -> None:
        items = fetch.wanted(command.words[1])
        if by_uid and "UID" not in (item.upper() for item in items):
            items = ["UID", *items]
        view = self._present()
        for number, mail in view.chosen(command.text(0), by_uid=by_uid):
            with suppress(FileNotFoundError):  # removed meanwhile by somebody else: no error
                if fetch.marks_as_read(items) and not view.readonly:
                    mail = view.folder.flag(mail.uid, mail.flags + "S")
                self._writer.write(f"* {number} FETCH (".encode() + self.answer(mail, items) + b")\r\n")
            await self._writer.drain()

    def _store(self, command: Command, *, by_uid: bool = False) -> None:
        view = self._changeable()
        what, words = command.text(1).upper(), command.words[2:]
        given = "".join(letters(fetch.wanted(word)) for word in words)
        for number, mail in view.chosen(command.text(0), by_uid=by_uid):
            flags = {"+": set(mail.flags) | set(given), "-": set(mail.flags) - set(given)}.get(what[0], set(given))
            changed = view.folder.flag(mail.uid, "".join(flags))
            if not what.endswith(".SILENT"):
                told = f"* {number} FETCH (UID {mail.uid} FLAGS ".encode() + fetch.flags(changed)
                self._writer.write(told + b")\r\n")

    def _copy(self, command: Command, *, by_uid: bool = False) -> str:
        target = self._named(command.text(1))
        chosen = [mail for _, mail in self._present().chosen(command.text(0), by_uid=by_uid)]
        new = [target.add(mail.read(), mail.at, mail.flags, mail.origin) for mail in chosen]
        if command.name == "MOVE":
            moved = {mail.uid for mail in chosen}
            self._remove(lambda mail: mail.uid in moved)
        return f"[COPYUID {target.uidvalidity} {_set(mail.uid for mail in chosen)} {_set(new)}] done" if new else "none"

    def _expunge(self, _: Command) -> None:
        self._remove(lambda mail: "D" in mail.flags)

    def _remove(self, chosen: Callable[[Mail], bool]) -> None:
        self._changeable().remove(chosen)
        self._tell()

    def _append(self, command: Command) -> str:
        folder = self._named(command.text(0))
        flags, at = "", int(time.time())
        for word in command.words[1:-1]:
            if isinstance(word, list):
                flags = letters(fetch.wanted(word))
            else:
                at = int(datetime.strptime(word.decode().strip(), "%d-%b-%Y %H:%M:%S %z").timestamp())
        raw = command.words[-1]
        if not isinstance(raw, bytes):
            raise Malformed("no mail to append")
        return f"[APPENDUID {folder.uidvalidity} {folder.add(raw, at, flags)}] kept"


def _name(written: str) -> str:
    return str(from_utf7(written.encode()))


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))
