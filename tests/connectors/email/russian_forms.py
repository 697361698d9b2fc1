"""Replies as the mail programs of Russian customers write them: (name, text); the reply is always `REPLY`."""

REPLY = "Спасибо, но посылка так и не пришла.\nПроверьте, пожалуйста, трек-номер."
_ANSWER = ("Здравствуйте!", "Ваш заказ №123 отправлен.", "-- ", "Служба поддержки")
_MARKED = "".join(f"> {line}\n" for line in _ANSWER)
_PLAIN = "".join(f"{line}\n" for line in _ANSWER)
_FROM = "Поддержка <help@example.com>"
_RULE = "________________________________"


def _block(labels: str, pattern: str = "{}: {}") -> str:
    values = (_FROM, "12 ноября 2026 г. 10:15", "Карла", "RE: Заказ 123")
    return "\n".join(pattern.format(label, value) for label, value in zip(labels.split(), values, strict=True))


_ENGLISH = "From Sent To Subject"
_RUSSIAN = "От Отправлено Кому Тема"

BELOW = {
    "gmail_web": f"чт, 12 нояб. 2026 г. в 10:15, {_FROM}:\n\n{_MARKED}",
    "gmail_android_wrapped": "чт, 12 нояб. 2026 г., 10:15 Поддержка магазина Ромашка и партнёры <\nhelp@example.com>:"
    f"\n\n{_MARKED}",
    "gmail_old": f"12 ноября 2026 г., 10:15 пользователь {_FROM}\nнаписал:\n\n{_MARKED}",
    "yandex_web": f'12.11.2026, 10:15, "Поддержка" <help@example.com>:\n{_PLAIN}',
    "yandex_web_signed": f'-- \nС уважением, Карла\n \n12.11.2026, 10:15, "Поддержка" <help@example.com>:\n{_MARKED}',
    "yandex_old": f"12.11.2026 10:15, Поддержка пишет:\n{_MARKED}",
    "mail_ru_web": f"--\nКарла\n \n \n>Четверг, 12 ноября 2026, 10:15 +03:00 от {_FROM}:\n> \n{_MARKED}",
    "mail_ru_android": "--\nОтправлено из Mail.ru для Android\nчетверг, 12 ноября 2026г., 10:15 +03:00 от Поддержка "
    f" help@example.com :\n\n{_MARKED}",
    "mail_ru_app": "Отправлено из мобильной Почты Mail\n\nчетверг, 12 ноября 2026 г., 10:15 +0300 от help@example.com"
    f"  <help@example.com>:\n{_MARKED}",
    "outlook_original": "С уважением,\nКарла\nООО «Ромашка»\n\n-----Исходное сообщение-----\n"
    f"{_block(_RUSSIAN)}\n\n{_PLAIN}",
    "outlook_english_labels": f"{_block(_ENGLISH)}\n\n{_PLAIN}",
    "outlook_rule": f"{_RULE}\n{_block(_RUSSIAN)}\n\n{_PLAIN}",
    "outlook_bold": f"{_block(_RUSSIAN, '*{}:* {}')}\n\n{_PLAIN}",
    "outlook_mobile": f"Получить Outlook для iOS<https://aka.ms/o0ukef>\n{_RULE}\n{_block(_ENGLISH)}\n\n{_PLAIN}",
    "thunderbird": f"12.11.2026 10:15, Поддержка пишет:\n{_MARKED}",
    "thunderbird_signed_below": f"Чт 12.11.26 10:15, Поддержка пишет:\n{_MARKED}\n-- \nКарла\n",
    "the_bat": f"Вы писали 12 ноября 2026 г., 10:15:30:\n\n{_MARKED}\n-- \nС уважением,\n"
    " Карла       mailto:carla@example.com\n",
    "iphone": f"Отправлено с iPhone\n\n> 12 нояб. 2026 г., в 10:15, {_FROM} написал(а):\n> \n{_MARKED}",
    "apple_mail": f"> 12 нояб. 2026 г., в 10:15, {_FROM} написал(а):\n> \n{_MARKED}",
    "apple_mail_unmarked_line": f"12 нояб. 2026 г., в 10:15, {_FROM} написал(а):\n\n{_MARKED}",
    "samsung": "Отправлено с моего Galaxy\n\n\n-------- Исходное сообщение --------\n"
    f"От: {_FROM}\nДата: 12.11.2026 10:15 (GMT+03:00)\nКому: Карла\nТема: Заказ 123\n\n{_PLAIN}",
    "rambler": f"{_FROM} писал(а) 12 ноября 2026 г., в 10:15:\n{_MARKED}",
    "evolution": f"В Чт, 12/11/2026 в 10:15 +0300, Поддержка пишет:\n{_MARKED}",
    "reply_above": f"##- Пожалуйста, введите ответ выше этой строки -##\n{_PLAIN}",
    "closing_alone": "С наилучшими пожеланиями,\nКарла",
    "sent_with": "Отправлено с помощью Outlook для Android",
}


def replies() -> dict[str, str]:
    """Every form by name."""
    return {name: f"{REPLY}\n\n{below}" for name, below in BELOW.items()}
