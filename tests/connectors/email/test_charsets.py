"""Bytes in charsets that mails declare wrongly, misspell or leave out."""

import pytest

from connectors.email import charsets

CYRILLIC = [
    "Привет",
    "Да",
    "Здравствуйте",
    "ИВАН ПЕТРОВ",
    "Re: Заказ 123 / order status",
    "Добрый день, где мой заказ?",
]
WESTERN = ["Grüße aus München, wie geht es Ihnen?", "Schöne Grüße", "Bonjour, où est ma commande ?", "Größe 42"]


@pytest.mark.parametrize("text", CYRILLIC)
@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5", "utf-8"])
def test_undeclared_russian_is_recognised_by_its_letters(text: str, charset: str) -> None:
    assert charsets.decode(text.encode(charset)) == text


@pytest.mark.parametrize("text", WESTERN)
def test_undeclared_western_words_are_not_taken_for_russian(text: str) -> None:
    assert charsets.decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("koi8-r", "cp1251"),
        ("windows-1251", "koi8-r"),
        ("iso-8859-1", "cp1251"),
        ("us-ascii", "koi8-r"),
        ("windows-1251", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("unknown-8bit", "cp1251"),
        ("default_charset", "cp866"),
        ("", "koi8-r"),
    ],
)
def test_a_wrong_declaration_is_seen_through(declared: str, real: str) -> None:
    text = "Здравствуйте, посылка так и не пришла. Проверьте, пожалуйста, номер заказа."
    assert charsets.decode(text.encode(real), declared) == text


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("gb2312", "gb18030", "您好，我的订单在哪里？镕"),
        ("iso-gb2312", "gb18030", "您好"),
        ("ks_c_5601-1987", "cp949", "안녕하세요 똠"),
        ("shift_jis", "cp932", "こんにちは①"),
        ("iso-2022-jp", "iso2022_jp", "こんにちは"),
        ("", "iso2022_jp", "こんにちは"),
        ("iso-8859-1", "cp1252", "“quoted” – 5 €"),
        ("'WINDOWS-1251'", "cp1251", "заказ"),
        ("win-1251", "cp1251", "заказ"),
        ("utf-7", "utf-7", "Grüße"),
        ("utf-16", "utf-16", "Grüße"),
    ],
)
def test_declarations_mean_what_programs_mean_by_them(declared: str, codec: str, text: str) -> None:
    assert charsets.decode(text.encode(codec), declared) == text


@pytest.mark.parametrize("wrong", ["cp1251", "cp1252"])
def test_utf8_that_was_read_as_another_charset_is_repaired(wrong: str) -> None:
    text = "Заказ: где он? — тут"
    garbled = text.encode().decode(wrong, "ignore")
    if garbled.encode(wrong) == text.encode():
        assert charsets.repaired(garbled) == text
    else:
        assert charsets.repaired(garbled) == garbled


@pytest.mark.parametrize("text", ["Größe 42", "naïve café", "Заказ", "№ 5", "Ã", "Р"])
def test_correct_text_is_not_repaired(text: str) -> None:
    assert charsets.repaired(text) == text


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "base64", "rot13", "no-such", "\0", "u", "8bit"]
)
def test_what_is_no_charset_of_mail_is_not_used(name: str) -> None:
    assert charsets.canonical(name) == ""
    assert charsets.decode(b"xn--abc \\u0041 plain", name) == "xn--abc \\u0041 plain"


def test_a_byte_order_mark_outweighs_the_declaration() -> None:
    assert charsets.decode("\ufeffGrüße".encode("utf-16-le"), "us-ascii") == "Grüße"
    assert charsets.decode(b"\xef\xbb\xbfhello", "cp1251") == "hello"


@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("utf-8", "utf-8", "Лампа"),
        ("windows-1251", "cp1251", "Лампа"),
        ("koi8-r", "koi8-r", "Лампа"),
        ("koi8-r", "koi8-u", "Її лампа"),
        ("cp866", "cp866", "Лампа"),
        ("iso-8859-5", "iso8859-5", "Лампа"),
        ("x-mac-cyrillic", "mac-cyrillic", "Лампа"),
        ("windows-1252", "cp1252", "ÄÖÜ"),
        ("windows-1250", "cp1250", "Gdzie jest żółta lampa?"),
        ("windows-1254", "cp1254", "Lâmbam kırık geldi"),
        ("gb18030", "gb18030", "灯坏了"),
        ("shift_jis", "cp932", "ランプが壊れています。"),
        ("euc-kr", "cp949", "램프가 깨졌어요"),
    ],
)
def test_what_a_person_chose_is_believed_whatever_the_bytes_look_like(name: str, codec: str, text: str) -> None:
    assert name in charsets.OFFERED
    assert charsets.decode(text.encode(codec), charsets.Chosen(name)) == text


def test_a_person_may_choose_whatever_the_order_of_guesses_may_have_taken_for_something_else() -> None:
    wrong = "Здравствуйте, где мой заказ?".encode("cp1251")
    assert charsets.decode(wrong, charsets.Chosen("koi8-r")) == wrong.decode("koi8-u")
    assert {charsets.Chosen(name) for name in charsets.OFFERED} >= {*charsets._CYRILLIC, "cp1252"}


def test_what_says_itself_what_it_is_needs_nobodys_word() -> None:
    chosen = charsets.Chosen("koi8-r")
    assert charsets.decode("\ufeffGrüße".encode("utf-16-le"), chosen) == "Grüße"
    assert charsets.decode("こんにちは".encode("iso2022_jp"), chosen) == "こんにちは"
    assert charsets.decode("Лампа".encode("cp1251"), charsets.Chosen("no-such")) == "Лампа"


@pytest.mark.parametrize("name", charsets.OFFERED)
def test_bytes_that_are_none_of_its_letters_are_shown_as_such(name: str) -> None:
    assert charsets.decode(b"lamp \xff\xfe", charsets.Chosen(name)).startswith("lamp ")
