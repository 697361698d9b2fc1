"""What a text may not say: phrases that know the forms of words, and how right the starter set is."""

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.courtesy import BadPhrase, Rule, check, ours, read_phrase
from tests.inbox import sentences

STARTER = import_module("inbox.migrations.0011_starter_guidelines").STARTER
RULES = [Rule(key, phrases, passes) for key, (_kind, _names, phrases, passes, *_more) in enumerate(STARTER)]
SUGGESTING = {key for key, (kind, *_more) in enumerate(STARTER) if kind == "prefer"}
RIGHT = 0.95


def found(text: str, *phrases: str, passes: tuple[str, ...] = (), theirs: str = "") -> list[str]:
    return [each.words for each in check(text, [Rule(1, phrases, passes)], theirs=theirs)]


def is_caught(text: str) -> bool:
    return any(each.key not in SUGGESTING for each in check(text, RULES))


@pytest.mark.parametrize("kept_aside", [False, True])
@pytest.mark.parametrize("name", ["CAUGHT_EN", "CAUGHT_RU", "INNOCENT_EN", "INNOCENT_RU"])
def test_the_starter_set_is_right_in_95_of_100_sentences(name: str, kept_aside: bool) -> None:
    everything = getattr(sentences, name)
    aside = set(everything[sentences.ASIDE])
    asked = [text for text in everything if (text in aside) == kept_aside]
    wrong = [text for text in asked if is_caught(text) != name.startswith("CAUGHT")]
    assert len(wrong) <= (1 - RIGHT) * len(asked), "\n".join(wrong)


@pytest.mark.parametrize("name", ["DISGUISED_CAUGHT", "DISGUISED_INNOCENT"])
def test_what_only_looks_the_same_is_read_as_it_looks(name: str) -> None:
    everything = getattr(sentences, name)
    wrong = [text for text in everything if is_caught(text) != name.endswith("CAUGHT")]
    assert len(wrong) <= (1 - RIGHT) * len(everything), "\n".join(wrong)


def test_a_finding_is_what_stands_in_the_text_whatever_is_hidden_in_it() -> None:
    text = "Hello. Please wri\u00adte to our e-mаil\u200b!"
    (finding,) = check(text, [Rule(1, ("write to (our) email",))])
    assert finding.words == "wri\u00adte to our e-mаil"
    assert finding.words in text


def test_there_are_three_hundred_sentences_and_none_twice() -> None:
    of_each = [getattr(sentences, f"{kind}_{language}") for kind in ("CAUGHT", "INNOCENT") for language in ("EN", "RU")]
    assert [len(each) for each in of_each] == [75] * 4
    assert len({text for each in of_each for text in each}) == 300


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Call our Hotlines.", "hotline"),
        ("Позвоните на горячую линию", "горячая линия"),
        ("с горячей линией", "горячая линия"),
        ("ВСЁ Ещё", "все еще"),
        ("Write to our e‑mail", "email"),
        ("Write to our e-mail", "e-mail"),
        ("our live-chat", "chat"),
        ("позвони-ка", "=позвони"),
        ("Don't call", "not call"),
        ("You cannot call", "not call"),
        ("We'll call", "will call"),
        ("Call, please, our hotline", "call our hotline"),
        ("Позвоните, пожалуйста, нам", "=позвоните нам"),
        ("call +7 (800) 555-35-35", "call {phone}"),
        ("write to help@example.com.", "write to {email}"),
        ("see https://example.com/help", "see {link}"),
        ("call our nice new hotline", "call ... hotline"),
        ("call hotline", "call ... hotline"),
        ("call hotline", "call (our) hotline"),
        ("call our hotline", "call (our) hotline"),
        ("call very old hotline", "call ... (our) hotline"),
        ("ring us", "call/ring us/me"),
    ],
)
def test_a_phrase_is_found(text: str, phrase: str) -> None:
    assert len(found(text, phrase)) == 1


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Мы позвоним", "=позвоните"),
        ("I called", "=call"),
        ("call our very nice and new hotline", "call ... hotline"),
        ("call. The hotline", "call ... hotline"),
        ("I call, the hotline is down", "call ... hotline"),
        ("call our hotline", "call hotline"),
        ("a recall hotline", "call hotline"),
        ("write to us", "write to {email}"),
        ("20 % of 300", "{phone}"),
        ("", "call"),
    ],
)
def test_another_one_is_not(text: str, phrase: str) -> None:
    assert found(text, phrase) == []


def test_what_passes_takes_only_what_it_touches() -> None:
    text = "You need not call the hotline. Call the hotline."
    assert found(text, "call the hotline", passes=("not call",)) == ["Call the hotline"]


def test_a_finding_tells_the_words_and_their_sentence() -> None:
    (one,) = check("Good day. Please call our hotline, it is quick! Yours, Ada", [Rule(7, ("call ... hotline",))])
    assert (one.key, one.words, one.is_russian) == (7, "call our hotline", False)
    assert one.sentence == "call our hotline, it is quick"
    (two,) = check("Напишите «Ромашке» на почту.", [Rule(7, ("=напишите",))])
    assert (two.sentence, two.is_russian) == ("Напишите «Ромашке» на почту", True)


def test_a_sentence_goes_on_in_the_next_line_and_ends_with_its_paragraph() -> None:
    assert found("Please call\n  the hotline.", "call the hotline") == ["call\n  the hotline"]
    assert found("Напишите\nнам на почту", "напишите (нам) на почту") == ["Напишите\nнам на почту"]
    for text in ("Please call\n\nthe hotline", "What we call\nThe hotline: 9 to 5", "What we call\n- the hotline"):
        assert found(text, "call the hotline") == []


def test_what_stands_twice_is_found_twice_and_nothing_overlaps() -> None:
    assert found("call us, call us", "call us", "call ... us") == ["call us", "call us"]


def test_quoted_lines_and_his_own_words_are_not_ours() -> None:
    text = "> call the hotline\nYou were told to “Call the hotline”, sorry."
    assert found(text, "call the hotline", theirs="They said: call  the Hotline!") == []
    assert found(text, "call the hotline", theirs="Hello") == ["call the hotline", "Call the hotline"]
    assert found("> call the hotline", "call the hotline") == ["call the hotline"]


def test_what_he_said_is_his_however_it_is_quoted_and_wrapped() -> None:
    said = "You told me\n> please call\n> the hotline now, as ever.\nI did."
    assert found(" > > call the\n> hotline now\n>\n> I did.\nSorry.", "hotline", "i did", theirs=said) == []
    assert found(">> call the helpline now", "helpline", theirs=said) == ["helpline"]
    assert found("Here is our way: «call the hotline»", "call the hotline") == ["call the hotline"]


@given(st.text(alphabet='«»“”"\n> abспочту', max_size=60), st.text(alphabet="abспочту ", max_size=20))
def test_what_is_blanked_keeps_its_length(text: str, theirs: str) -> None:
    assert len(ours(text, theirs)) == len(text)


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_what_is_found_stands_there(text: str) -> None:
    for each in check(text, RULES):
        assert each.words in each.sentence
        assert each.sentence in text


@pytest.mark.parametrize(
    "phrase",
    ["", "...", "... call", "call ...", "(our) hotline", "call (us)", "!", "a//b", "don't", "{fax}", "a " * 13],
)
def test_a_phrase_that_cannot_be_read_says_so(phrase: str) -> None:
    with pytest.raises(BadPhrase):
        read_phrase(phrase)


@given(st.lists(st.sampled_from(["call", "=us", "a/b", "(c)", "...", "{phone}", "/", "(", "не", "'"]), max_size=14))
def test_a_phrase_is_read_or_refused_with_a_sentence(pieces: list[str]) -> None:
    said = ""
    try:
        elements = read_phrase(" ".join(pieces))
    except BadPhrase as error:
        said = error.sentence % {"phrase": error.phrase}
    assert said.endswith(" ".join(pieces)) if said else elements


def test_a_list_stands_for_its_words_in_the_lines_after_it_and_in_what_passes() -> None:
    lines = ("{place} = hotline/helpline", "{Place2} = {place}/desk", "call ... {place2}")
    assert found("Call our desk. Call our helpline. Call our {place}.", *lines) == [
        "Call our desk",
        "Call our helpline",
    ]
    assert found("Do not call our desk", *lines, passes=("not call ... {place2}",)) == []


def test_a_list_that_is_not_there_or_grows_without_end_is_refused() -> None:
    doubling = tuple(f"{{a{n + 1}}} = {{a{n}}}/{{a{n}}}" for n in range(20))
    for lines in (("call {place}",), ("{a0} = hotline", *doubling, "call {a20}")):
        with pytest.raises(BadPhrase) as refused:
            check("Call", [Rule(1, lines)])
        assert any(refused.value.phrase in line for line in lines)


def test_of_more_than_anybody_reads_the_first_are_told() -> None:
    assert len(found("call us. " * 500, "call us")) == 50


def test_many_texts_are_judged_at_once_and_each_as_if_it_were_alone() -> None:
    letters = "абвгдежзиклмнопрст"
    words = [f"{one}{two}{three}ламп" for one in letters for two in letters for three in letters[:4]]

    def is_found(word: str) -> bool:
        return found(f"Купите {word}ы сегодня", f"{word}а") != []

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            missed = [word for word, was in zip(words, threads.map(is_found, words), strict=True) if not was]
    finally:
        sys.setswitchinterval(usual)
    assert missed == []
