"""What an admin may choose from when a mailbox is connected, with the words for it."""

from types import MappingProxyType

from connectors.email.finding import SentCopy
from connectors.email.servers import Security
from connectors.errors import gettext_noop

SECURITIES = MappingProxyType(
    {
        Security.TLS.value: gettext_noop("TLS"),
        Security.STARTTLS.value: gettext_noop("STARTTLS"),
        Security.PLAIN.value: gettext_noop("No encryption (only on this machine)"),
    }
)
WAYS_IN = MappingProxyType(
    {
        "password": gettext_noop("Password or app password"),
        "google": gettext_noop("Connect with Google"),
        "microsoft": gettext_noop("Connect with Microsoft"),
    }
)
COPIES = MappingProxyType(
    {
        SentCopy.PROVIDER.value: gettext_noop("The mail server itself (Gmail, Microsoft 365, Yandex, Mail.ru)"),
        SentCopy.OTVET.value: gettext_noop("Otvet"),
        SentCopy.NOBODY.value: gettext_noop("Nobody"),
    }
)
SORTING = gettext_noop(
    "What is let in from the quarantine goes to the inbox, what is taken for spam to Junk. Mail that is moved to"
    " another folder once it is here stays there. What was taken for spam by mistake comes back only if mail is brought"
    " from Junk."
)
