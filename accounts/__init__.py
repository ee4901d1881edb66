"""Who may do what: the team, the organisation, and the keys that protect credentials."""
