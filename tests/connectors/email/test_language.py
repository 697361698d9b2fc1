"""The language of a text."""

import pytest

from connectors.email import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Здравствуйте, где мой заказ?", "ru"),
        ("Доброго дня, де моє замовлення? Дякую вам і вибачте.", "uk"),
        ("Where is my order? I have not got it.", "en"),
        ("Wo ist meine Bestellung? Ich habe sie nicht bekommen.", "de"),
        ("Où est ma commande ? Je ne l'ai pas reçue, merci de vérifier les détails.", "fr"),
        ("¿Dónde está mi pedido? Gracias por su ayuda.", "es"),
        ("Gdzie jest moje zamówienie? Dziękuję, nie mam go.", "pl"),
        ("您好，我的订单在哪里？", "zh"),
        ("こんにちは、注文はどこですか", "ja"),
        ("안녕하세요 주문", "ko"),
        ("http://www.example.com.br/do/o/que.html order@example.com", ""),
        ("123 !", ""),
        ("", ""),
    ],
)
def test_it_is_recognised(text: str, code: str) -> None:
    assert language.of(text) == code
