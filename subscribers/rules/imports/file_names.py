"""What the name of a file or sheet says of the people in it: products export those who left as a file of their own."""

from subscribers.rules.imports.headers import pattern_of, words_of

# The column that a name becomes; a status column by its own header.
COLUMN = "List status by file name"

_STANDINGS = tuple(
    (standing, pattern_of(expression))
    for standing, expression in (
        ("non-subscribed", r"\bnon ?subscribed|\btransactional|\bunconfirmed|\bpending|\bnot confirmed|unbestatigt"),
        ("complained", r"complain|spam reports?|\bspam\b"),
        ("bounced", r"\bcleaned|\bbounce|\binvalid emails?|\bundeliver"),
        (
            "unsubscribed",
            (
                r"\bunsub|\bopt(ed)? ?outs?\b|\bsuppress|block ?list|black ?list|\bdo not (e ?mail|contact)|\bdnc\b"
                r"|\bcancel+ed subscri|abgemeldet|abmeldungen|desinscri|desabonne|\bbajas\b|disiscritti|afgemeld"
                r"|uitgeschreven"
            ),
        ),
    )
)
# Records of single mails and sales, in which the same people stand as of some other day.
_LOG = pattern_of(
    r"\b(opens?|opened|clicks?|clicked|delivers?|delivered|deliveries|sends?|sent|granular|activity|activities|events?"
    r"|posts?|campaigns?|orders?|invoices?|payments?|comments?|templates?|reports?|automations?)\b"
)


def standing_by_name(name: str) -> str:
    """A status in words that a row's own status column could hold; empty where the name tells nothing."""
    words = words_of(name)
    return next((standing for standing, pattern in _STANDINGS if pattern.search(words)), "")


def is_log(name: str) -> bool:
    return bool(_LOG.search(words_of(name)))
