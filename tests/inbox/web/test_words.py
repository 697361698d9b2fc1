"""Every sentence is there in Russian, and no template says anything that cannot be translated."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize

from config.ground import PROJECT
from inbox.models import Agent
from tests.inbox.desk_of_five import Desk

CATALOGUE = PROJECT / "inbox" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
SAME_IN_BOTH = {"TLS", "STARTTLS", "Otvet", "Refresh token", "Access token"}
TEMPLATES = [
    path
    for folder in ("inbox/web", "escalation", "reports", "config")
    for path in sorted((PROJECT / folder / "templates").rglob("*.html"))
    if path.parent.name != "api"
]
SOURCES = [
    path
    for folder in ("config", "connectors", "inbox", "escalation", "reports")
    for path in sorted((PROJECT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
MARKS = {"_", "gettext", "gettext_noop", "gettext_lazy", "ngettext", "ngettext_lazy"}
# As Django's own reader of templates writes them, `blocktrans` with its plural among them.
SAID = re.compile(r"""\b(?:n?gettext|_)\(\s*((?:u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:,\s*)?)+)""")
BLOCK = r"\{%\s*blocktrans.*?%\}.*?\{%\s*endblocktrans\s*%\}"
TRANSLATED = re.compile(BLOCK + r"|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
PRINTED_ON_KEYS = {"Ctrl", "Enter", "Esc", "K", "Shift"}
NAMES = {"Otvet", ".eml", ".csv", "X", "Facebook", "Messenger"}


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_sentence_has_its_own_russian_one(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        plural = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        assert all(plural), entry.msgid
        assert "fuzzy" not in entry.flags, entry.msgid
        assert entry.msgid not in plural or entry.msgid in SAME_IN_BOTH, entry.msgid


def test_what_is_compiled_is_what_is_written(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {e.msgid: (e.msgstr, e.msgstr_plural) for e in compiled} == {
        e.msgid: (e.msgstr, e.msgstr_plural) for e in catalogue
    }


def marked_in_code(path: Path) -> Iterator[tuple[str, ...]]:
    """Each sentence, with its plural if it has one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            words = node.args[: 2 if node.func.id.startswith("n") else 1]
            said = tuple(str(word.value) for word in words if isinstance(word, ast.Constant))
            if said:
                yield said


def marked_in_template(path: Path) -> Iterator[tuple[str, ...]]:
    for words in SAID.findall(templatize(path.read_text(encoding="utf-8"))):
        said = ast.literal_eval(f"({words.rstrip().rstrip(',')},)")
        yield tuple(str(word) for word in said)


def written_in(path: Path) -> Iterator[str]:
    """All texts in code: a docstring or the words of an error may be shown, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield " ".join(node.value.split())


def test_every_marked_sentence_is_in_the_catalogue_and_none_that_nobody_says(catalogue: polib.POFile) -> None:
    known = {(entry.msgid, *filter(None, [entry.msgid_plural])) for entry in catalogue}
    said = {found for path in SOURCES for found in marked_in_code(path)}
    said |= {found for path in TEMPLATES for found in marked_in_template(path)}
    assert said - known == set()
    written = {text for path in SOURCES for text in written_in(path)}
    assert {sentence for sentence, *_plural in known - said} - written == set()


def test_places_in_a_sentence_of_a_template_are_filled_in_russian_too() -> None:
    with translation.override("ru"):
        said = Template("{% trans '%(n)s new' %}").render(Context())
    assert said == "Новых: %(n)s"


def test_a_sentence_keeps_its_places(catalogue: polib.POFile) -> None:
    places = re.compile(r"%\(\w+\)s")
    for entry in catalogue:
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert set(places.findall(text)) == set(places.findall(entry.msgid)), entry.msgid


def test_russian_is_set_as_russians_set_it(catalogue: polib.POFile) -> None:
    short = re.compile(r"(?<![\w-])[а-яё]{1,2} (?=\w)", re.IGNORECASE)
    for entry in catalogue:
        assert '"' not in entry.msgstr, "quotation marks are «ёлочки»"
        assert not short.search(entry.msgstr), f"a hard space after a short word: {entry.msgstr}"
        assert not re.search(r"[а-яё,]\sВ(ы|ам|ас|аш\w*)\b", entry.msgstr), "вы with a small letter"


class Literals(HTMLParser):
    """Texts between tags, and in the attributes that people hear or read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"title", "aria-label", "alt", "placeholder"}]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_says_nothing_that_cannot_be_translated(template: Path) -> None:
    parser = Literals()
    parser.feed(TRANSLATED.sub(" ", template.read_text(encoding="utf-8")))
    words = {word for text in parser.found for word in text.split() if re.search(r"[^\W\d_]", word)}
    assert words - NAMES - PRINTED_ON_KEYS - {"#10001", "C-1001"} == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_styles_by_itself(template: Path) -> None:
    assert "style=" not in template.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_speaks_the_language_of_its_reader(desk: Desk, client: Client, language: str) -> None:
    conversation = desk.problem()
    desk.answers(conversation)
    Agent.objects.update(language=language)
    places = {
        desk.sam: ["/c/mine/", "/c/open/", f"/c/open/{conversation.number}/", f"/c/open/{conversation.number}/menu/"],
        desk.max: [
            *("/held/quarantine/", "/held/unreadable/", "/channels/", "/reports/ledger/", "/search/?q=lamp"),
            *(f"/shifts/people/{desk.ada.pk}/", f"/shifts/teams/{desk.team.pk}/"),
            *("/board/", "/must-be-solved/", "/service/", "/service/policies/new/", "/service/rules/new/", "/notices/"),
            *("/guidelines/", "/guidelines/new/", "/answers/", "/answers/new/"),
            *("/reports/month/", f"/reports/month/2026-11/opened/{desk.team.pk}/0/"),
        ],
        desk.kim: ["/people/", "/people/new/", "/people/teams/new/", "/channels/new/email/", "/me/", "/c/mine/"],
        desk.ada: ["/shifts/", f"/shifts/people/{desk.ada.pk}/", "/handover/"],
    }
    for agent, paths in places.items():
        client.force_login(agent)
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            text = page.content.decode()
            assert f'<html lang="{language}"' in text or path.endswith("/menu/"), path
            letters = re.sub(r"<[^>]*>", " ", text)
            russian = len(re.findall(r"[а-яё]{3,}", letters, re.IGNORECASE))
            assert (russian > 5) == (language == "ru"), path
    translation.deactivate()
