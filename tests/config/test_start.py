"""`manage.py start` as a person meets it: a real process, a real port, a data folder that is not there yet."""

import re
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.config.desk import Running, ask, end, free_port, start


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("a desk") / "data")
    yield running
    end(running)


def test_it_prints_one_address_and_a_link_for_each_demo_person(running: Running) -> None:
    address = f"http://127.0.0.1:{running.port}"
    assert running.said.count(f"Otvet runs at {address}/") == 1
    people = re.findall(rf"^  (\w+) +(\w+) +{re.escape(address)}/\S+$", running.said, re.MULTILINE)
    assert people == [("ada", "agent"), ("sam", "supervisor"), ("max", "manager"), ("kim", "admin")]


def test_a_link_signs_in(running: Running) -> None:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    link = running.said.split()[-1]
    with browser.open(link) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    with browser.open(link, urlencode({"csrfmiddlewaretoken": token[1]}).encode()) as page:
        assert page.status == 200
    with browser.open(f"http://127.0.0.1:{running.port}/") as page:
        assert "login" not in page.url


def test_a_second_copy_on_the_same_data_is_refused(running: Running) -> None:
    second = ask(running.data, "start", "--port", str(free_port()))
    assert second.returncode == 1
    assert second.stderr == f"Otvet is already running on {running.data} (start at http://127.0.0.1:{running.port}/).\n"


def test_a_busy_port_is_refused(running: Running, tmp_path: Path) -> None:
    second = ask(tmp_path / "other", "start", "--port", str(running.port))
    assert second.returncode == 1
    assert f"Port {running.port} is busy" in second.stderr
    assert "Traceback" not in second.stderr


def test_another_command_uses_the_database_of_the_running_copy(running: Running) -> None:
    done = ask(running.data, "showmigrations", "--plan")
    assert (done.returncode, "[X]" in done.stdout, "[ ]" in done.stdout) == (0, True, False)


def test_the_data_folder_is_closed_to_others(running: Running) -> None:
    assert running.data.stat().st_mode & 0o077 == 0
    assert (running.data / "keys.env").stat().st_mode & 0o777 == 0o600


def test_production_names_what_is_missing(tmp_path: Path) -> None:
    for server in ("web", "worker", "beat", "listen"):
        done = ask(tmp_path, server)
        assert done.returncode == 1
        assert done.stderr.startswith(f"manage.py {server} runs on servers of your own: set DATABASE_URL and REDIS_URL")


def test_production_starts_only_with_its_keys(tmp_path: Path) -> None:
    servers = {"DATABASE_URL": "postgresql://otvet@db.example.com/otvet", "REDIS_URL": "redis://cache.example.com"}
    done = ask(tmp_path, "start", "--port", str(free_port()), **servers)
    assert done.returncode == 1
    assert done.stderr.startswith("Otvet is not configured: Set ")


def test_reading_a_mail_starts_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: carla@example.com\r\nSubject: Hello\r\n\r\nHello\r\n")
    done = ask(tmp_path / "data", "inspect_email", str(tmp_path / "a.eml"), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert '"subject":"Hello"' in done.stdout
    assert not (tmp_path / "data").exists()
