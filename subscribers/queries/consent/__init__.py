"""What people said of being written to and tracked, and what the team makes of it."""
