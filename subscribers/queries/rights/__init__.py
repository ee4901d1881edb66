"""What we hold of people, for how long, and what they asked about it."""
