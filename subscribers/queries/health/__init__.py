"""Counts how lists fare for the daily roll-up, and reads the roll-up for screens."""
