"""Leaves a provider that fails and takes it back step by step; every change is a row with its reason."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import Alert, Provider, ProviderChange
from deliverability.queries.health import OUT_KEY, health_key
from deliverability.rules import health as rules
from deliverability.rules.health import Standing
from deliverability.services import alerts

logger = logging.getLogger(__name__)

# Given the callers' time, since a pause must end for the database and for Redis at one moment; a second between the
# clocks of two hosts does no harm here. Returns the standing that was entered, and the pause in ms if it is `out`.
_JUDGE = """
local now, heard, failures, is_final = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local why, most, window = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local first, longest, memory = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local stage, enough, member = tonumber(ARGV[11]), tonumber(ARGV[12]), ARGV[13]
local kept = redis.call('HMGET', KEYS[1], 'standing', 'until', 'since', 'outs', 'out_at', 'heard', 'failures',
    'failed_at')
local standing = kept[1] or 'works'
local is_trying = standing == 'trial' or (standing == 'out' and tonumber(kept[2]) <= now)
if standing == 'out' and not is_trying then return {'', 0} end

local function enter(name, values)
    redis.call('HSET', KEYS[1], 'standing', name, 'since', now, 'heard', 0, 'failures', 0, unpack(values))
    redis.call('EXPIRE', KEYS[1], 30 * 86400)
    if name == 'out' then redis.call('SADD', KEYS[2], member) else redis.call('SREM', KEYS[2], member) end
end

-- However much went well before: what counts is whether it goes on.
local is_bad = failures > 0 and failures >= heard
local in_a_row = is_bad and failures or 0
if is_bad and now - tonumber(kept[8] or '0') < window then in_a_row = failures + tonumber(kept[7] or '0') end
heard = heard + tonumber(kept[6] or '0')
if is_final or in_a_row >= most or (is_bad and standing ~= 'works') then
    local outs = 0
    if kept[5] and now - tonumber(kept[5]) < memory + longest then outs = tonumber(kept[4]) end
    local pause = math.min(first * 2 ^ math.min(outs, 30), longest)
    enter('out', {'until', string.format('%.0f', now + pause), 'outs', outs + 1, 'out_at', now, 'why', why})
    return {'out', pause}
end
redis.call('HSET', KEYS[1], 'heard', heard)
if is_bad then
    redis.call('HSET', KEYS[1], 'failures', in_a_row, 'failed_at', now)
elseif kept[7] and kept[7] ~= '0' then
    redis.call('HSET', KEYS[1], 'failures', 0)
end
redis.call('EXPIRE', KEYS[1], 30 * 86400)
local following = {trial = 'tenth', out = 'tenth', tenth = 'half', half = 'works'}
local is_time = heard >= enough and now - tonumber(kept[3] or '0') >= stage
if standing ~= 'works' and heard > 0 and (is_trying or is_time) then
    enter(following[standing], {})
    return {following[standing], 0}
end
return {'', 0}
"""
_KNOCKED = """
if redis.call('HGET', KEYS[1], 'standing') ~= 'out' then return 0 end
redis.call('HSET', KEYS[1], 'standing', 'trial', 'since', ARGV[1], 'heard', 0, 'failures', 0)
redis.call('SREM', KEYS[2], ARGV[2])
return 1
"""
_WORDS = {
    Standing.TRIAL: "It answers again, so a few mails try it.",
    Standing.TENTH: "It took mail again, so a tenth of its part goes through it.",
    Standing.HALF: "All went well, so half of its part goes through it.",
    Standing.WORKS: "All went well, so its whole part goes through it again.",
}


def hear_of(
    *, provider_id: int, heard: int = 0, failures: int = 0, is_final: bool = False, why: str = ""
) -> Standing | None:
    """Add what one worker met: answers, and failures of the provider itself, the last of them in words.

    Returns the standing that this brought about, None where nothing changes. Without Redis nothing is learned.
    """
    scale = conf.retry_scale()
    arguments = [
        _ms(timezone.now()),
        heard,
        failures,
        int(is_final),
        why,
        rules.FAILURES,
        _span(rules.WINDOW),
        _span(rules.FIRST_PAUSE * scale),
        _span(rules.LONGEST_PAUSE * scale),
        _span(rules.MEMORY * scale),
        _span(rules.STAGE * scale),
        rules.STAGE_MESSAGES,
        provider_id,
    ]
    try:
        entered, pause = _run(_JUDGE, provider_id, arguments)
    except RedisError:
        return None
    if not entered:
        return None
    standing = Standing(entered.decode())
    _write(provider_id, standing, _words_of(standing, why, timedelta(milliseconds=pause)))
    return standing


def answered(*, provider_id: int) -> None:
    """It opened its door to a knock: a few mails may try it. Raises RedisError."""
    if _run(_KNOCKED, provider_id, [_ms(timezone.now()), provider_id]):
        _write(provider_id, Standing.TRIAL, _WORDS[Standing.TRIAL])


def forget(*, provider_id: int) -> None:
    """What was known of it is lost, so it is used as if it were well."""
    _write(
        provider_id, Standing.WORKS, "What was known of it is lost with Redis, so its whole part goes through it again."
    )


def _words_of(standing: Standing, why: str, pause: timedelta) -> str:
    if standing != Standing.OUT:
        return _WORDS[standing]
    seconds = round(pause.total_seconds())
    wait = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
    return f"{why.rstrip('.')}. It is left alone and tried again after {wait}."


def _write(provider_id: int, standing: Standing, why: str) -> None:
    provider = Provider.objects.filter(pk=provider_id).first()
    if provider is None:
        return
    ProviderChange.objects.create(provider=provider, at=timezone.now(), standing=standing.value, why=why)
    logger.warning("Provider %s: %s %s", provider.name, standing, why)
    key = f"provider:{provider_id}"
    if standing == Standing.OUT:
        text = (
            f"{why} Streams with another way out go on through that; where there is none, mail waits and nothing is "
            "lost. Send yourself a mail from the provider's page to see what it says."
        )
        title = f"{provider.name} does not take mail"
        alerts.report(key=key, severity=Alert.Severity.CRITICAL, title=title, text=text)
    elif standing == Standing.WORKS:
        alerts.resolve(key=key)


def _run(script: str, provider_id: int, arguments: list[Any]) -> Any:
    keys = [health_key(provider_id), OUT_KEY]
    return conf.redis_client().register_script(script)(keys=keys, args=arguments)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _span(span: timedelta) -> int:
    return max(1, int(span.total_seconds() * 1000))
