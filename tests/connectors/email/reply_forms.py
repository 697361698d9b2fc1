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

HEADER_BLOCKS = {
    "outlook_en": "From: Help Desk <help@example.com>\nSent: Thursday, November 12, 2026 10:15 AM\nTo: Carla\nSubject: RE: Order",
    "outlook_en_line": "________________________________\nFrom: Help Desk <help@example.com>\nSent: Thursday, November 12, 2026\n"
    "To: Carla\nSubject: RE: Order",
    "outlook_bold": "*From:* Help Desk [mailto:help@example.com]\n*Sent:* Thursday, November 12, 2026\n*To:* Carla\n*Subject:* RE",
    "original_message": "-----Original Message-----\nFrom: Help Desk\nSent: Thursday\nTo: Carla\nSubject: Order",
    "original_message_alone": "-------- Original message --------",
    "outlook_de": "Von: Help Desk <help@example.com>\nGesendet: Donnerstag, 12. November 2026 10:15\nAn: Carla\nBetreff: AW: Order",
    "outlook_fr": "De : Help Desk <help@example.com>\nEnvoyé : jeudi 12 novembre 2026 10:15\nÀ : Carla\nObjet : RE: Order",
    "outlook_es": "De: Help Desk <help@example.com>\nEnviado el: jueves, 12 de noviembre de 2026 10:15\nPara: Carla\nAsunto: RE: Order",
    "outlook_pt": "De: Help Desk <help@example.com>\nEnviada em: quinta-feira, 12 de novembro de 2026\nPara: Carla\nAssunto: RE: Order",
    "outlook_it": "Da: Help Desk <help@example.com>\nInviato: giovedì 12 novembre 2026 10:15\nA: Carla\nOggetto: R: Order",
    "outlook_nl": "Van: Help Desk <help@example.com>\nVerzonden: donderdag 12 november 2026\nAan: Carla\nOnderwerp: RE: Order",
    "outlook_sv": "Från: Help Desk <help@example.com>\nSkickat: den 12 november 2026 10:15\nTill: Carla\nÄmne: SV: Order",
    "outlook_da": "Fra: Help Desk <help@example.com>\nSendt: 12. november 2026 10:15\nTil: Carla\nEmne: SV: Order",
    "outlook_pl": "Od: Help Desk <help@example.com>\nWysłano: czwartek, 12 listopada 2026 10:15\nDo: Carla\nTemat: RE: Order",
    "outlook_cs": "Od: Help Desk <help@example.com>\nOdesláno: čtvrtek 12. listopadu 2026 10:15\nKomu: Carla\nPředmět: RE: Order",
    "outlook_fi": "Lähettäjä: Help Desk <help@example.com>\nLähetetty: 12. marraskuuta 2026 10:15\nVastaanottaja: Carla\nAihe: VS: Order",
    "outlook_tr": "Kimden: Help Desk <help@example.com>\nGönderme Tarihi: 12 Kasım 2026 10:15\nKime: Carla\nKonu: RE: Order",
    "outlook_hu": "Feladó: Help Desk <help@example.com>\nKüldve: 2026. november 12. 10:15\nCímzett: Carla\nTárgy: RE: Order",
    "outlook_zh": "发件人: Help Desk <help@example.com>\n发送时间: 2026年11月12日 10:15\n收件人: Carla\n主题: RE: Order",
    "outlook_ja": "差出人: Help Desk <help@example.com>\n送信日時: 2026年11月12日 10:15\n宛先: Carla\n件名: RE: Order",
    "outlook_ru": "От: Help Desk <help@example.com>\nОтправлено: 12 ноября 2026 г. 10:15\nКому: Carla\nТема: RE: Order",
    "outlook_uk": "Від: Help Desk <help@example.com>\nНадіслано: 12 листопада 2026 р. 10:15\nКому: Carla\nТема: RE: Order",
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
