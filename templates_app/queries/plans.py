"""Merge plans of stored versions, kept by each process."""

from functools import lru_cache

from templates_app.models import TemplateVersion
from templates_app.rules.merge.plan import MergePlan

__all__ = ["MergePlan", "merge_plan"]


# A version never changes, so a plan never goes stale; a worker sends few versions at a time.
@lru_cache(maxsize=32)
def merge_plan(version_id: int) -> MergePlan:
    """The plan of a version, made when a process first asks. Raises TemplateVersion.DoesNotExist."""
    version = TemplateVersion.objects.get(id=version_id)
    return MergePlan(
        subject=version.subject,
        html=version.html,
        text=version.text,
        targets=version.links,
        key=version.fingerprint,
    )
