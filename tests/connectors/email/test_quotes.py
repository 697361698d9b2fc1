"""What is new in a text, and what is folded away: by forms of real mail programs."""

import pytest

from connectors.email import html_text, quotes
from tests.connectors.email import reply_forms, russian_forms

ENGLISH_AND_OTHERS = reply_forms.replies()
RUSSIAN = russian_forms.replies()


@pytest.mark.parametrize("text", ENGLISH_AND_OTHERS.values(), ids=ENGLISH_AND_OTHERS.keys())
def test_a_reply_is_separated_from_what_a_mail_program_adds(text: str) -> None:
    assert quotes.split(text).reply == reply_forms.REPLY


@pytest.mark.parametrize("text", RUSSIAN.values(), ids=RUSSIAN.keys())
def test_a_russian_reply_is_separated_from_what_a_mail_program_adds(text: str) -> None:
    assert quotes.split(text).reply == russian_forms.REPLY


@pytest.mark.parametrize("text", [*ENGLISH_AND_OTHERS.values(), *RUSSIAN.values()])
def test_nothing_is_deleted_between_the_halves(text: str) -> None:
    halves = quotes.split(text)
    assert "".join(f"{halves.reply}{halves.quoted}".split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "12.11.2026 10:15, Ada wrote:\n> Which order?\n\nThe order 123.",
        "12.11.2026 10:15, Ada wrote:\n> Which order?\n\n123.\n\n> Which address?\n\nMain Street 5.",
        "Hi,\nOn Tue, 2026-11-10 at 10:15 +0300, Ada wrote:\n> Did it work?\n\nNo, it did not.\nIt says error 5.",
        "Here it is:\n\n> quoted words of ours\n\nand this is what I say to it.",
        "On Tuesday, Ada wrote:\n> one\n\nfirst\n\n> two\n\nsecond",
    ],
)
def test_words_below_a_quote_stay_with_what_they_answer(text: str) -> None:
    assert quotes.split(text) == quotes.Split(reply=text, quoted="")


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте! В письме от 12.11.2026 вы написали:\nзаказ отправлен. Не так.\nЗвоните в 10:15:\nпосле.",
        "От: кого мне ждать звонка?\nКому: писать жалобу?\nЖду ответа.",
        "From: which address do you send?\nTo: whom should I write?\nBye",
        "On your remote host you can run:\n\n   telnet 127.0.0.1\n\nThen it works.",
        "I wrote to you on 12.11.2026 and you said:\nplease wait. I waited.",
        "Sent from my desk, it is much easier than my telephone.",
        "A list:\n- one\n- two\n\nTwo:\n- three",
        "Mind the -- in the middle of this line.",
        "The total is:\n____\n5 EUR\nIs that right? I count on you and on nobody else.\nAnd so on.\nAnd so on.\nYes.",
    ],
)
def test_ordinary_words_are_not_taken_for_a_quote_or_a_signature(text: str) -> None:
    assert quotes.split(text).reply == text


LABEL = "From: Otto's Warehouse, Hamburg\nTo: Carla Winter, Main Street 5\nDate: 12.11.2026\nWeight: 2 kg"
LABEL_RU = "От кого: склад «Ромашка», Тверь\nКому: Карла Зимина, Главная ул., 5\nДата: 12.11.2026"
SHORT = "From: a@example.com\nTo: b@example.com\nDate: 12.11.2026"
SERVERS = (
    "Return-Path: <shop@example.org>\nReceived: from mx.example.org by mx.example.com; Thu, 12 Nov 2026 10:15 +0300\n"
    "From: Shop <shop@example.org>\nTo: carla@example.com\nSubject: Your parcel\n"
    "Date: Thu, 12 Nov 2026 10:15:00 +0300\nMessage-ID: <1@example.org>"
)
WRITTEN = "Date: Thu, 12 Nov 2026 10:15:00 +0300\nFrom: shop@example.org\nTo: carla@example.com\nSubject: Your parcel"


@pytest.mark.parametrize(
    "text",
    [
        f"The label says\n\n{LABEL}\n\nbut it never came to Main Street. Where is it?",
        f"{LABEL}\n\nThis is what stands on the parcel. Whose is it?",
        f"На посылке написано:\n\n{LABEL_RU}\n\nНо адрес не мой. Что мне делать?",
        f"Two of them write to each other\n\n{SHORT}\n\nand I am not one of them.",
        f"________________________________\n{LABEL}\n________________________________\n\nIs it mine?",
        f"These are its headers\n\n{SERVERS}\n\nDid you send it?",
        f"These are its headers:\n\n{WRITTEN}\n\nDid you send it?",
        "Мне пришло:\nОт: shop@example.org\nКому: carla@example.com\nДата: 12.11.2026 10:15\nТема: Заказ\n\nЭто вы?",
    ],
)
def test_a_label_or_headers_that_a_writer_shows_us_stay_with_his_own_words(text: str) -> None:
    assert quotes.split(text) == quotes.Split(reply=text, quoted="")


def test_words_between_a_label_and_a_quoted_mail_are_the_writers_own() -> None:
    block = "From: Ada <ada@example.org>\nSent: 12.11.2026 10:15\nTo: Carla\nSubject: Your order"
    own = f"It says\n\n{SHORT}\n\nand is not mine."
    assert quotes.split(f"{own}\n\n{block}\n\nDid it come?").reply == own


@pytest.mark.parametrize(
    "block",
    [
        "From: Ada <ada@example.org>\nSent: Thursday, November 12, 2026 10:15 AM\nTo: Carla",
        "From: Ada\nSent: Thursday\nTo: carla@example.com\nSubject: Your order",
        "Von: Ada [mailto:ada@example.org]\nGesendet: 12.11.2026 um 10.15 Uhr\nAn: Carla",
    ],
)
def test_a_short_block_of_a_mail_program_ends_the_reply_all_the_same(block: str) -> None:
    assert quotes.split(f"It came.\n\n{block}\n\nDid it come?").reply == "It came."


@pytest.mark.parametrize(
    "text",
    [
        "> only\n> a quote",
        "-- \nonly a signature",
        "---------- Forwarded message ---------\nFrom: a@example.com\n\nwords",
    ],
)
def test_where_all_would_be_folded_away_all_is_shown(text: str) -> None:
    assert quotes.split(text) == quotes.Split(reply=text, quoted="")


def test_a_line_that_the_quoting_program_wrapped_belongs_to_the_quote() -> None:
    long = "> this line of a quote is so long that the program which quoted it had to"
    text = f"No.\n\nOn Thu, Nov 12, 2026 at 10:15 AM, Ada <ada@example.org> wrote:\n\n{long}\nwrap it\n> and go on\n"
    assert quotes.split(text).reply == "No."


def test_the_footer_of_a_mailing_list_is_folded_away() -> None:
    text = "I agree.\n\n_______________________________________________\nusers mailing list\nusers@lists.example.com\n"
    assert quotes.split(text).reply == "I agree."


def test_a_bare_blockquote_is_a_citation_and_one_below_an_attribution_a_quote() -> None:
    citation = html_text.read("<p>Read this:</p><blockquote>wise words</blockquote>").text
    assert quotes.split(citation).quoted == ""
    quote = html_text.read(
        "<div>No.</div><div>12.11.2026, 10:15, &quot;Ada&quot; &lt;ada@example.org&gt;:</div>"
        "<blockquote><div>Did it come?</div></blockquote>"
    ).text
    assert quotes.split(quote) == quotes.Split("No.", '12.11.2026, 10:15, "Ada" <ada@example.org>:\n\nDid it come?')


@pytest.mark.parametrize(
    "html",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On Thursday:<br></div><blockquote>Old</blockquote></div>',
        '<blockquote type="cite">Old</blockquote>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Ada<br></div><div>Old</div>',
        '<div id="x_divRplyFwdMsg">From: Ada</div><div>Old</div>',
        '<div class="moz-cite-prefix">Ada wrote:<br></div><blockquote type="cite">Old</blockquote>',
        '<div class="yahoo_quoted"><div>Old</div></div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt"><p><b>From:</b> Ada</p></div><p>Old</p>',
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt"><p><b>Von:</b> Ada</p></div><p>Old</p>',
        '<div class="protonmail_quote">On Thursday Ada wrote:<br><blockquote>Old</blockquote></div>',
        '<div id="mail-editor-reference-message-container"><div>Old</div></div>',
        '<blockquote style="border-left:1px solid #0857A6; margin:10px">Четверг, Ada:<br>Old</blockquote>',
        '<div name="messageReplySection">On Thursday, Ada wrote:<blockquote>Old</blockquote></div>',
    ],
)
def test_what_a_mail_program_marks_as_quoted_in_html_is_folded_away(html: str) -> None:
    halves = quotes.split(html_text.read(f"<div>It came.</div><br>{html}").text)
    assert halves.reply == "It came."
    assert halves.quoted.endswith("Old")


@pytest.mark.parametrize("text", ["", "\n\n", " ", "x", ">", "-- ", ":", "\r\n>\r\n", "\ue000", "\ue001\n\ue002"])
def test_any_text_is_split_somehow(text: str) -> None:
    quotes.split(text)
