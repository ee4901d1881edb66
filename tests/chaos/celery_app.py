"""The real Celery app, with the chaos composer registered as an app above the engine would register its own."""

from config.celery import app
from deliverability.services.composers import register_composer
from tests.chaos.worker import ChaosComposer

register_composer("chaos", ChaosComposer())

__all__ = ["app"]
