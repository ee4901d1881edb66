"""The edge's process: uvicorn deliverability.edge.app:application --workers 2 --no-proxy-headers --no-access-log.

`--no-proxy-headers`, because the edge decides by SENDWELL_BEHIND_PROXY whose word on the client's address counts.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from deliverability import conf  # noqa: E402  models load only in a set-up Django
from deliverability.edge.group_commit import GroupCommit  # noqa: E402
from deliverability.edge.tracking import TrackingEdge  # noqa: E402

application = TrackingEdge(GroupCommit(conf.redis_url(), conf.HIT_SECONDS), behind_proxy=conf.behind_proxy())
