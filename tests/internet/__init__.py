"""A simulated internet: mail servers on loopback with the tempers of the big mailbox providers."""
