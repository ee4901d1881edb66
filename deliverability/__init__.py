"""How, and what happened: streams, providers, outbox, throttle, tracking, suppression, events."""
