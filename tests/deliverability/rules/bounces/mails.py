"""Failure notices in the formats of many servers, written for these tests."""

from email.message import EmailMessage

ORIGINAL = """\
Return-Path: <b+tok@bounces.huila.example>
Received: by mx.huila.example; Tue, 24 Nov 2026 10:00:00 +0000
From: Huila <news@huila.example>
To: {to}
Subject: Coffee
Message-ID: <abcdefghijklmnopqrstuvwx@bounces.huila.example>

Hello
"""


def notice(body: str, *, subject: str = "failure notice", sender: str = "MAILER-DAEMON@mx.example.org") -> bytes:
    """A notice that is one text."""
    return (f"Return-Path: <>\nFrom: {sender}\nTo: b+x@bounces.huila.example\nSubject: {subject}\n\n{body}").encode()


def dsn(fields: str, *, text: str = "It failed.", to: str = "anna@example.org", subject: str = "Undelivered") -> bytes:
    """A report in the form of RFC 3464; `fields` are those of the recipients."""
    return (
        f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: b+x@bounces.huila.example\n"
        f"Subject: {subject}\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="=_x"\n\n'
        f"--=_x\nContent-Type: text/plain\n\n{text}\n\n"
        f"--=_x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n{fields}\n\n"
        f"--=_x\nContent-Type: message/rfc822\n\n{ORIGINAL.format(to=to)}\n--=_x--\n"
    ).encode()


def arf(*fields: str, to: str = "anna@example.org") -> bytes:
    """A complaint in the form of RFC 5965; several `fields` make several reports in one mail."""
    parts = "".join(
        f"--=_x\nContent-Type: message/feedback-report\n\n{one}\n\n"
        f"--=_x\nContent-Type: message/rfc822\n\n{ORIGINAL.format(to=to)}\n"
        for one in fields
    )
    return (
        "From: <feedback@provider.example>\nTo: fbl@huila.example\nSubject: FW: Coffee\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="=_x"\n\n'
        f"--=_x\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n{parts}--=_x--\n"
    ).encode()


def answer(subject: str, **headers: str) -> bytes:
    """What somebody's machine answers in their name."""
    mail = EmailMessage()
    mail["From"] = "Anna <anna@example.org>"
    mail["To"] = "b+x@bounces.huila.example"
    mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("I am back on Monday.")
    return mail.as_bytes()


# (what it is, the mail, [(recipient, class)])
FORMATS: list[tuple[str, bytes, list[tuple[str, str]]]] = [
    (
        "qmail",
        notice(
            "Hi. This is the qmail-send program at mx.example.org.\n"
            "I'm afraid I wasn't able to deliver your message.\n"
            "This is a permanent error; I've given up.\n\n<anna@example.org>:\n"
            "Sorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\n" + ORIGINAL.format(to="anna@example.org")
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "qmail, two people",
        notice(
            "Hi. This is the qmail-send program.\n\n<anna@example.org>:\n192.0.2.1 does not like recipient.\n"
            "Remote host said: 550 5.1.1 no such user\nGiving up on 192.0.2.1.\n\n<bob@example.net>:\n"
            "192.0.2.2 failed after I sent the message.\nRemote host said: 552 5.2.2 over quota\n\n"
            "--- Below this line is a copy of the message.\n\n" + ORIGINAL.format(to="anna@example.org")
        ),
        [("anna@example.org", "hard"), ("bob@example.net", "mailbox-full")],
    ),
    (
        "Exim",
        notice(
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error.\n"
            "The following address(es) failed:\n\n  anna@example.org\n    host mx.example.org [192.0.2.1]\n"
            "    SMTP error from remote mail server after RCPT TO:<anna@example.org>:\n"
            "    550 Administrative prohibition - rejected by local policy\n\n"
            "------ This is a copy of the message, including all the headers. ------\n\n"
            + ORIGINAL.format(to="anna@example.org"),
            subject="Mail delivery failed: returning message to sender",
        ),
        [("anna@example.org", "policy")],
    ),
    (
        "Postfix without its machine-readable part",
        notice(
            "This is the mail system at host mx.example.org.\n\n"
            "I'm sorry to have to inform you that your message could\n"
            "not be delivered to one or more recipients.\n\n                   The mail system\n\n"
            "<anna@example.org>: host mx.example.org[192.0.2.1] said: 554 5.7.1 Service\n"
            "    unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org (in reply\n"
            "    to RCPT TO command)\n",
            subject="Undelivered Mail Returned to Sender",
        ),
        [("anna@example.org", "block")],
    ),
    (
        "sendmail of before version 8",
        notice(
            "   ----- Transcript of session follows -----\nWhile talking to mx.example.org:\n"
            ">>> RCPT To:<anna@example.org>\n"
            "<<< 550 <anna@example.org>, User Unknown\n550 <anna@example.org>... User unknown\n\n"
            "   ----- Unsent message follows -----\n" + ORIGINAL.format(to="anna@example.org"),
            subject="Returned mail: User unknown",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "Exchange 5.5",
        notice(
            "Your message\n\n  To:      anna@example.org\n  Subject: Coffee\n  Sent:    Tue, 24 Nov 2026\n\n"
            "did not reach the following recipient(s):\n\nanna@example.org on Tue, 24 Nov 2026 10:00:00 -0500\n"
            "    The recipient name is not recognized\n    MSEXCH:IMS:EXAMPLE:MAIL 0 (000C05A6) Unknown Recipient\n",
            subject="Undeliverable: Coffee",
            sender="System Administrator <postmaster@example.org>",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "Domino",
        notice(
            "Your message\n\n  Subject: Coffee\n\nwas not delivered to:\n\n  anna@example.org\n\nbecause:\n\n"
            "  User anna (anna@example.org) not listed in Domino Directory\n",
            subject="DELIVERY FAILURE: User anna (anna@example.org) not listed in Domino Directory",
            sender="Postmaster@example.org",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "GroupWise",
        notice(
            "The message that you sent was undeliverable to the following:\n\n"
            "\tanna@example.org (mailbox full)\n\nPossibly truncated original message follows:\n\n"
            + ORIGINAL.format(to="anna@example.org"),
            subject="Message status - undeliverable",
        ),
        [("anna@example.org", "mailbox-full")],
    ),
    (
        "Yahoo",
        notice(
            "Message from yahoo.com.\nUnable to deliver message to the following address(es).\n\n<anna@yahoo.com>:\n"
            "This user doesn't have a yahoo.com account (anna@yahoo.com) [0]\n\n--- Original message follows.\n\n"
            + ORIGINAL.format(to="anna@yahoo.com"),
            subject="Delivery failure",
            sender="MAILER-DAEMON@yahoo.com",
        ),
        [("anna@yahoo.com", "hard")],
    ),
    (
        "AOL, which names the local part alone",
        notice(
            "Sorry. Your mail to the following recipients could not be delivered because they are not accepting mail\n"
            "with attachments or embedded images:\n\tanna\n",
            subject="Mail Delivery Problem",
            sender="Mail Delivery Subsystem <MAILER-DAEMON@aol.com>",
        ),
        [("anna@aol.com", "spam")],
    ),
    (
        "a Japanese carrier",
        (
            b"Return-Path: <>\nFrom: Postmaster@ezweb.ne.jp\nTo: b+x@bounces.huila.example\n"
            b"Subject: Mail System Error - Returned Mail\nMIME-Version: 1.0\n"
            b'Content-Type: text/plain; charset="ISO-2022-JP"\n\n'
            + "次のあて先へのメッセージはエラーのため送信できませんでした。\n".encode("iso-2022-jp")
            + b"<anna@ezweb.ne.jp>\n    >>> RCPT TO:<anna@ezweb.ne.jp>\n    <<< 550 <anna@ezweb.ne.jp>: User unknown\n"
        ),
        [("anna@ezweb.ne.jp", "hard")],
    ),
    (
        "OpenSMTPD, delayed",
        notice(
            "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n"
            "    A message is delayed for more than 4 hours for the following\n    list of recipients:\n\n"
            "anna@example.org: 421 Too many connections\n\n    Below is a copy of the original message:\n\n"
            + ORIGINAL.format(to="anna@example.org"),
            subject="Delivery status notification: warning",
        ),
        [("anna@example.org", "soft")],
    ),
    (
        "Apache James",
        notice(
            "Hi. This is the James mail server at mx.example.org.\n"
            "I'm afraid I wasn't able to deliver your message to the "
            "following addresses.\n\nMessage details:\n  Subject: Coffee\n  MAIL FROM: b+x@bounces.huila.example\n"
            "  RCPT TO: anna@example.org\n\nError message below:\n"
            "550 - Requested action not taken: no such user here\n",
            subject="[BOUNCE]",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "1&1",
        notice(
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be\n"
            "delivered to one or more of its recipients. The following addresses failed:\n\nanna@example.org\n\n"
            "For the following reason: Mail size limit exceeded.\n\n"
            "--- The header of the original message is following. ---\n\n" + ORIGINAL.format(to="anna@example.org"),
            subject="Mail delivery failed: returning message to sender",
        ),
        [("anna@example.org", "soft")],
    ),
    (
        "a server that quotes the command and the reply",
        notice(
            "We had trouble delivering your message. Full details follow:\n\n1 error(s):\n\n"
            "SMTP Server <mx.example.org> rejected recipient <anna@example.org>\n  (Error following RCPT command). "
            "It responded as follows: [550 5.1.1 unknown user <anna@example.org>]\n",
            subject="There was an error sending your mail",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "Zoho",
        notice(
            "This message was created automatically by mail delivery software.\nA message that you sent could not be "
            "delivered to one or more of its recipients. This is a permanent error.\n\n"
            "anna@example.org Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <anna@example.org>... User Unknown\n",
            subject="Undelivered Mail Returned to Sender",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "Lotus Notes",
        notice(
            "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nanna@example.org\n\n"
            "------- Returned Message --------\n\n" + ORIGINAL.format(to="anna@example.org"),
            subject="Undeliverable message",
            sender="postmaster@example.org",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "MailMarshal",
        notice(
            "Your message:\n   From:    b+x@bounces.huila.example\n   Subject: Coffee\n"
            "Could not be delivered because of\n\n"
            "550 5.1.1 User unknown\n\nThe following recipients were affected:\n    anna@example.org\n\n"
            "Additional Information\n",
            subject='Undeliverable Mail: "Coffee"',
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "InterScan",
        notice(
            "Sent <<< RCPT TO:<anna@example.org>\nReceived >>> 550 5.1.1 <anna@example.org>... user unknown\n"
            "Unable to deliver message to <anna@example.org>.\n\n************************     End of message\n",
            subject="Mail could not be delivered",
            sender="postmaster@example.org",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "Office 365, as people see it",
        notice(
            "Delivery has failed to these recipients or groups:\n\nanna@example.org<mailto:anna@example.org>\n"
            "The email address you entered couldn't be found.\n\nDiagnostic information for administrators:\n\n"
            "Generating server: a.prod.outlook.com\n\nanna@example.org\n"
            "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup'\n\n"
            "Original message headers:\n\n" + ORIGINAL.format(to="anna@example.org"),
            subject="Undeliverable: Coffee",
            sender="postmaster@example.org",
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "IronPort",
        dsn(
            "Final-Recipient: rfc822;anna@example.org\nAction: failed\nStatus: 5.0.0 (permanent failure)\n"
            "Diagnostic-Code: smtp; 5.1.0 - Unknown address error 550-'5.7.1 Access denied' (delivery attempts: 0)"
        ),
        [("anna@example.org", "policy")],
    ),
    (
        "PowerMTA, which gives a category",
        dsn(
            "Final-Recipient: rfc822;anna@example.org\nAction: failed\nStatus: 5.0.0 (undefined status)\n"
            "X-PowerMTA-BounceCategory: bad-mailbox"
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "Google Groups, in a language that we cannot read",
        (
            b"Return-Path: <>\nFrom: mailer-daemon@googlemail.com\nTo: b+x@bounces.huila.example\n"
            b"X-Failed-Recipients: choir@googlegroups.com\nSubject: Delivery Status Notification (Failure)\n\n"
            b"Ei pysty. https://groups.google.com/support/\n\n----- Original message -----\n\nSubject: Coffee\n"
        ),
        [("choir@googlegroups.com", "policy")],
    ),
    (
        "a mailing list that takes members' mail only",
        notice(
            "You are not a member of this mailing list <choir@example.org>.\nSend a mail to choir-ctl@example.org\n",
            subject="You b+x@bounces.huila.example are not member (choir ML)",
            sender="choir-admin@example.org",
        ),
        [("choir@example.org", "policy")],
    ),
    (
        "IMail",
        notice(
            "User mailbox exceeds allowed size: anna@example.org\n\nOriginal message follows.\n\n"
            + ORIGINAL.format(to="anna@example.org"),
            subject="Undeliverable Mail",
            sender="Postmaster <postmaster@example.org>",
        ),
        [("anna@example.org", "mailbox-full")],
    ),
    (
        "X-Failed-Recipients alone",
        b"X-Failed-Recipients: anna@example.org\nFrom: daemon@example.org\nSubject: x\n\n550 5.1.1 No such user\n",
        [("anna@example.org", "hard")],
    ),
    (
        "a report in the RFC's form",
        dsn(
            "Final-Recipient: rfc822; Anna@Example.org\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 <anna@example.org>... User unknown"
        ),
        [("anna@example.org", "hard")],
    ),
    (
        "sendmail's status gives way to what the server said",
        dsn(
            "Final-Recipient: RFC822; anna@example.org\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: SMTP; 550 5.7.1 IP address blacklisted by recipient"
        ),
        [("anna@example.org", "block")],
    ),
    (
        "a delay is never a loss",
        dsn(
            "Final-Recipient: rfc822; anna@example.org\nAction: delayed\nStatus: 4.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 User unknown"
        ),
        [("anna@example.org", "soft")],
    ),
    (
        "a confirmation of delivery",
        dsn("Final-Recipient: rfc822; anna@example.org\nAction: delivered\nStatus: 2.0.0"),
        [("anna@example.org", "delivered")],
    ),
    (
        "the address that we wrote to, not the one behind it",
        dsn(
            "Original-Recipient: rfc822;anna@example.org\nFinal-Recipient: rfc822;anna@inside.example.org\n"
            "Action: failed\nStatus: 5.2.2"
        ),
        [("anna@example.org", "mailbox-full")],
    ),
    (
        "no usable recipient but in the mail that comes back",
        dsn("Final-Recipient: x-local; /var/mail/anna\nAction: failed\nStatus: 5.3.0"),
        [("anna@example.org", "soft")],
    ),
    (
        "fields without a blank line between people, a reply pasted without folding",
        dsn(
            "Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.0.0\n"
            "Diagnostic-Code: smtp; 550-Sorry,\n"
            "550 there is no such user here\nFinal-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.2.2"
        ),
        [("anna@example.org", "hard"), ("bob@example.org", "mailbox-full")],
    ),
    (
        "Amazon SES by mail",
        (
            b"From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n"
            b'{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General",'
            b'"bouncedRecipients":[{"emailAddress":"anna@example.org","status":"5.1.1","diagnosticCode":'
            b'"smtp; 550 5.1.1 user unknown"}]}}\n--\nIf you wish to stop\n'
        ),
        [("anna@example.org", "hard")],
    ),
    ("out of office", answer("Out of office: Coffee"), [("anna@example.org", "auto-reply")]),
    ("RFC 3834", answer("Coffee", Auto_Submitted="auto-replied"), [("anna@example.org", "auto-reply")]),
    ("German vacation", answer("Automatische Antwort: Coffee"), [("anna@example.org", "auto-reply")]),
    ("Japanese absence", answer("不在通知"), [("anna@example.org", "auto-reply")]),
    ("a vacation, by a machine", answer("Urlaub", Precedence="bulk"), [("anna@example.org", "auto-reply")]),
    ("a vacation, by a shop", answer("Holiday sale"), []),
    ("a person", answer("Re: Coffee"), []),
    ("an advertisement", notice("Buy now <a@b.example>", subject="Hello", sender="x@y.example"), []),
]
