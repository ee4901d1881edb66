"""What mail that comes back says: bounces in every form, complaints, and answers that machines give."""

from deliverability.rules.bounces.judging import class_of
from deliverability.rules.bounces.reading import read_bounce
from deliverability.rules.bounces.types import BounceClass, Finding

__all__ = ["BounceClass", "Finding", "class_of", "read_bounce"]
