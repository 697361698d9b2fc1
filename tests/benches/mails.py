"""Mail as a support desk gets it: half of it answers, a fifth with a large file, Russian and English, text and HTML."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

WORDS = {
    language: [word for line in lines for word in line.split()]
    for language, lines in {
        "en": (
            "the lamp order arrived broken please tell me when a new one will be sent to our office address invoice",
            "number was wrong and nobody answered since Monday thank you delivery payment return box picture manual",
        ),
        "ru": (
            "лампа заказ пришла разбитой пожалуйста скажите когда отправят новую на адрес нашего офиса номер счёта",
            "был неверным никто не ответил с понедельника спасибо доставка оплата возврат коробка снимок инструкция",
        ),
    }.items()
}
GREETING = {"en": ("Hello,", "Best regards,\nCarla"), "ru": ("Здравствуйте!", "С уважением,\nКарла")}
WROTE = {"en": "On {when}, Carla wrote:", "ru": "{when}, Карла написала:"}
BEGINS = datetime(2026, 11, 2, 8, tzinfo=UTC)
FILE_BYTES = 200_000


def mails(count: int, seed: int, to: str) -> Iterator[tuple[bytes, datetime]]:
    """`count` mails with the times at which the server took them in, oldest first. The same seed, the same bytes."""
    chance = random.Random(seed)  # repeatable, not secret
    sent: list[tuple[str, str, str]] = []
    for n in range(count):
        at = BEGINS + timedelta(seconds=n)
        answered = chance.choice(sent) if sent and n % 2 else None
        mail, key = _mail(chance, n, at, to, answered)
        sent.append(key)
        yield mail.as_bytes(), at


def _mail(
    chance: random.Random, n: int, at: datetime, to: str, answered: tuple[str, str, str] | None
) -> tuple[EmailMessage, tuple[str, str, str]]:
    language = chance.choice(["en", "ru"])
    sender = answered[1] if answered else f"carla{n}@example.com"
    reference = f"<{n}.{chance.getrandbits(64):x}@example.com>"
    subject = answered[2] if answered else _sentence(chance, language, 4)
    mail = EmailMessage()
    mail["From"] = Address("Carla", addr_spec=sender)
    mail["To"] = to
    mail["Subject"] = f"Re: {subject}" if answered else subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = reference
    if answered:
        mail["In-Reply-To"] = mail["References"] = answered[0]
    mail["Authentication-Results"] = "mx.demo.test; spf=pass; dkim=pass; dmarc=pass header.from=example.com"
    text = _text(chance, language, at, quotes=answered is not None)
    mail.set_content(text)
    mail.add_alternative("".join(f"<p>{line}</p>" for line in text.splitlines()), subtype="html")
    if n % 5 == 0:
        mail.add_attachment(chance.randbytes(FILE_BYTES), maintype="image", subtype="jpeg", filename=f"photo{n}.jpg")
    return mail, (reference, sender, subject)


def _text(chance: random.Random, language: str, at: datetime, *, quotes: bool) -> str:
    hello, goodbye = GREETING[language]
    body = "\n".join(_sentence(chance, language, chance.randint(6, 14)) for _ in range(chance.randint(3, 12)))
    text = f"{hello}\n\n{body}\n\n{goodbye}\n"
    if quotes:
        old = "\n".join(f"> {_sentence(chance, language, 10)}" for _ in range(8))
        text += f"\n{WROTE[language].format(when=f'{at:%d.%m.%Y %H:%M}')}\n{old}\n"
    return text


def _sentence(chance: random.Random, language: str, words: int) -> str:
    return " ".join(chance.choices(WORDS[language], k=words)).capitalize()
