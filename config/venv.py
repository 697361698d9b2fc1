"""The virtual environment `.venv`: made, filled with the pinned requirements, and entered. Standard library only.

Old Pythons read this file too, to be told that they are too old: it is written so that they can.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)
ROOM = 900 * 2**20
PROJECT = Path(__file__).resolve().parent.parent


def enter() -> None:
    """Go on under `.venv`'s Python, made or mended first. Leave with one sentence if that cannot be."""
    refuse_old_python(sys.version_info[:2])
    venv = PROJECT / ".venv"
    requirements = PROJECT / "requirements.txt"
    try:
        if not is_whole(venv, requirements):
            make(venv, requirements)
    except OSError as trouble:
        sys.exit(sentence_for(trouble, venv))
    except KeyboardInterrupt:
        sys.exit("Stopped before everything was installed; the next start begins anew.")
    if Path(sys.prefix).resolve() != venv.resolve():
        os.execv(python_of(venv), [str(python_of(venv)), *sys.argv])  # noqa: S606  # no shell wanted
    # Some machines are told to keep no bytecode. Every start would compile 1,500 files anew: four seconds of six.
    sys.dont_write_bytecode = False


def refuse_old_python(version: "tuple[int, int]") -> None:
    """Leave with a sentence if this Python is too old."""
    if version < OLDEST:
        number = ".".join(map(str, version))
        sys.exit(f"Otvet needs Python 3.11 or newer; this is Python {number} ({sys.executable}).")


def refuse_python_without_venv() -> None:
    """Leave with a sentence if this Python cannot make virtual environments: Debian packs that part apart."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        sys.exit(f"This Python ({sys.executable}) has no venv; on Debian or Ubuntu: sudo apt install {package}")


def python_of(venv: Path) -> Path:
    return venv / "bin" / "python"


def is_whole(venv: Path, requirements: Path) -> bool:
    """Whether everything in `requirements` was installed to the end, for the Python that is still there."""
    return python_of(venv).exists() and _read(_stamp(venv)) == _wanted(requirements)


def make(venv: Path, requirements: Path) -> None:
    """Build the environment, or bring a whole but outdated one up to date. A half-made one is built anew.

    Several commands may come at once (a server that starts web and worker): one works, the others wait for it.
    """
    with requirements.open("rb") as shared:
        fcntl.flock(shared, fcntl.LOCK_EX)
        if is_whole(venv, requirements):
            return
        _refuse_full_disk(venv)
        if not (python_of(venv).exists() and _read(_stamp(venv))):
            _build(venv)
        _say("Installing the requirements (about 100 packages; once only) ...")
        _install(venv, requirements)
        _stamp(venv).write_text(_wanted(requirements))
        _say("Installed.")


def _build(venv: Path) -> None:
    refuse_python_without_venv()
    if not os.access(str(venv.parent), os.W_OK | os.X_OK):
        raise PermissionError
    _say("Making the virtual environment .venv ...")
    if venv.is_dir():
        shutil.rmtree(venv)
    else:
        venv.unlink(missing_ok=True)
    # The real file behind the name: the name may stand in the half-made .venv that has just gone.
    _run(venv, "making .venv failed", str(Path(sys.executable).resolve()), "-m", "venv", str(venv))


def _install(venv: Path, requirements: Path) -> None:
    python = str(python_of(venv))
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first.txt"
        first.write_text(pins_of("uv", requirements.read_text()))
        quick = _succeeds([*pip, "--quiet", "-r", str(first)]) and _succeeds(
            [python, "-m", "uv", "pip", "sync", "--python", python, "--require-hashes", str(requirements)]
        )
    if not quick:
        # pip is slower, but it knows this machine's own settings: a company's mirror, its certificates.
        _refuse_full_disk(venv, 50 * 2**20)
        _say("The quick way did not work; installing with pip (about a minute) ...")
        _run(venv, "installing the requirements failed; is this machine online?", *pip, "-r", str(requirements))


def pins_of(name: str, requirements: str) -> str:
    """The lines that pin one package: its version and the hashes of its files."""
    lines = requirements.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next(number for number, line in enumerate(lines[start:], start) if not line.endswith("\\"))
    return "\n".join(lines[start : end + 1]) + "\n"


def _succeeds(command: "list[str]") -> bool:
    return subprocess.run(command, check=False, stdout=sys.stderr, env=_environment()).returncode == 0


def _run(venv: Path, failure: str, *command: str) -> None:
    if not _succeeds(list(command)):
        _refuse_full_disk(venv, 50 * 2**20)
        sys.exit(f"Otvet cannot start: {failure} (the reason stands above)")


def _environment() -> "dict[str, str]":
    # A virtual environment the caller happens to be in, or a home that cannot be written, must not lead us astray.
    return {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONHOME"}}


def _stamp(venv: Path) -> Path:
    return venv / "otvet-installed"


def _wanted(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _refuse_full_disk(venv: Path, room: int = ROOM) -> None:
    free = shutil.disk_usage(venv.parent).free
    if free < room:
        megabytes = f"{free // 2**20} MB are free, and Otvet needs {room // 2**20} MB"
        sys.exit(f"The disk that holds {venv.parent} is full: {megabytes}.")


def sentence_for(trouble: OSError, place: Path) -> str:
    """What a person can do about it."""
    if isinstance(trouble, PermissionError):
        return f"Otvet may not write to {place.parent}; run it as the owner of that folder."
    return f"Otvet cannot use {trouble.filename or place}: {trouble.strerror}."


def _say(words: str) -> None:
    # Standard output belongs to the command itself: inspect_email prints lines for programs there.
    print(words, file=sys.stderr, flush=True)
