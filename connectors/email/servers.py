"""Where a mail server stands, how its line is secured, and with what one logs in."""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from connectors.errors import CredentialsRefused, gettext_noop


class Security(StrEnum):
    """How the line is encrypted. There is no way down from one to the next: what is set must work."""

    TLS = "tls"  # from the first byte (RFC 8314)
    STARTTLS = "starttls"  # the server must offer it, else nothing is said
    PLAIN = "plain"  # only to a listed loopback address, see connectors/reach.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One side of a mail provider. `ca_certificate` is PEM; where it is given, no other authority is believed."""

    host: str
    port: int
    security: Security
    ca_certificate: str = ""

    @property
    def is_plain(self) -> bool:
        return self.security is Security.PLAIN

    def tls(self) -> ssl.SSLContext:
        """A context that verifies chain and name; the defaults of imaplib and smtplib verify nothing."""
        try:
            return ssl.create_default_context(cadata=self.ca_certificate or None)
        except ssl.SSLError as error:
            raise CredentialsRefused(
                gettext_noop("The certificate of the authority is not a certificate in PEM form."), str(error)
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What opens the account: a password, or an OAuth access token."""

    username: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def xoauth2(self) -> str:
        """The initial response of XOAUTH2, before base64 (Google: "The SASL XOAUTH2 Mechanism")."""
        return f"user={self.username}\x01auth=Bearer {self.token}\x01\x01"
