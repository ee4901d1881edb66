"""A mailbox server for trials: speaks SMTP as the world does, and shows in the browser what arrived."""
