"""The words by which mail programs announce that they quote, forward or sign, in some 25 languages.

Collected from what the programs themselves write; a language is added by adding its words here.
"""

import re

WROTE = re.compile(
    r"\b(?:wrote(?:\s+the\s+following)?|writes|said|replied"
    r"|написал(?:а|\(а\)|и|о)?|писал(?:а|\(а\)|и)?|пишет|ответил(?:а|\(а\))?"
    r"|написа(?:в|ла)|пише|напісаў|піша|шыгарды|жазды"
    r"|schrieb|schreibt|geschrieben|a\s+écrit|écrit|a\s+ecrit|escribi[óo]|ha\s+escrito|ha\s+escrit|escreveu"
    r"|ha\s+scritto|scrisse|scrive|schreef|geschreven|skrev|skreiv|skrifaði|följande"
    r"|napisał(?:a|\(a\))?|pisze|napsala?|napsal\(a\)|napísala?|napísal\(a\)|pí[sš]e|je\s+napisal(?:a|\(a\))?"
    r"|je\s+napisao|pi[sš]e|kirjoitti|kirjutas|írta|ezt\s+írta|a\s+scris|scris|yazdı|έγραψε|viết|đã\s+viết"
    r"|menulis|rašė|rakstīja|написа|כתב|كتب)\b"
    r"|写道|寫道|写信|のメール|さんは書きました|이\(가\)\s*작성|님이\s*작성|작성:|כתב|كتب",
    re.IGNORECASE,
)
WROTE_AT_END = re.compile(r"(?:写道|寫道|のメール|さんは書きました)\s*[:：]?$")

DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[-./年]\s*\d{1,2}|\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d{2}\b|\d{4}년"
)
TIME = re.compile(r"\d{1,2}[:.h]\d{2}\b")
CLOCK = re.compile(r"\d[:h時时]\d{2}|(?<![\d.])\d{1,2}\.\d{2}(?![\d.])|\d\s*[ap]\.?m\b", re.IGNORECASE)
ZONED = re.compile(r"\d:\d{2}\s+[+-]\d{4}\b")  # as servers write a date (RFC 5322, 3.3)
ADDRESS = re.compile(r"[^\s<>@()\[\]]{1,64}@[^\s<>@()\[\]]{1,200}\.[^\s<>@()\[\],;:]+")
BRACKETED = re.compile(r"<\s?[^<>\s]+(?:@|\.)[^<>]*>|[\[(]\s?(?:mailto:|[^\s()\[\]<>]+@)|\"\s*<[^<>]+>")

FROM_LABEL = (
    r"(?:From|От(?:\s+кого)?|Отправитель|Von|De|Da|Van|Från|Fra|Frá|Od|Від|Ад|Lähettäjä|寄件者|寄件人|发件人"
    r"|差出人|送信者|Kimden|Gönderen|Felad[óo]|Από|Expéditeur|Remitente|Mittente|Afzender|Nadawca|보낸\s*사람|Saatja"
    r"|De la)"
)
OTHER_LABEL = (
    r"(?:Sent|Date|Sent\s+on|Отправлено|Дата|Послано|Gesendet(?:\s+am)?|Datum|Envoy[ée](?:\s+le)?|Enviad[oa](?:\s+el|\s+em)?"
    r"|Fecha|Data|Inviato|Verzonden|Skickat|Sendt|Dato|Sent\s+at|Wysłano|Odesláno|Odoslané|Надіслано|Дасланы|To|Кому|An|À|A"
    r"|Para|Aan|Till|Til|Do|Dla|Komu|Cc|Копия|Kopie|Copie|Kopia|Kopi|CC|Subject|Тема|Betreff|Objet|Asunto|Assunto"
    r"|Oggetto|Onderwerp|Ämne|Emne|Temat|Předmět|Predmet|Konu|Tárgy|Θέμα|Aihe|Päiväys|Lähetetty|Vastaanottaja"
    r"|Tarih|Gönderme\s+Tarihi|Kime|Címzett|Küldve|Dátum|Reply-To|Importance|Attachments|Organization|Организация"
    r"|日期|时间|發送時間|发送时间|收件人|收件者|主题|主旨|主題|件名|宛先|送信日時|日時|보낸\s*날짜|받는\s*사람|제목|날짜)"
)
FROM_LINE = re.compile(rf"^[>*_\s]{{0,8}}{FROM_LABEL}\s?[*_]{{0,2}}\s?[:：][*_]{{0,2}}\s*\S", re.IGNORECASE)
FROM_ALONE = re.compile(rf"^[>*_\s]{{0,8}}{FROM_LABEL}\s?[*_]{{0,2}}\s?[:：][*_]{{0,2}}\s*$", re.IGNORECASE)
OTHER_LINE = re.compile(rf"^[>*_\s]{{0,8}}{OTHER_LABEL}\s?[*_]{{0,2}}\s?[:：][*_]{{0,2}}(?:\s|$|\S)", re.IGNORECASE)
SUBJECT_LINE = re.compile(
    r"^[>*_\s]{0,8}(?:Subject|Тема|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Ämne|Emne|Efni|Temat|Předmět|Predmet"
    r"|Konu|Tárgy|Θέμα|Aihe|Subiect|Teema|Assumpte|主题|主旨|主題|件名|제목)\s?[*_]{0,2}\s?[:：]",
    re.IGNORECASE,
)
# What mail programs never show above a mail that they quote.
SERVERS_LINE = re.compile(
    r"^[>*_\s]{0,8}(?:Received|Return-Path|Delivered-To|Envelope-To|Message-ID|In-Reply-To|References|MIME-Version"
    r"|Content-(?:Type|Transfer-Encoding)|DKIM-Signature|Authentication-Results|Received-SPF|Precedence"
    r"|(?:X|ARC|List)-[\w-]{1,60})\s?:",
    re.IGNORECASE,
)

_KINDS = (
    r"(?:Begin\s+)?(?:Original|Forwarded|Reply|Replied|Исходное|Пересылаемое|Пересланное|Перенаправленное"
    r"|Оригинальное|Пересылаемое|Конец|Original|Ursprüngliche|Weitergeleitete|Urspr\w+|Oorspronkelijk\w*"
    r"|Doorgestuurd\w*|Messaggio|Mensaje|Mensagem|Message\s+d'origine|Message\s+transféré|Courriel\s+original"
    r"|Oprindelig\w*|Opprinnelig\w*|Původní|Pôvodná|Přeposlaná|Wiadomość|Oryginalna|Alkuperäinen|Algne"
    r"|Изходно|Препратено|Переслане|Вихідне|Оригінальне|Пересилаване|Orijinal|İletilen|Eredeti|Továbbított"
    r"|Videresendt|Vidarebefordrat|Ursprungligt|Mesajul|原始邮件|原始郵件|转发邮件|轉寄郵件|元のメッセージ|원본\s*메시지)"
)
SEPARATOR = re.compile(rf"^[>\s]{{0,6}}[-_*=~–—]{{2,}}+\s*+{_KINDS}[^\n]{{0,60}}?\s*[-_*=~–—]*\s*:?\s*$", re.IGNORECASE)
BARE_SEPARATOR = re.compile(
    r"^(?:Begin forwarded message|Начало (?:переадресованного|пересылаемого) (?:сообщения|письма)"
    r"|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|Début du message (?:réexpédié|transféré)"
    r"|Inizio messaggio inoltrato|Inicio del mensaje reenviado|Início da mensagem encaminhada"
    r"|Begin doorgestuurd bericht|Початок листа, що пересилається|Vidarebefordrat brev)\s*[:：]\s*$",
    re.IGNORECASE,
)
FORWARDS = re.compile(
    r"forward|пересыла|пересла|перенаправл|переадрес|weitergeleitet|transféré|réexpédié|reenviado|encaminhad"
    r"|inoltrat|doorgestuurd|videresendt|vidarebefordra|przekazan|přeposlan|препратен|转发|轉寄|転送",
    re.IGNORECASE,
)
REPLY_ABOVE = re.compile(
    r"^[>\s]{0,6}[#=*~-]{2,}+\s{0,2}[^\n]{0,20}(?:(?:reply|respond|type|write|answer)[^\n]{0,60}(?:above|over)"
    r"|(?:ответ|пиш|введите|напиш)[^\n]{0,60}выше)[^\n]{0,40}[#=*~-]{2,}\s*$",
    re.IGNORECASE,
)
RULE = re.compile(r"^[\s*]{0,9}[_—–-]{10,}[\s*]{0,9}$")

CLOSING = re.compile(
    r"^\s{0,9}(?:С уважением|С наилучшими пожеланиями|С глубоким уважением|Искренне Ваш|Всего (?:доброго|хорошего)"
    r"|З повагою|З найкращими побажаннями|З павагай|Best regards|Kind regards|Warm regards|Regards|Sincerely"
    r"|Sincerely yours|Yours (?:sincerely|faithfully|truly)|Mit freundlichen Grüßen|Mit freundlichen Gruessen"
    r"|Freundliche Grüße|Viele Grüße|Cordialement|Bien cordialement|Saludos(?: cordiales)?|Un saludo|Atenciosamente"
    r"|Cordiali saluti|Distinti saluti|Met vriendelijke groet(?:en)?|Med vänliga hälsningar|Med venlig hilsen"
    r"|Med vennlig hilsen|Z poważaniem|Pozdrawiam|S pozdravem|Ystävällisin terveisin|Saygılarımla|Üdvözlettel)"
    r"[\s,.!]{0,9}$",
    re.IGNORECASE,
)
MOBILE = re.compile(
    r"^[\s*_(\[]{0,9}(?:(?:Sent|Send) (?:from|via|with|using|by|on) (?P<what>[^,;!?]{2,60})"
    r"|Отправлено (?:с |со |из |через |при помощи )[^,;!?]{2,60}|Надіслано (?:з |із |через )[^,;!?]{2,60}"
    r"|Послано с [^,;!?]{2,40}|Адпраўлена з [^,;!?]{2,40}"
    r"|Von meinem .{1,40} gesendet|Gesendet (?:von|mit|über|aus) .{2,40}|Diese Nachricht wurde von .{2,40} gesendet"
    r"|Envoyé (?:de|depuis|à partir|avec) .{2,50}|Enviado (?:desde|do|de|a partir|pelo|via) .{2,50}"
    r"|Inviato (?:da|con) .{2,40}|Verstuurd (?:vanaf|met|via|vanuit) .{2,40}|Verzonden (?:vanaf|met|via) .{2,40}"
    r"|Skickat från .{2,40}|Sendt fra .{2,40}|Sendt frå .{2,40}|Wysłan[eo] z .{2,40}|Wysłane za pomocą .{2,40}"
    r"|Odesláno z .{2,40}|Odoslané z .{2,40}|Lähetetty .{2,40}|Trimis de pe .{2,40}|Poslano z .{2,40}"
    r"|.{2,40}(?:から送信|발신|dan gönderildi|den gönderildi|mobil készülékemről küldve)"
    r"|从我的.{2,20}发送|發自我的.{2,20}|发自我的.{2,20}|iPhoneから送信|Στάλθηκε από .{2,40}"
    r"|(?:Get|Скачать|Получите|Получить|Завантажити|Отримати|Télécharger|Obtenez|Obtener|Obter|Scarica|Hol dir"
    r"|Holen Sie sich|Download|Ladda ned) Outlook (?:for|для|pour|para|per|für|voor|för) .{2,60})[.\s*_)\]]*$",
    re.IGNORECASE,
)
FOOTER = re.compile(
    r"^\s*(?:You received this message because you are subscribed|To unsubscribe from this (?:group|list|topic)"
    r"|Reply to this email directly or|You are receiving this because|Для отказа от рассылки"
    r"|This message and any attachments? (?:is|are) confidential|Это сообщение и любые вложения)",
    re.IGNORECASE,
)
LIST_RULE = re.compile(r"^_{20,}\s*$")
LIST_WORDS = re.compile(r"mailing list|/mailman/|/listinfo|@lists?\.|lists?\.", re.IGNORECASE)
DELIMITER = re.compile(r"^\s{0,2}(?:--|-- |—|––|---|— )\s{0,2}$")
DASHED_NAME = re.compile(r"^-{1,2} ?[A-ZА-ЯЁ][\w.'-]+(?: [A-ZА-ЯЁ][\w.'-]+){0,2}\s*$")
