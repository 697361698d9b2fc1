"""Hand one frozen mail to the provider's SMTP server, and know afterwards what is known."""

import re
import select
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from connectors import meter, reach
from connectors.contract import Outgoing, Refusal, Sent
from connectors.deadline import deadline
from connectors.email import composing, diagnosis, renaming
from connectors.email.servers import Login, Security, Server
from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater, gettext_noop

ANSWER_SECONDS = 30.0
WHOLE_SECONDS = 180.0  # a mail of 25 MB over a slow line; the lease of a delivery is longer
_NAME = "otvet.invalid"  # what we call ourselves in EHLO: the host's own name is nobody's business

_LINE_END = re.compile(rb"\r\n|\r|\n")
_SIZE = re.compile(r"[0-9]{1,20}")


class _Wire(smtplib.SMTP):
    """smtplib over a socket that `reach` opened, encrypted before the first byte where that is set."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server = server
        super().__init__(timeout=seconds, local_hostname=_NAME)
        self._host = server.host  # the name that STARTTLS verifies
        code, words = self.connect(server.host, server.port)
        if code != 220:
            self.close()
            raise smtplib.SMTPConnectError(code, words)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = reach.connect(host, port, timeout, plain=self._server.is_plain)
        if self._server.security is not Security.TLS:
            return connection
        try:
            return self._server.tls().wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise


@contextmanager
def session(
    server: Server, login: Login, *, seconds: float = ANSWER_SECONDS, whole: float = WHOLE_SECONDS
) -> Iterator[smtplib.SMTP]:
    """Yield a greeted and logged-in connection. Whatever fails before that comes out as a ChannelError.

    The meter is told how much the server takes.
    """
    line = _opened(server, seconds)
    try:
        assert line.sock is not None
        with deadline(line.sock, whole):
            _prepared(line, server, login)
            meter.carries(composing.room_for_files(largest(line)))
            yield line
            with suppress(smtplib.SMTPException, OSError):
                line.quit()
    finally:
        line.close()


def _opened(server: Server, seconds: float) -> _Wire:
    try:
        return _Wire(server, seconds)
    except (smtplib.SMTPException, OSError) as error:
        raise diagnosis.of_smtp_failure(error, server) from error


def _prepared(line: smtplib.SMTP, server: Server, login: Login) -> None:
    try:
        line.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            _start_tls(line, server)
        _log_in(line, login)
    except (smtplib.SMTPException, OSError) as error:
        raise diagnosis.of_smtp_failure(error, server) from error


def _start_tls(line: smtplib.SMTP, server: Server) -> None:
    if not line.has_extn("starttls"):
        raise diagnosis.no_starttls(server)
    code, words = line.starttls(context=server.tls())
    if code != 220:
        raise smtplib.SMTPResponseException(code, words)
    line.ehlo()


def _log_in(line: smtplib.SMTP, login: Login) -> None:
    try:
        if login.token:
            line.auth("XOAUTH2", lambda challenge=None: "" if challenge else login.xoauth2)
        elif login.password:
            line.login(login.username, login.password)
    except smtplib.SMTPAuthenticationError as error:
        said = f"{error.smtp_code} {diagnosis.spoken(error.smtp_error)}"
        raise diagnosis.refused_login(said, by_token=bool(login.token)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise CredentialsRefused(
            gettext_noop("The mail server offers no login on this port. Providers mostly use 587 or 465."), str(error)
        ) from error


def send(line: smtplib.SMTP, server: Server, sender: str, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
    """Hand over one mail to all recipients whom the server takes.

    `wire` is called when everything but the final dot has gone out: a server must not deliver a mail whose
    dot it never saw (RFC 5321, 4.1.1.4), so whatever fails earlier may be tried again.
    """
    try:
        _announce(line, sender, outgoing)
        refused = _address(line, outgoing.recipients)
        _pour(line, outgoing.body)
    except (smtplib.SMTPException, OSError) as error:
        raise diagnosis.of_smtp_failure(error, server) from error
    wire()
    code, words = _dot(line)
    if code != 250:
        raise diagnosis.of_smtp_answer(code, words, len(outgoing.body))
    said = diagnosis.spoken(words)
    other = renaming.given_by(server.host, said)
    return Sent(provider_id=outgoing.provider_id, words=said, refused=refused, known_also_as=other)


def largest(line: smtplib.SMTP) -> int:
    """The most bytes of one mail that the server has announced; 0 if it has announced none (RFC 1870, 4)."""
    announced = line.esmtp_features.get("size", "")
    return int(announced) if _SIZE.fullmatch(announced) else 0


def _announce(line: smtplib.SMTP, sender: str, outgoing: Outgoing) -> None:
    limit, size = largest(line), len(outgoing.body)
    if limit and size > limit:
        raise Rejected(
            gettext_noop("The mail has %(size)s MB, the mail server takes at most %(limit)s MB."),
            size=diagnosis.megabytes(size),
            limit=diagnosis.megabytes(limit),
        )
    options = [f"SIZE={size}"] if line.has_extn("size") else []
    if not all(address.isascii() for address in (sender, *outgoing.recipients)):
        if not line.has_extn("smtputf8"):
            raise Rejected(gettext_noop("The mail server cannot send to addresses with other than Latin letters."))
        options.append("SMTPUTF8")
    code, words = line.mail(sender, options)
    if code != 250:
        raise diagnosis.of_smtp_answer(code, words, size)


def _address(line: smtplib.SMTP, recipients: Sequence[str]) -> dict[str, Refusal]:
    """Name the recipients. Return whom the server refused; raise if that is everybody."""
    refused: dict[str, Refusal] = {}
    for recipient in recipients:
        code, words = line.rcpt(recipient)
        if code == 421:
            raise diagnosis.of_smtp_answer(code, words)
        if code not in (250, 251):
            refused[recipient] = Refusal(code=str(code), words=diagnosis.spoken(words), permanent=code >= 500)
    if len(refused) == len(recipients):
        raise _nobody_taken(list(refused.values()))
    return refused


def _nobody_taken(refusals: Sequence[Refusal]) -> ChannelError:
    first = refusals[0]
    said = f"{first.code} {first.words}"
    if all(refusal.permanent for refusal in refusals):
        return Rejected(gettext_noop("The mail server refused every recipient."), said)
    return TryLater(gettext_noop("The mail server takes none of the recipients now."), said)


def _pour(line: smtplib.SMTP, body: bytes) -> None:
    """Send the mail but for its final dot, and make sure that the server is still listening."""
    code, words = line.docmd("DATA")
    if code != 354:
        raise diagnosis.of_smtp_answer(code, words, len(body))
    line.send(stuffed(body))
    if _has_spoken(line):
        code, words = line.getreply()
        raise diagnosis.of_smtp_answer(code, words, len(body))


def stuffed(body: bytes) -> bytes:
    """The mail as it goes over the wire (RFC 5321, 4.5.2), ending in CRLF, without the final dot."""
    lines = body
    if not body.count(b"\n") == body.count(b"\r") == body.count(b"\r\n"):
        # A server that takes a lone CR or LF for a line end would find a final dot in the middle of the text.
        lines = _LINE_END.sub(b"\r\n", body)
    lines = lines.replace(b"\r\n.", b"\r\n..")
    lines = b"." + lines if lines.startswith(b".") else lines
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _has_spoken(line: smtplib.SMTP) -> bool:
    """Whether the server answers or hangs up before its turn."""
    connection = line.sock
    assert connection is not None
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return True
    poll = select.poll()
    poll.register(connection, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))


def _dot(line: smtplib.SMTP) -> tuple[int, bytes]:
    try:
        line.send(b".\r\n")
        code, words = line.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise _unknown(str(error)) from error
    if not 200 <= code < 600:
        raise _unknown(diagnosis.spoken(words))
    return code, words


def _unknown(words: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        gettext_noop("The connection broke after the mail was handed over: it may have arrived or not."), words
    )
