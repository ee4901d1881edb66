"""The rules of the content checks as data: how loud each is, and why it matters."""

from dataclasses import dataclass

from templates_app.rules.lint.findings import Finding, Severity

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741  the column heads of the table


@dataclass(frozen=True, slots=True)
class Rule:
    """`why` is for the person who decides whether to mind it."""

    severity: Severity
    why: str


RULES = {
    "alt-missing": Rule(E, "Screen readers read out the file's name, and whoever blocks images sees nothing."),
    "lang-missing": Rule(E, "A screen reader then reads the mail with the sounds of the reader's own language."),
    "dir-missing": Rule(W, "Right-to-left programs turn the mail's lines round (WCAG 1.3.2)."),
    "table-role-missing": Rule(W, "Screen readers announce rows and columns of tables that only arrange things."),
    "title-missing": Rule(W, "Browsers and some screen readers announce the mail by its title."),
    "contrast": Rule(E, "WCAG 1.4.3 asks for 4.5 to 1, and 3 to 1 for large text."),
    "small-text": Rule(W, "Below 14 px many people have to zoom, on phones above all."),
    "small-target": Rule(W, "A finger needs 44 px."),
    "heading-order": Rule(W, "People who jump from heading to heading miss what was skipped."),
    "vague-link": Rule(W, "Links are read out without what stands around them."),
    "image-only": Rule(E, "Nobody who blocks images can read it, and filters take it for spam."),
    "all-caps": Rule(I, "Capitals are slow to read, and some screen readers spell them."),
    "justified-text": Rule(I, "Uneven gaps make justified lines hard to read, for people with dyslexia most."),
    "clipped": Rule(E, "Gmail cuts a mail at 102 KB: what follows, the unsubscribe link too, is hidden."),
    "nearly-clipped": Rule(W, "Gmail cuts a mail at 102 KB, and tracking and encoding add to it."),
    "viewport-missing": Rule(I, "Phones then show the mail in the width of a desktop."),
    "color-scheme-missing": Rule(W, "Without it programs invert the colours of a mail as they like in dark mode."),
    "outlook-background": Rule(W, "Outlook on Windows shows no background image without VML."),
    "outlook-width": Rule(W, "Outlook on Windows ignores the width of a div and lets it run over the whole window."),
    "image-size-missing": Rule(I, "The text jumps while images load, and Outlook shows them in their full size."),
    "base64-image": Rule(W, "Gmail and Outlook do not show it, and it counts towards the 102 KB."),
    "forbidden-element": Rule(E, "Mail programs remove it, and filters take it for an attack."),
    "preheader-missing": Rule(W, "The inbox shows the first words of the mail instead, such as “View in browser”."),
    "preheader-length": Rule(W, "Inboxes show 40 to 130 characters."),
    "subject-missing": Rule(E, "A mail without a subject is taken for spam."),
    "subject-long": Rule(I, "Phones show about 40 characters of a subject, desktops about 60."),
    "merge-tag-broken": Rule(E, "People would read the tag itself."),
    "merge-tag-foreign": Rule(E, "It is written as another product wants it, so people would read the tag itself."),
    "merge-tag-fallback": Rule(E, "Whoever lacks the value would read a gap."),
    "text-missing": Rule(E, "Watches, screen readers and filters read the plain text."),
    "text-diverges": Rule(E, "Filters compare the two parts; a text that says something else is a trick of spammers."),
    "unsubscribe-missing": Rule(
        E, "The law (CAN-SPAM, GDPR, CASL) and the mailbox providers ask for a visible way out."
    ),
    "address-missing": Rule(E, "CAN-SPAM and CASL ask for the sender's postal address."),
    "http-link": Rule(W, "Browsers warn of it, and whoever sits between can change what it shows."),
    "link-shortener": Rule(E, "Shorteners hide the target, so blocklists hold them."),
    "link-mismatch": Rule(E, "A text that names another address than the link opens is how phishing works."),
    "link-empty": Rule(E, "It leads nowhere."),
    "link-local": Rule(E, "It works on your machine and nobody else's."),
    "fake-reply": Rule(E, "“Re:” on a mail that answers nothing deceives (CAN-SPAM), and filters know it."),
    "subject-shouting": Rule(W, "Capitals and exclamation marks are what filters and people know spam by."),
    "sender-name": Rule(W, "Gmail distrusts names that imitate badges, subjects or the reader."),
    "sender-freemail": Rule(E, "DMARC of free mailboxes refuses mail that others send in their name."),
    "sender-no-reply": Rule(W, "Replies are the best sign of wanted mail, and some people unsubscribe by them."),
    "hidden-text": Rule(W, "Filters take text that only they can see for a trick."),
    "few-words": Rule(I, "Mail that is mostly images looks empty where images are blocked, and like spam to filters."),
    "unsupported": Rule(W, "Some readers will see the mail without it."),
    "partly-supported": Rule(I, "Some readers will see it differently."),
    "not-compiled": Rule(E, "What does not compile cannot be sent."),
    "empty-mail": Rule(E, "There is nothing in it to read."),
}


def finding(rule: str, message: str, *, line: int | None = None, selector: str = "") -> Finding:
    """What a check found; the severity is the rule's."""
    return Finding(id=rule, severity=RULES[rule].severity, message=message, line=line, selector=selector)
