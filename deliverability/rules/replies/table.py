"""What servers' replies mean, as data: a row has a name that never changes, patterns, a source and a sample reply.

Sources: Google's, Yahoo's, Microsoft's and Apple's published SMTP errors (November 2026), RFC 3463, RFC 5321 4.2,
RFC 7505, and the words that mail servers are known to use.
"""

from deliverability.rules.replies.about_recipient import RECIPIENT_RULES
from deliverability.rules.replies.about_sender import SENDER_RULES

# The order matters: what speaks of us comes before what speaks of the recipient, because servers put "mailbox
# unavailable" in front of nearly anything.
REPLY_RULES = (*SENDER_RULES, *RECIPIENT_RULES)
CATCH_ALL = frozenset({"unknown-later", "unknown-final"})
