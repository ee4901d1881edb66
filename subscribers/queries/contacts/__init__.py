"""People as the team looks at them: lists, filters, profiles, and what merge tags read."""
