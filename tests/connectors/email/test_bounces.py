"""Reports and letters of mail servers; ordinary mail is none of them."""

import pytest

from connectors.contract import Progress
from connectors.email import bounces, html_text, limits
from connectors.email.bodies import collect, joined_text
from connectors.email.structure import Tree


def reports(head: str, body: str) -> list[bounces.Report]:
    tree = Tree(f"{head}\n\n{body}".encode())
    return list(bounces.read(tree, html_text.without_marks(joined_text(collect(tree.root).segments))))


def report(head: str, body: str) -> bounces.Report | None:
    return next(iter(reports(head, body)), None)


DAEMON = "From: MAILER-DAEMON@mx.example.com\nTo: help@example.org\nSubject: failure notice"
LETTERS = {
    "exim": (
        (
            "From: Mail Delivery System <Mailer-Daemon@mx.example.com>\nX-Failed-Recipients: carla@example.com\n"
            "Subject: Mail delivery failed: returning message to sender"
        ),
        "A message that you sent could not be delivered:\n\n  carla@example.com\n    550 5.1.1 no such user",
    ),
    "qmail": (DAEMON, "I'm afraid I wasn't able to deliver.\n\n<carla@example.com>:\nno mailbox here. (#5.1.1)"),
    "smtp_words": (DAEMON, "RCPT TO:<carla@example.com>\n550 5.1.1 User unknown"),
    "russian": (
        "From: mailer-daemon@mx.example.com\nSubject: =?koi8-r?q?=CE=C5=C4=CF=D3=D4=C1=D7=CC=C5=CE=CF?=",
        "Ваше письмо не было доставлено адресату carla@example.com.\nПричина: 5.1.1 неизвестный адресат",
    ),
    "gateway": (
        "From: gateway@mx.example.com\nSubject: Undeliverable: Your order",
        "Delivery has failed to these recipients:\n\ncarla@example.com\n5.1.1 unknown user",
    ),
    "null_sender": (
        "Return-Path: <>\nFrom: system@mx.example.com\nSubject: Returned mail: see transcript for details",
        "The following address had permanent fatal errors:\n<carla@example.com>\n550 5.1.1 unknown",
    ),
}


@pytest.mark.parametrize(("head", "body"), LETTERS.values(), ids=LETTERS.keys())
def test_letters_of_servers_are_understood(head: str, body: str) -> None:
    found = report(head, body)
    assert found
    assert (found.recipient, found.progress, found.status[:1]) == ("carla@example.com", Progress.FAILED, "5")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            "From: carla@example.com\nSubject: Re: Undeliverable: Your order",
            "Why could ada@example.org not be reached?",
        ),
        ("From: carla@example.com\nSubject: Delivery", "My parcel could not be delivered to a@example.com."),
        ("From: carla@example.com\nSubject: failure notice of the machine", "It shows error 550 since today."),
        (
            "Return-Path: <>\nFrom: ada@example.org\nAuto-Submitted: auto-replied\nSubject: Out of office",
            "I am away. Write to kim@example.org.",
        ),
        ("From: postmaster@example.com\nSubject: New rules for the mail server", "Please read the rules."),
        (
            "From: abuse@x.test\nContent-Type: multipart/report; report-type=feedback-report; boundary=b",
            "--b\n\nan abuse report\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--",
        ),
    ],
)
def test_ordinary_mail_is_no_bounce(head: str, body: str) -> None:
    assert report(head, body) is None


def statuses(*groups: str) -> list[bounces.Report]:
    head = DAEMON + "\nContent-Type: multipart/report; report-type=delivery-status; boundary=b"
    groups_text = "\n\n".join(("Reporting-MTA: dns; mx.example.com", *groups))
    return reports(head, f"--b\n\nwords\n--b\nContent-Type: message/delivery-status\n\n{groups_text}\n--b--")


def status(*groups: str) -> bounces.Report | None:
    return next(iter(statuses(*groups)), None)


@pytest.mark.parametrize(
    ("action", "progress"),
    [
        ("failed", Progress.FAILED),
        ("Delayed", Progress.DELAYED),
        ("delivered", Progress.DELIVERED),
        ("relayed (to another)", Progress.SENT),
        ("nonsense", Progress.FAILED),
    ],
)
def test_an_action_becomes_our_word(action: str, progress: Progress) -> None:
    found = status(f"Final-Recipient: rfc822; carla@example.com\nAction: {action}\nStatus: 5.0.0")
    assert found
    assert found.progress is progress


def test_of_several_recipients_each_has_his_report_and_the_worst_speaks_first() -> None:
    found = statuses(
        "Final-Recipient: rfc822; max@example.com\nAction: delivered\nStatus: 2.0.0",
        "Final-Recipient: rfc822; carla@example.com\nAction: failed\nStatus: 5.2.2",
        "Final-Recipient: rfc822; kim@example.com\nAction: failed\nStatus: 5.1.1",
    )
    assert [(each.recipient, each.status) for each in found] == [
        ("carla@example.com", "5.2.2"),
        ("kim@example.com", "5.1.1"),
        ("max@example.com", "2.0.0"),
    ]


def test_a_report_for_a_thousand_recipients_is_read_in_part() -> None:
    group = "Final-Recipient: rfc822; carla{}@example.com\nAction: failed\nStatus: 5.2.2"
    assert len(statuses(*(group.format(number) for number in range(1000)))) == limits.REPORTED


def test_a_letter_that_names_two_recipients_is_a_report_on_each() -> None:
    head = "From: Mailer-Daemon@mx.example.com\nX-Failed-Recipients: carla@example.com,\n  kim@example.com"
    found = reports(f"{head}\nSubject: Mail delivery failed", "A message could not be delivered. 550 5.1.1 unknown")
    assert [each.recipient for each in found] == ["carla@example.com", "kim@example.com"]


def test_whom_we_had_addressed_is_told_where_he_has_his_mail_forwarded() -> None:
    found = status(
        "Original-Recipient: rfc822;carla@example.com\nFinal-Recipient: rfc822;elsewhere@example.org\n"
        "Action: failed\nStatus: 5.2.2"
    )
    assert found
    assert (found.addressed, found.recipient) == ("carla@example.com", "elsewhere@example.org")


def test_the_status_in_the_words_is_taken_where_the_field_is_vague() -> None:
    found = status(
        "Final-Recipient: rfc822; carla@example.com\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 550-5.1.1 no such user"
    )
    assert found
    assert found.status == "5.1.1"


HEADERS = "Message-ID: <made@provider.example>\nX-Otvet-Delivery: ours@example.org"


@pytest.mark.parametrize(
    "returned",
    [
        f"--b\n\nno\n--b\nContent-Type: text/rfc822-headers\n\n{HEADERS}\n--b--",
        f"--b\n\nno such user\n\n{HEADERS}\n--b--",
    ],
)
def test_a_mail_that_the_provider_renamed_is_known_by_our_own_field(returned: str) -> None:
    found = report(f"{DAEMON}\nContent-Type: multipart/mixed; boundary=b", returned)
    assert found
    assert found.original == "ours@example.org"


def test_the_version_of_a_program_is_no_status() -> None:
    found = report(DAEMON, "Mailman 2.0.12 says:\n<carla@example.com>:\nno such user")
    assert found
    assert found.status == ""


def test_a_filter_that_deletes_a_mail_unread_refused_it() -> None:
    head = DAEMON + "\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b"
    fields = "Original-Message-ID: <c.1@example.org>\nDisposition: automatic-action/MDN-sent-automatically; deleted"
    found = report(head, f"--b\n\nno\n--b\nContent-Type: message/disposition-notification\n\n{fields}\n--b--")
    assert found
    assert (found.progress, found.original) == (Progress.FAILED, "c.1@example.org")
