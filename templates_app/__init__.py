"""What: templates and immutable versions, MJML and Liquid, merge plans, the compliance footer."""
