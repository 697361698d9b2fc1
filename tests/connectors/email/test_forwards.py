"""The original sender of a forward, in the forms of mail programs."""

import pytest

from connectors.contract import Person
from connectors.email import forwards
from connectors.email.structure import Tree

CARLA = Person(address="carla@example.com", name="Carla Customer")
_WHO = "Carla Customer <carla@example.com>"
FORMS = {
    "gmail": (
        "Fwd: Order",
        f"FYI\n\n---------- Forwarded message ---------\nFrom: {_WHO}\nDate: Thu\nTo: <ada@example.org>",
    ),
    "gmail_ru": ("Fwd: Заказ", f"---------- Forwarded message ---------\nОт: {_WHO}\nDate: чт, 12 нояб.\nTo: Ada"),
    "gmail_fr": ("Fwd: X", f"---------- Message transféré ---------\nDe : {_WHO}\nDate : jeu\nObjet : X"),
    "apple": ("Fwd: Order", f"Begin forwarded message:\n\n> From: {_WHO}\n> Subject: Order\n> To: Ada\n>\n> Where?"),
    "apple_wrapped": ("Fwd: X", 'Begin forwarded message:\n\nFrom: "Carla Customer"\n<carla@example.com>\nTo: Ada'),
    "apple_ru": ("Fwd: Заказ", f"Начало переадресованного сообщения:\n\n> От: {_WHO}\n> Тема: Заказ\n> Кому: Ada"),
    "apple_de": ("Fwd: X", f"Anfang der weitergeleiteten Nachricht:\n\nVon: {_WHO}\nBetreff: X\nAn: Ada"),
    "thunderbird": ("Fwd: Order", f"-------- Forwarded Message --------\nSubject: \tOrder\nFrom: \t{_WHO}\nTo: \tAda"),
    "thunderbird_ru": (
        "Fwd: Заказ",
        f"-------- Перенаправленное сообщение --------\nТема: \tЗаказ\nОт: \t{_WHO}\nКому: Ada",
    ),
    "outlook": ("FW: Order", f"See.\n\nFrom: {_WHO}\nSent: Thursday, November 12, 2026\nTo: Ada\nSubject: Order"),
    "outlook_mailto": (
        "FW: Order",
        "From: Carla Customer [mailto:carla@example.com]\nSent: Thu\nTo: Ada\nSubject: Order",
    ),
    "outlook_ru": (
        "FW: Заказ",
        f"________________________________\nОт: {_WHO}\nОтправлено: 12.11.2026\nКому: Ada\nТема: Заказ",
    ),
    "outlook_de": ("WG: X", f"Von: {_WHO}\nGesendet: Donnerstag, 12. November 2026\nAn: Ada\nBetreff: X"),
    "outlook_fr": ("TR : X", f"De : {_WHO}\nEnvoyé : jeudi 12 novembre 2026\nÀ : Ada\nObjet : X"),
    "yandex": (
        "Fwd: Заказ",
        '-------- Пересылаемое сообщение --------\n12.11.2026, 10:15, "Carla Customer" <carla@example.com>:',
    ),
    "mail_ru": ("Fwd: Заказ", f"-------- Пересылаемое сообщение --------\nОт: {_WHO}\nКому: Ada\nТема: Заказ"),
    "the_bat": ("Fwd: Заказ", f"Это пересылаемое сообщение\nОт: {_WHO}\nКому: Ada\nТема: Заказ"),
}


@pytest.mark.parametrize(("subject", "text"), FORMS.values(), ids=FORMS.keys())
def test_the_original_sender_is_found(subject: str, text: str) -> None:
    assert forwards.original_sender(subject, text, ()) == CARLA


def test_an_attached_mail_is_believed_before_the_text() -> None:
    part = Tree(b"Content-Type: message/rfc822\r\n\r\nFrom: Carla Customer <carla@example.com>\r\n\r\nx").root
    assert forwards.original_sender("Fwd: x", FORMS["gmail"][1].replace("Carla", "Max"), [part]) == CARLA


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Order", "No.\n\nFrom: Ada <ada@example.org>\nSent: 12.11.2026\nTo: Carla\nSubject: Order"),
        ("Order", "Please forward my letter."),
        ("Fwd: Order", "Nothing is quoted here."),
        ("", ""),
    ],
)
def test_a_reply_is_no_forward(subject: str, text: str) -> None:
    assert forwards.original_sender(subject, text, ()) is None
