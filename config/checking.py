"""`manage.py test`: the one check, for people and for CI. Every part of it runs, even after one has failed."""

import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

from config import needs, throwaway
from config.ground import PROJECT

BIN = Path(sys.executable).parent
STEPS = {
    "format": ("ruff", "format", "--check"),
    "rules of style": ("ruff", "check"),
    "types": ("mypy",),
    "who may import whom": ("lint-imports",),
    "tests": ("pytest",),
}
# All tests at once are shared out: a file at a time, since what it builds is dear, in the order of tests/conftest.py.
# To one more than there are processors, since browsers wait a lot; to four at most, since each has a database, a desk
# and a browser of its own.
SHARERS = min((os.cpu_count() or 1) + 1, 4)
SHARED_OUT = ("-n", str(SHARERS), "--dist", "loadfile", "--no-loadscope-reorder")


def check(arguments: list[str]) -> int:
    """Run the whole check; the arguments, but for `--no-install`, go to pytest. Return the exit code.

    Without arguments the tests are shared out among the processors. With `--screens DIR` no test runs: pictures of the
    main screens are made in that folder.
    """
    if arguments[:1] == ["--screens"]:
        return screens(arguments[1:])
    for_pytest = [argument for argument in arguments if argument != "--no-install"]
    if len(for_pytest) == len(arguments):
        needs.install(needs.missing())
    with throwaway.database(lasting=False):
        results = {name: _step(name, step, for_pytest or list(SHARED_OUT)) for name, step in STEPS.items()}
    return report(results, needs.missing())


def screens(arguments: list[str]) -> int:
    """Make the pictures, and say where they are. Leave with a sentence without a folder or without Chromium."""
    if len(arguments) != 1:
        sys.exit("Name one folder: manage.py test --screens DIR")
    if any(need.marker == "chromium" for need in needs.missing()):
        sys.exit("The pictures are made by Chromium: sudo apt-get install chromium")
    pictures = import_module("tests.screens.pictures").take(Path(arguments[0]).resolve())
    print(f"{len(pictures)} pictures are in {Path(arguments[0]).resolve()}.", flush=True)
    return 0


def _step(name: str, step: tuple[str, ...], for_pytest: list[str]) -> bool:
    program, *rest = step
    print(f"\n=== {name}: {' '.join(step)}", flush=True)
    began = time.monotonic()
    command = [str(BIN / program), *rest, *(for_pytest if program == "pytest" else [])]
    passed = subprocess.run(command, cwd=PROJECT, check=False).returncode == 0
    print(f"=== {name}: {'passed' if passed else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
    return passed


def report(results: dict[str, bool], missing: list[needs.Need]) -> int:
    """Say how it went, what did not run last and loudest. Return the exit code: in CI (CI=true) that fails, too."""
    failed = [name for name, passed in results.items() if not passed]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed.'}", flush=True)
    if missing:
        markers = " and ".join(need.marker for need in missing)
        packages = " ".join(needs.packages(missing))
        print(f"DID NOT RUN: the tests that need {markers}. Install: sudo apt-get install {packages}", flush=True)
    strict = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    return 1 if failed or (missing and strict) else 0
