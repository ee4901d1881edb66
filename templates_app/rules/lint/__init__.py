"""Content checks: what a mail's HTML does that some reader's program, a person or a filter will not forgive."""
