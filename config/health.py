"""Tells load balancers and container engines whether this web process can do its work."""

import logging

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

TIMEOUT_SECONDS = 2
_log = logging.getLogger(__name__)


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when database and Redis answer, else 503; says which, and no more: anybody may ask."""
    answers = {"database": _database_answers(), "redis": _redis_answers()}
    words = {name: "ok" if answers[name] else "unreachable" for name in answers}
    return JsonResponse(words, status=200 if all(answers.values()) else 503, headers={"Cache-Control": "no-store"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        _log.error("The database does not answer: %s", error)
        return False
    return True


def _redis_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS
    )
    try:
        with client:
            client.ping()
    except redis.RedisError as error:
        _log.error("Redis does not answer: %s", error)
        return False
    return True
