"""The audience as the team sees it: contacts, lists and imports."""
