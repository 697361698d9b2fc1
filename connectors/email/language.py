"""In which language a text is written, by its letters and its most frequent small words."""

import re

_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_SMALL_WORDS = {
    "en": "the and you do no to it is me any has can what when but there out how i of my on be for"
    " that with this have not are was your from will please thank thanks hello",
    "de": "der die das und ich nicht ist sie mit ein eine den für auf wir bitte danke hallo auch von",
    "fr": "le les des et je vous pas est une dans pour que sur avec merci bonjour mon votre nous ne",
    "es": "el los las que por una para con gracias hola mi su está pero como más del lo se",
    "pt": "os que não uma para com por obrigado obrigada olá meu seu está mas como mais em um não você",
    "it": "il che non una per con grazie ciao mio sono del della di ho gli come più è questo buongiorno",
    "nl": "het een en van ik niet dat voor met op zijn bedankt hallo mijn uw wij ook maar aan",
    "pl": "nie się jest na że dziękuję proszę dzień dobry mam czy moje jak oraz za od dla",
    "sv": "och att det som jag inte är på för med hej tack min den har av till ett om",
    "tr": "bir ve bu için ile ne çok merhaba teşekkürler değil var benim mi gibi ama daha olarak",
    "fi": "ja ei että kiitos hei minun mutta kun olen ole tai niin myös voi joka",
    "cs": "je se na že jsem děkuji dobrý den prosím není pro ale jak mám od při už tak",
}
_LOOK_UP = {
    word: [code for code, words in _SMALL_WORDS.items() if word in words.split()]
    for word in {word for words in _SMALL_WORDS.values() for word in words.split()}
}
_UKRAINIAN = frozenset("іїєґ")
_BELARUSIAN = frozenset("ў")
_NOT_WORDS = re.compile(r"\S*[@/]\S*|\w+(?:\.\w+)+")  # addresses are English to nobody
_SAMPLE = 2_000


def of(text: str) -> str:
    """The ISO 639-1 code, empty if the text is too short to tell."""
    sample = _NOT_WORDS.sub(" ", text[:_SAMPLE])
    letters = sum(map(len, _LETTERS.findall(sample)))
    if letters < 3:
        return ""
    if not sample.isascii():
        if len(_CYRILLIC.findall(sample)) * 2 > letters:
            return _cyrillic(sample.lower())
        for code, pattern in _SCRIPTS:
            if len(pattern.findall(sample)) * 4 > letters:
                return code
    return _latin(sample.lower())


def _cyrillic(sample: str) -> str:
    if not _BELARUSIAN.isdisjoint(sample):
        return "be"
    if not _UKRAINIAN.isdisjoint(sample) and sample.count("і") * 3 > sample.count("ы"):
        return "uk"
    if "ъ" in sample and "ы" not in sample and "э" not in sample and sample.count("ъ") * 60 > len(sample):
        return "bg"
    return "ru"


def _latin(sample: str) -> str:
    counts: dict[str, int] = {}
    for word in _LETTERS.findall(sample):
        for code in _LOOK_UP.get(word, ()):
            counts[code] = counts.get(code, 0) + 1
    best = max(counts, key=counts.__getitem__, default="")
    return best if best and counts[best] >= 2 else ""
