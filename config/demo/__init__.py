"""A trial of Sendwell on one machine: an invented roastery, its readers, and one real campaign."""
