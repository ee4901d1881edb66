"""Who of those meant for a mail may get it, when, and what is known of them as it is written."""
