"""The Message-ID that a provider writes into a mail of ours instead of the one we gave it.

Its answer to the mail tells: recipients see that id alone, so their answers and reports name it.
"""

import re

# docs.aws.amazon.com/general/latest/gr/ses.html; the name of a VPC endpoint has more in front of it and behind it.
_SES = re.compile(r"(?:.+\.)?email-smtp(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d+)\..+", re.IGNORECASE)
_SES_ANSWER = re.compile(r"Ok ([0-9a-z-]{20,100})", re.IGNORECASE)
_FIRST_REGION = "us-east-1"
_EXCHANGE_ANSWER = re.compile(r"<([^<>\s@]+@[^<>\s@]+)> \[(?:InternalId=\d+, )?Hostname=")


def given_by(host: str, words: str) -> str:
    """The bare Message-ID that the server at `host` gave a mail that it took with these words; empty if untold.

    Amazon SES answers `250 Ok <id>` and overrides Message-ID (docs.aws.amazon.com/ses/latest/dg/header-fields.html)
    with `<id@<region>.amazonses.com>`, in its first region with `<id@email.amazonses.com>`, as mails that it delivered
    show (github.com/drewblas/aws-ses/pull/68). Microsoft 365 and Exchange answer with the Message-ID itself:
    `250 2.0.0 OK <id> [Hostname=...]`.
    """
    if told := _EXCHANGE_ANSWER.search(words):
        return told[1]
    ses, told = _SES.fullmatch(host), _SES_ANSWER.fullmatch(words.strip())
    if not (ses and told):
        return ""
    region = ses[1].lower()
    return f"{told[1]}@{'email' if region == _FIRST_REGION else region}.amazonses.com"
