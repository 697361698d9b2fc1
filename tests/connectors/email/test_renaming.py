"""The Message-ID that a provider gives our mail, read out of its answer."""

import pytest

from connectors.email.renaming import given_by

SES = "Ok 0102018f8a7b6c5d-1b2c3d4e-5f60-4a1b-8c2d-3e4f5a6b7c8d-000000"
ID = SES.removeprefix("Ok ")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("email-smtp.eu-west-1.amazonaws.com", "eu-west-1.amazonses.com"),
        ("email-smtp.us-east-1.amazonaws.com", "email.amazonses.com"),
        ("Email-SMTP.us-east-1.amazonaws.com", "email.amazonses.com"),
        ("email-smtp-fips.us-west-2.amazonaws.com", "us-west-2.amazonses.com"),
        ("email-smtp.us-gov-west-1.amazonaws.com", "us-gov-west-1.amazonses.com"),
        ("vpce-0a1b-2c3d.email-smtp.ap-south-1.vpce.amazonaws.com", "ap-south-1.amazonses.com"),
    ],
)
def test_amazon_names_the_first_half_and_the_region_is_that_of_the_host(host: str, domain: str) -> None:
    assert given_by(host, SES) == f"{ID}@{domain}"


@pytest.mark.parametrize(
    "words",
    [
        "2.0.0 OK <DB9PR04MB1@DB9PR04MB2.eurprd04.prod.outlook.com> [Hostname=DB9PR04MB2.eurprd04.prod.outlook.com]",
        (
            "2.6.0 <DB9PR04MB1@DB9PR04MB2.eurprd04.prod.outlook.com> [InternalId=123, Hostname=DB9PR04MB2.eurprd04."
            "prod.outlook.com] 9135 bytes in 0.215, 41.3 KB/sec Queued mail for delivery"
        ),
    ],
)
def test_exchange_tells_the_whole_id(words: str) -> None:
    assert given_by("smtp.office365.com", words) == "DB9PR04MB1@DB9PR04MB2.eurprd04.prod.outlook.com"


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("mail.example.com", SES),  # of another server it is the name of its own queue
        ("email-smtp.eu-west-1.amazonaws.com", "Ok"),
        ("email-smtp.eu-west-1.amazonaws.com", "2.0.0 OK 1646870409 p2-20020a1709026b8200b0014f1c918957si2953 - gsmtp"),
        ("smtp.gmail.com", "2.0.0 OK  1646870409 p2-20020a1709026b8200b0014f1c918957si2953939plk.484 - gsmtp"),
        ("mail.example.com", "2.0.0 Ok: queued as 4F1k2L3m4Nz"),
        ("mail.example.com", "2.0.0 OK <carla@example.com> queued"),
    ],
)
def test_any_other_answer_names_no_mail(host: str, words: str) -> None:
    assert given_by(host, words) == ""
