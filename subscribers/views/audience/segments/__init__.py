"""Segments as the team sees them: the list, one of them, the builder, and how they overlap."""
