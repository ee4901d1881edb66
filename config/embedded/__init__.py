"""Real PostgreSQL and Valkey from PyPI wheels, for machines where nobody has set up others."""

from config.embedded.lifetime import ensure

__all__ = ["ensure"]
