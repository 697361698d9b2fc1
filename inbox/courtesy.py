"""What a text may and may not say. Pure: the same text and the same guidelines always give the same findings.

A phrase is written by a manager, in Russian or English, one a line:

- a word stands for all its forms: `hotline` is also "hotlines", `горячая линия` also «горячую линию»;
- `=позвоните` is this form alone, so that «позвоним» is another word;
- `call/phone/ring` is any one of them, `(our)` may be missing, `...` is up to four words within one clause;
- `{phone}`, `{email}` and `{link}` are a number, an address, a place on the web;
- `{place} = hotline/helpline` on a line of its own is a list, and `{place}` in the lines after it any one of its words.

Capital letters, ё, hyphens and words of politeness ("please") count for nothing; "don't" is "do not". Letters that look
like those of the other alphabet are those; what nobody sees, as a soft hyphen, is not there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from inbox.alphabets import as_seen

GAP = 4  # words that "..." may stand for
LONGEST_PHRASE = 12  # elements: what is longer is a sentence, and would never be found again
LONGEST_WRITTEN = 20_000  # characters, with its lists written out
AT_MOST = 50  # findings in one text: nobody reads more
CLASSES = {"{phone}", "{email}", "{link}"}
ENGLISH, RUSSIAN = stemmer("english"), stemmer("russian")
STEMMING = Lock()  # a stemmer keeps the word it works on: two threads in one would give each other's stems, or fail
PIECE = re.compile(
    r"(?P<email>[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<link>https?://\S+|www\.\S+|\b[\w-]{1,63}\.(?:com|ru|org|net|info|рф)\b(?:/\S*)?)"
    r"|(?P<phone>\+?\d(?:[\s()\-]{0,2}\d){5,14})"
    r"|(?P<polite>[,\s]{0,3}\b(?:please|kindly|пожалуйста)\b\s*,?)"
    r"|(?P<word>[^\W_]+(?:['’\-‑][^\W_]+)*)"
    r"|(?P<end>[.!?…]+|\n(?![^\S\n]*(?-i:[a-zа-яё])))"  # a line that goes on with a small letter is wrapped
    r"|(?P<clause>[,;:()–—\"«»“”]|\s-\s)",
    re.IGNORECASE,
)
SHORT = {"won't": ("will", "not"), "can't": ("can", "not"), "cannot": ("can", "not"), "shan't": ("shall", "not")}
ENDINGS = {"'ll": "will", "'re": "are", "'ve": "have", "'m": "am", "'d": "would", "'s": ""}
PARTICLE = re.compile(r"-(ка|то|таки)$")
QUOTED_LINE = re.compile(r"^[ \t]*>[ \t>]*(.*)$", re.MULTILINE)
IN_QUOTES = re.compile(r"«([^»]{1,300})»|“([^”]{1,300})”|\"([^\"\n]{1,300})\"")
ONE_WORD = re.compile(r"=?[^\W_]+(?:['’\-‑][^\W_]+)*")
LIST = re.compile(r"\s*\{(\w+)\}\s*=\s*(\S+)\s*")
LISTED = re.compile(r"\{(\w+)\}")
TOO_LONG = "This phrase is too long to be found again: %(phrase)s"
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


class BadPhrase(ValueError):
    """A phrase that cannot be read: a sentence for whoever wrote it, with a place for the phrase."""

    def __init__(self, sentence: str, phrase: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.phrase = phrase


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for: any of the phrases, unless it is part of one that `passes`. `key` names it in
    a finding."""

    key: int
    phrases: tuple[str, ...]
    passes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: which rule, the words as they stand in the text, and the sentence they stand in."""

    key: int
    words: str
    sentence: str

    @property
    def is_russian(self) -> bool:
        """Whether the words are Russian."""
        return bool(CYRILLIC.search(as_seen(self.words)[0]))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: what it may be called in a phrase, where it stands, and in which clause and sentence."""

    names: frozenset[str]
    start: int
    end: int
    clause: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: the names that fit, whether it may be missing, and whether words may stand before it."""

    names: frozenset[str]
    optional: bool
    after_gap: bool


Beginnings = Mapping[str, Sequence[tuple[Element, ...]]]


def check(text: str, rules: Sequence[Rule], *, theirs: str = "") -> list[Found]:
    """What the rules find in a text of ours, in its order. `theirs` is what the customer said.

    What he said himself is not ours where it is quoted: in lines with ">", or in quotation marks.
    """
    words = list(words_of(ours(text, theirs)))
    found = [(start, end, rule.key) for rule in rules for start, end in _against(words, rule)]
    return [_finding(text, words, *each) for each in sorted(found)[:AT_MOST]]


def ours(text: str, theirs: str = "") -> str:
    """The text with everything blanked that quotes him; each letter keeps its place."""
    said = " ".join(QUOTED_LINE.sub(r"\1", theirs).lower().split())

    def blank(match: re.Match[str]) -> str:
        inside = " ".join(next(filter(None, match.groups()), "").lower().split())
        return "\n" * len(match[0]) if inside and inside in said else match[0]

    return IN_QUOTES.sub(blank, QUOTED_LINE.sub(blank, text)) if said else text


def quotes(text: str) -> bool:
    """Whether something is quoted in it, by whomever it was said."""
    return bool(QUOTED_LINE.search(text) or IN_QUOTES.search(text))


def words_of(text: str) -> Iterator[Word]:
    """The words of a text as its reader sees them, with their clauses and sentences."""
    clause = sentence = 0
    seen, places = as_seen(text)
    for match in PIECE.finditer(seen):
        start, end = places[match.start()], places[match.end() - 1] + 1
        match match.lastgroup:
            case "end":
                clause, sentence = clause + 1, sentence + 1
            case "clause":
                clause += 1
            case "word":
                for names in _names(match[0].lower()):
                    yield Word(names, start, end, clause, sentence)
            case "email" | "link" | "phone" as what:
                yield Word(frozenset({f"{{{what}}}"}), start, end, clause, sentence)


@lru_cache(maxsize=20_000)
def _names(written: str) -> tuple[frozenset[str], ...]:
    """What a word may be called: its stem, and its very form with "=".

    "don't" is two words; a "live-chat" is also a chat.
    """
    plain = PARTICLE.sub("", written.replace("’", "'").replace("ё", "е").replace("‑", "-"))
    last = plain.rpartition("-")[2] if "-" in plain else ""
    forms = [(form, last) for form in _spelt_out(plain) if form]
    return tuple(frozenset(name for form in filter(None, both) for name in (f"={form}", _stem(form))) for both in forms)


def _spelt_out(word: str) -> tuple[str, ...]:
    if word in SHORT:
        return SHORT[word]
    if word.endswith("n't"):
        return word[:-3], "not"
    base, mark, rest = word.partition("'")
    if mark and f"'{rest}" in ENDINGS:
        return base, ENDINGS[f"'{rest}"]
    return (re.sub(r"['-]", "", word),)


def _stem(form: str) -> str:
    with STEMMING:
        return str((RUSSIAN if CYRILLIC.search(form) else ENGLISH).stemWord(form))


@lru_cache(maxsize=500)
def read_rule(rule: Rule) -> tuple[Beginnings, Beginnings]:
    """The phrases of a rule, and those that pass, each under the names it may begin with. Raise BadPhrase."""
    lists: dict[str, str] = {}
    phrases = []
    for line in rule.phrases:
        if made := LIST.fullmatch(line):
            lists[made[1].lower()] = _written_out(made[2], lists)
        else:
            phrases.append(line)
    return _by_beginning(phrases, lists), _by_beginning(rule.passes, lists)


def _written_out(written: str, lists: Mapping[str, str]) -> str:
    """A phrase with the words of lists in their places."""
    full = LISTED.sub(lambda match: lists.get(match[1].lower(), match[0]), written)
    if len(full) > LONGEST_WRITTEN:
        raise BadPhrase(TOO_LONG, written)
    return full


def _by_beginning(phrases: Sequence[str], lists: Mapping[str, str]) -> Beginnings:
    begins: dict[str, list[tuple[Element, ...]]] = {}
    for phrase in phrases:
        try:
            elements = read_phrase(_written_out(phrase, lists))
        except BadPhrase as error:
            raise BadPhrase(error.sentence, phrase) from error
        for name in elements[0].names:
            begins.setdefault(name, []).append(elements)
    return begins


def read_phrase(written: str) -> tuple[Element, ...]:
    """The elements of a phrase in which no list is left. Raise BadPhrase."""
    elements, gap = [], False
    for piece in written.lower().split():
        if piece in {"...", "…"}:
            gap = True
            continue
        optional = piece.startswith("(") and piece.endswith(")")
        names = frozenset(name for each in piece.strip("()").split("/") for name in _named(each, written))
        elements.append(Element(names, optional, gap))
        gap = False
    if gap or not elements or elements[0].after_gap or elements[0].optional or elements[-1].optional:
        raise BadPhrase("A phrase begins and ends with a word that must be there: %(phrase)s", written)
    if len(elements) > LONGEST_PHRASE:
        raise BadPhrase(TOO_LONG, written)
    return tuple(elements)


def _named(word: str, phrase: str) -> frozenset[str]:
    if word in CLASSES:
        return frozenset({word})
    exact = word.startswith("=")
    names = _names(re.sub("[-‑]", "", word.removeprefix("="))) if ONE_WORD.fullmatch(word) else ()
    if len(names) != 1:
        raise BadPhrase("There is something here that is no word: %(phrase)s", phrase)
    return frozenset(name for name in names[0] if name.startswith("=") == exact)


def _against(words: Sequence[Word], rule: Rule) -> Iterator[tuple[int, int]]:
    """From which word to which something stands that the rule is against; never two that overlap."""
    phrases, passes = read_rule(rule)
    innocent = list(_spans(words, passes))
    reached = 0
    for start, end in sorted(_spans(words, phrases)):
        if start >= reached and not any(a < end and start < b for a, b in innocent):
            yield start, end
            reached = end


def _spans(words: Sequence[Word], begins: Beginnings) -> Iterator[tuple[int, int]]:
    for at, word in enumerate(words):
        for elements in {e for name in word.names for e in begins.get(name, ())}:
            if end := _end(words, at + 1, elements[1:]):
                yield at, end


def _end(words: Sequence[Word], at: int, elements: Sequence[Element]) -> int | None:
    """Where the rest of a phrase ends if its next word may be at `at`."""
    if not elements:
        return at
    first, rest = elements[0], elements[1:]
    for place in range(at, min(at + (GAP if first.after_gap else 0) + 1, len(words))):
        if words[place].clause != words[at - 1].clause:
            break
        if words[place].names & first.names and (end := _end(words, place + 1, rest)):
            return end
    if not first.optional:
        return None
    # What may be missing leaves its gap to the next one.
    return _end(words, at, [replace(rest[0], after_gap=rest[0].after_gap or first.after_gap), *rest[1:]])


def _finding(text: str, words: Sequence[Word], start: int, end: int, key: int) -> Found:
    said = text[words[start].start : words[end - 1].end]
    of_sentence = [word for word in words if word.sentence == words[start].sentence]
    return Found(key, said, text[of_sentence[0].start : of_sentence[-1].end])
