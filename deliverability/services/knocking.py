"""Knocks at providers that are left alone, so that they are found well again without risking anybody's mail."""

from django.utils import timezone
from redis.exceptions import RedisError

from accounts.errors import SecretUnreadable
from deliverability import conf
from deliverability.errors import DeliverabilityError
from deliverability.models import Provider, ProviderChange, Stream
from deliverability.queries.health import health_key, healths, providers_out
from deliverability.rules.health import Standing
from deliverability.services.direct import knock
from deliverability.services.health import answered, forget, hear_of
from deliverability.types import Reply

# Longer than any knock lasts.
_LOCK_SECONDS = 30


def knock_where_due() -> int:
    """Try every provider whose pause is over, one after the other. Returns at how many it knocked."""
    now = timezone.now()
    due = [pk for pk, health in healths(providers_out()).items() if health.is_due(now)]
    return sum(_knock(provider) for provider in Provider.objects.filter(pk__in=due) if _is_mine(provider.pk))


def settle_forgotten() -> None:
    """Where Redis has lost what it knew, providers are used as before: say so, lest an alert stay for ever."""
    newest = ProviderChange.objects.order_by("provider", "-at", "-id").distinct("provider")
    for change in newest:
        try:
            if change.standing != Standing.WORKS and not conf.redis_client().exists(health_key(change.provider_id)):
                forget(provider_id=change.provider_id)
        except RedisError:
            return


def _knock(provider: Provider) -> bool:
    stream = Stream.objects.filter(provider=provider).first() or Stream.objects.first()
    if stream is None:
        return False
    try:
        trouble = knock(provider=provider, address=stream.from_email)
    except (SecretUnreadable, DeliverabilityError) as error:
        trouble = Reply(0, str(error))
    if trouble is None:
        answered(provider_id=provider.pk)
    else:
        hear_of(provider_id=provider.pk, failures=1, why=trouble.text)
    conf.redis_client().delete(_lock(provider.pk))
    return True


def _is_mine(provider_id: int) -> bool:
    """One worker at a time."""
    return bool(conf.redis_client().set(_lock(provider_id), 1, nx=True, ex=_LOCK_SECONDS))


def _lock(provider_id: int) -> str:
    return f"sendwell:provider:{provider_id}:knock"
