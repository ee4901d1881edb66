"""Reads the sunset policy, whom it concerns and what it has done."""
