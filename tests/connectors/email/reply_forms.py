"""Replies as mail programs of many languages write them: (name, text); the reply is always `REPLY`."""

REPLY = "Thank you, it works now."
_QUOTED = "> Dear Carla,\n> please try it again.\n>\n> Ada\n"
_PLAIN = "Dear Carla,\nplease try it again.\n\nAda\n"

ATTRIBUTIONS = {
    "gmail_en": "On Thu, Nov 12, 2026 at 10:15 AM Help Desk <help@example.com> wrote:",
    "gmail_en_old": "On Thu, Nov 12, 2026 at 10:15 AM, Help Desk <help@example.com> wrote:",
    "gmail_en_wrapped": "On Thu, Nov 12, 2026 at 10:15 AM The Whole Help Desk of Example <\nhelp@example.com> wrote:",
    "gmail_en_no_date_words": "2026-11-12 10:15 GMT+01:00 Help Desk <help@example.com>:",
    "apple_en": "On 12 Nov 2026, at 10:15, Help Desk <help@example.com> wrote:",
    "apple_en_wrapped": "On Nov 12, 2026, at 10:15 AM, Help Desk\n<help@example.com>\nwrote:",
    "thunderbird_en": "On 12.11.2026 10:15, Help Desk wrote:",
    "thunderbird_short": "Help Desk wrote:",
    "yahoo_en": "On Thursday, November 12, 2026 10:15 AM, Help Desk <help@example.com> wrote:",
    "mailing": "At 10:15 AM 11/12/2026, Help Desk wrote:",
    "gmail_de": "Am Do., 12. Nov. 2026 um 10:15 Uhr schrieb Help Desk <help@example.com>:",
    "apple_de": "Am 12.11.2026 um 10:15 schrieb Help Desk <help@example.com>:",
    "thunderbird_de": "Am 12.11.2026 um 10:15 schrieb Help Desk:",
    "gmail_fr": "Le jeu. 12 nov. 2026 à 10:15, Help Desk <help@example.com> a écrit :",
    "gmail_es": "El jue, 12 nov 2026 a las 10:15, Help Desk (<help@example.com>) escribió:",
    "gmail_es_old": "El 12 de noviembre de 2026, 10:15, Help Desk <help@example.com> escribió:",
    "gmail_pt": "Em qui., 12 de nov. de 2026 às 10:15, Help Desk <help@example.com> escreveu:",
    "gmail_it": "Il giorno gio 12 nov 2026 alle ore 10:15 Help Desk <help@example.com> ha scritto:",
    "gmail_nl": "Op do 12 nov. 2026 om 10:15 schreef Help Desk <help@example.com>:",
    "outlook_nl": "Op 12 november 2026 10:15 schreef Help Desk het volgende:",
    "gmail_sv": "Den tors 12 nov. 2026 kl 10:15 skrev Help Desk <help@example.com>:",
    "gmail_da": "Den tor. 12. nov. 2026 kl. 10.15 skrev Help Desk <help@example.com>:",
    "gmail_no": "tor. 12. nov. 2026 kl. 10:15 skrev Help Desk <help@example.com>:",
    "gmail_pl": "czw., 12 lis 2026 o 10:15 Help Desk <help@example.com> napisał(a):",
    "thunderbird_pl": "W dniu 12.11.2026 o 10:15, Help Desk pisze:",
    "gmail_cs": "čt 12. 11. 2026 v 10:15 odesílatel Help Desk <help@example.com> napsal:",
    "gmail_sk": "št 12. 11. 2026 o 10:15 Help Desk <help@example.com> napísal(a):",
    "gmail_fi": "to 12. marrask. 2026 klo 10.15 Help Desk (help@example.com) kirjoitti:",
    "gmail_hu": "Help Desk <help@example.com> ezt írta (időpont: 2026. nov. 12., Cs, 10:15):",
    "gmail_ro": "În joi, 12 nov. 2026 la 10:15, Help Desk <help@example.com> a scris:",
    "gmail_tr": "Help Desk <help@example.com>, 12 Kas 2026 Per, 10:15 tarihinde şunu yazdı:",
    "gmail_el": "Στις Πέμ 12 Νοε 2026 στις 10:15 π.μ., ο/η Help Desk <help@example.com> έγραψε:",
    "gmail_uk": "чт, 12 лист. 2026 р. о 10:15 Help Desk <help@example.com> пише:",
    "gmail_bg": "На чт, 12.11.2026 г. в 10:15 Help Desk <help@example.com> написа:",
    "gmail_zh": "Help Desk <help@example.com> 于2026年11月12日周四 10:15写道：",
    "gmail_zh_tw": "Help Desk <help@example.com> 於 2026年11月12日 週四 上午10:15寫道：",
    "gmail_ja": "2026年11月12日(木) 10:15 Help Desk <help@example.com>:",
    "gmail_ko": "2026년 11월 12일 (목) 오전 10:15, Help Desk <help@example.com>님이 작성:",
    "gmail_vi": "Vào Th 5, 12 thg 11, 2026 vào lúc 10:15 Help Desk <help@example.com> đã viết:",
    "gmail_ru": "чт, 12 нояб. 2026 г. в 10:15, Help Desk <help@example.com>:",
    "yandex_ru": '12.11.2026, 10:15, "Help Desk" <help@example.com>:',
    "thunderbird_ru": "12.11.2026 10:15, Help Desk пишет:",
    "gmail_ca": "Missatge de Help Desk <help@example.com> del dia dj., 12 de nov. 2026 a les 10:15:",
    "gmail_is": "Þann fim., 12. nóv. 2026 kl. 10:15 skrifaði Help Desk <help@example.com>:",
}

# What Outlook calls From, Sent, To and Subject.
_LABELS = {
    "en": "From Sent To Subject",
    "de": "Von Gesendet An Betreff",
    "fr": "De Envoyé À Objet",
    "es": "De Enviado Para Asunto",
    "pt": "De Enviada Para Assunto",
    "it": "Da Inviato A Oggetto",
    "nl": "Van Verzonden Aan Onderwerp",
    "sv": "Från Skickat Till Ämne",
    "da": "Fra Sendt Til Emne",
    "pl": "Od Wysłano Do Temat",
    "cs": "Od Odesláno Komu Předmět",
    "fi": "Lähettäjä Lähetetty Vastaanottaja Aihe",
    "tr": "Kimden Tarih Kime Konu",
    "hu": "Feladó Küldve Címzett Tárgy",
    "zh": "发件人 发送时间 收件人 主题",
    "zh_tw": "寄件者 日期 收件者 主旨",
    "ja": "差出人 送信日時 宛先 件名",
    "ru": "От Отправлено Кому Тема",
    "uk": "Від Надіслано Кому Тема",
}
_VALUES = ("Help Desk <help@example.com>", "12.11.2026 10:15", "Carla Customer", "RE: Order")


def _block(labels: str, pattern: str = "{}: {}") -> str:
    return "\n".join(pattern.format(label, value) for label, value in zip(labels.split(), _VALUES, strict=True))


HEADER_BLOCKS = {f"outlook_{language}": _block(labels) for language, labels in _LABELS.items()} | {
    "outlook_fr_blanks": _block(_LABELS["fr"], "{} : {}"),
    "outlook_bold": _block(_LABELS["en"], "*{}:* {}"),
    "outlook_rule": f"________________________________\n{_block(_LABELS['en'])}",
    "original_message": f"-----Original Message-----\n{_block(_LABELS['en'])}",
    "original_message_alone": "-------- Original message --------",
    "reply_above": "--- Please reply above this line ---",
    "reply_above_hash": "##- Please type your reply above this line -##",
}

SIGNATURES = {
    "two_dashes": "-- \nCarla Customer\n+1 555 0100",
    "two_dashes_bare": "--\nCarla Customer",
    "iphone": "Sent from my iPhone",
    "outlook_ios": "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "outlook_android": "Get Outlook for Android",
    "samsung": "Sent from my Samsung Galaxy smartphone.",
    "mail_windows": "Sent from Mail for Windows 10",
    "yahoo": "Sent from Yahoo Mail on Android",
    "iphone_de": "Von meinem iPhone gesendet",
    "iphone_fr": "Envoyé de mon iPhone",
    "iphone_es": "Enviado desde mi iPhone",
    "iphone_pt": "Enviado do meu iPhone",
    "iphone_it": "Inviato da iPhone",
    "iphone_nl": "Verstuurd vanaf mijn iPhone",
    "iphone_sv": "Skickat från min iPhone",
    "iphone_no": "Sendt fra min iPhone",
    "iphone_pl": "Wysłane z iPhone'a",
    "iphone_cs": "Odesláno z iPhonu",
    "iphone_fi": "Lähetetty iPhonesta",
    "iphone_tr": "iPhone'umdan gönderildi",
    "iphone_ja": "iPhoneから送信",
    "iphone_zh": "从我的 iPhone 发送",
    "iphone_ru": "Отправлено с iPhone",
    "mail_ru": "Отправлено из мобильной Почты Mail",
    "closing_ru": "С уважением,\nКарла",
    "closing_en": "Best regards,\nCarla Customer",
    "closing_de": "Mit freundlichen Grüßen\nCarla Customer",
}


def replies() -> dict[str, str]:
    """Every form by name."""
    forms = {f"{name}_marked": f"{REPLY}\n\n{line}\n\n{_QUOTED}" for name, line in ATTRIBUTIONS.items()}
    forms |= {f"{name}_tight": f"{REPLY}\n{line}\n{_QUOTED}" for name, line in ATTRIBUTIONS.items()}
    forms |= {f"{name}_block": f"{REPLY}\n\n{block}\n\n{_PLAIN}" for name, block in HEADER_BLOCKS.items()}
    forms |= {f"{name}_signed": f"{REPLY}\n\n{words}\n" for name, words in SIGNATURES.items()}
    forms |= {
        f"{name}_signed_and_quoted": f"{REPLY}\n\n{words}\n\n{ATTRIBUTIONS['gmail_en']}\n\n{_QUOTED}"
        for name, words in SIGNATURES.items()
    }
    unmarked = [name for name, line in ATTRIBUTIONS.items() if "@" in line]
    forms |= {f"{name}_unmarked": f"{REPLY}\n\n{ATTRIBUTIONS[name]}\n\n{_PLAIN}" for name in unmarked}
    return forms
