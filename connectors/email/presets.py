"""Where the mail of well-known providers lives, so that an admin types an address and a password."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.contract import Preset
from connectors.email.finding import SentCopy
from connectors.email.servers import Security


def _preset(label: str, domains: str, imap: str, smtp: str, port: int, authserv_id: str, auth: str) -> Preset:
    security = Security.STARTTLS if port == 587 else Security.TLS
    fields: dict[str, str | int | bool] = {
        "imap_host": imap,
        "imap_port": 993,
        "imap_security": Security.TLS.value,
        "smtp_host": smtp,
        "smtp_port": port,
        "smtp_security": security.value,
        "sent_copy": SentCopy.PROVIDER.value,
        "authserv_id": authserv_id,
        "auth": auth,
    }
    return Preset(label=label, domains=frozenset(domains.split()), fields=MappingProxyType(fields))


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        # support.google.com/mail/answer/7126229
        "gmail": _preset(
            "Gmail", "gmail.com googlemail.com", "imap.gmail.com", "smtp.gmail.com", 465, "mx.google.com", "password"
        ),
        # learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/pop3-and-imap4
        "microsoft": _preset(
            "Microsoft 365",
            "outlook.com hotmail.com live.com",
            "outlook.office365.com",
            "smtp.office365.com",
            587,
            "*",  # Microsoft writes no name, and always its own field on top
            "microsoft",
        ),
        # yandex.com/support/yandex-360/customers/mail/en/mail-clients/others
        "yandex": _preset(
            "Yandex",
            "yandex.ru yandex.com ya.ru yandex.by yandex.kz",
            "imap.yandex.ru",
            "smtp.yandex.ru",
            465,
            "*.yandex.net",
            "password",
        ),
        # help.mail.ru/mail/mailer/popsmtp
        "mailru": _preset(
            "Mail.ru",
            "mail.ru inbox.ru list.ru bk.ru internet.ru",
            "imap.mail.ru",
            "smtp.mail.ru",
            465,
            "*.mail.ru",
            "password",
        ),
    }
)


def preset_for(address: str) -> str:
    """The name of the preset that fits an address, empty if none does."""
    domain = address.rpartition("@")[2].lower()
    return next((name for name, preset in PRESETS.items() if domain in preset.domains), "")
