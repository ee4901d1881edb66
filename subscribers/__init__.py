"""Who, with whose permission: contacts, lists, subscriptions, the consent ledger, sign-up, preferences, imports."""
