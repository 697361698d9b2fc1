"""The programs of Debian that some tests need, and how they get onto the machine."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

INSTALL = Path(__file__).resolve().parent.parent / ".ci" / "install-from-debian"
# Servers live in sbin, which is not on the path of ordinary users.
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


@dataclass(frozen=True)
class Need:
    """A pytest marker, the program that its tests start, and the packages that bring it."""

    marker: str
    program: str
    packages: tuple[str, ...]

    def is_met(self) -> bool:
        return shutil.which(self.program, path=PATH) is not None


NEEDS = (
    Need("dovecot", "dovecot", ("dovecot-imapd", "dovecot-lmtpd")),
    Need("redis", "redis-server", ("redis-server",)),
    Need("chromium", "chromium", ("chromium", "chromium-headless-shell")),
)


def browser() -> str | None:
    """The Chromium that has no windows at all, if it is there: it takes half the processor for what is not the page."""
    return shutil.which("chromium-headless-shell", path=PATH) or whole_browser()


def whole_browser() -> str | None:
    """Chromium itself, which knows notices of the desktop."""
    return shutil.which("chromium", path=PATH)


def missing() -> list[Need]:
    return [need for need in NEEDS if not need.is_met()]


def packages(needs: list[Need]) -> list[str]:
    return [package for need in needs for package in need.packages]


def install(needs: list[Need]) -> None:
    """Install them if this user may; what did not come is still `missing` afterwards."""
    as_root = _way_to_be_root()
    if needs and as_root is not None and shutil.which("apt-get"):
        subprocess.run([*as_root, str(INSTALL), *packages(needs)], check=False)


def _way_to_be_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None
