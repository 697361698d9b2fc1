"""A real Dovecot on free ports, as root or as an ordinary user; its users come and go with the tests.

Needs Debian's dovecot-imapd and dovecot-lmtpd. Nothing of the machine's own configuration is read.
"""

import base64
import getpass
import grp
import hashlib
import hmac
import imaplib
import json
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from tests.certificates import Authority
from tests.waiting import until

PASSWORD = "secret"
_JWT_SECRET = b"a shared secret of at least 32 bytes"
_numbers = count(1)


class Dovecot:
    """The running server. `authority` signed its certificate for localhost and 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self.authority = Authority(folder)
        self._configuration = _write_configuration(self)
        self._process = subprocess.Popen(["dovecot", "-F", "-c", self._configuration])
        until(lambda: _answers(self.imap_port) and _answers(self.lmtp_port), "Dovecot listens")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def new_user(self) -> str:
        """The address of a mailbox that nobody has used; its password is PASSWORD."""
        return f"support{next(_numbers)}@demo.test"

    def deliver(self, raw: bytes, address: str, folder: str = "INBOX", at: float | None = None) -> None:
        """Append a mail to a folder, which is made if need be. `at` is the INTERNALDATE as epoch."""
        with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=60) as client:
            client.login(address, PASSWORD)
            quoted = f'"{folder}"'
            if folder != "INBOX":
                client.create(quoted)
            status, words = client.append(quoted, "", imaplib.Time2Internaldate(at or time.time()), raw)
            assert status == "OK", words
            client.logout()

    def fill(self, mails: Iterable[tuple[bytes, datetime]], address: str) -> int:
        """Put many mails into an inbox at once, as its own files (Maildir). Return how many; oldest first."""
        place = self.folder / "mail" / address
        for name in ("cur", "new", "tmp"):
            (place / name).mkdir(parents=True, exist_ok=True)
        number = 0
        for number, (raw, at) in enumerate(mails, start=1):
            path = place / "new" / f"{int(at.timestamp())}.M{number:06}.test"
            path.write_bytes(raw)
            os.utime(path, (at.timestamp(), at.timestamp()))
        if os.geteuid() == 0:
            for path in (place, *place.rglob("*")):
                shutil.chown(path, "mail", "mail")
        return number

    def remove(self, uid: int, address: str, folder: str = "INBOX") -> None:
        """Delete one mail, as somebody with another mail program would."""
        with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=60) as client:
            client.login(address, PASSWORD)
            client.select(f'"{folder}"')
            client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
            client.expunge()
            client.logout()

    def uids(self, address: str, folder: str = "INBOX") -> list[int]:
        """The numbers of what lies in a folder, as another mail program sees it."""
        with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=60) as client:
            client.login(address, PASSWORD)
            client.select(f'"{folder}"', readonly=True)
            (found,) = client.uid("SEARCH", "ALL")[1]
            client.logout()
        return [int(uid) for uid in found.split()]

    def mark_read(self, address: str) -> None:
        """Somebody reads the whole inbox in another mail program."""
        with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=60) as client:
            client.login(address, PASSWORD)
            client.select()
            client.store("1:*", "+FLAGS", r"(\Seen)")
            client.logout()

    def lmtp(self, raw: bytes, recipients: Sequence[str]) -> None:
        """Deliver as a mail server does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as line:
            assert not line.sendmail("carla@example.com", recipients, raw)
            for _ in recipients[1:]:  # LMTP answers the final dot once for each recipient, the library reads one
                assert line.getreply()[0] == 250

    def kick(self, address: str) -> None:
        """End all connections of a user."""
        # It fails where the user has no connection.
        subprocess.run(["doveadm", "-c", self._configuration, "kick", address], check=False, capture_output=True)

    def idles(self, address: str) -> bool:
        """Whether a connection of this user is waiting in IDLE (its process says so in its title)."""
        told = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
        return any(address in line and "IDLE" in line for line in told.splitlines())

    def reset_uidvalidity(self, address: str) -> None:
        """What happens to a server that lost its index: the same mails under new numbers."""
        self.kick(address)
        place = self.folder / "mail" / address
        for left in (*place.glob("dovecot-uidlist*"), *place.glob("dovecot.index*")):
            left.unlink()

    def token(self, address: str, *, lifetime: int = 600, secret: bytes = _JWT_SECRET) -> str:
        """An access token that the server checks by itself."""
        now = int(time.time())
        claims = {"email": address, "sub": address, "iat": now - 1000, "exp": now + lifetime}
        signed = b".".join(map(_base64url, (b'{"alg":"HS256","typ":"JWT"}', json.dumps(claims).encode())))
        return (signed + b"." + _base64url(hmac.digest(secret, signed, hashlib.sha256))).decode()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    # Not below pytest's own folder: that one is closed to the user under whom Dovecot reads mail.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


def free_ports(how_many: int) -> list[int]:
    """Ports that nobody uses at this moment."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(how_many)]
    ports = [listener.getsockname()[1] for listener in taken]
    for listener in taken:
        listener.close()
    return ports


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _base64url(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _write_configuration(server: Dovecot) -> str:
    folder = server.folder
    keys = folder / "keys/default/HS256"
    keys.mkdir(parents=True)
    for name in ("run", "mail"):
        (folder / name).mkdir()
    (keys / "default").write_bytes(base64.b64encode(_JWT_SECRET))
    (folder / "oauth2.conf.ext").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/keys/\n"
        "username_attribute = email\n"
    )
    pair = server.authority.issue("server")
    text = _CONFIGURATION
    is_root = os.geteuid() == 0
    user = "mail" if is_root else getpass.getuser()
    group = "mail" if is_root else grp.getgrgid(os.getegid()).gr_name
    values = {
        "MORE": "" if is_root else _WITHOUT_ROOT,
        "CHROOT": "" if is_root else "chroot =",
        "FOLDER": str(folder),
        "CERTIFICATE": str(pair.certificate),
        "KEY": str(pair.key),
        "IMAP": str(server.imap_port),
        "IMAPS": str(server.imaps_port),
        "LMTP": str(server.lmtp_port),
        "PASSWORD": PASSWORD,
        "USER": user,
        "GROUP": group,
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    if is_root:
        shutil.chown(folder / "mail", user, group)
    path = folder / "dovecot.conf"
    path.write_text(text)
    return str(path)


# Two traps: after a failed login Dovecot makes the next one from this machine wait, unless both
# auth_failure_delay and the anvil-auth-penalty socket are off; with %u in a path address+detail gets a
# mailbox of its own.
_CONFIGURATION = """
base_dir = @FOLDER@/run
state_dir = @FOLDER@/run
log_path = @FOLDER@/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <@CERTIFICATE@
ssl_key = <@KEY@
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
verbose_proctitle = yes
mail_location = maildir:@FOLDER@/mail/%n@%d
mail_max_userip_connections = 100
first_valid_uid = 1
first_valid_gid = 1
recipient_delimiter = +
passdb {
  driver = static
  mechanisms = plain login
  args = password=@PASSWORD@
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = @FOLDER@/oauth2.conf.ext
}
userdb {
  driver = static
  args = uid=@USER@ gid=@GROUP@ home=@FOLDER@/mail/%n@%d allow_all_users=yes
}
namespace inbox {
  inbox = yes
  mailbox Sent {
    special_use = \\Sent
    auto = create
  }
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
}
service imap-login {
  @CHROOT@
  inet_listener imap {
    port = @IMAP@
  }
  inet_listener imaps {
    port = @IMAPS@
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = @LMTP@
  }
}
service anvil {
  @CHROOT@
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  @CHROOT@
}
@MORE@
"""

_WITHOUT_ROOT = """
default_internal_user = @USER@
default_internal_group = @GROUP@
default_login_user = @USER@
"""
