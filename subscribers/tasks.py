"""Background work on contacts: ids in, one service call."""
