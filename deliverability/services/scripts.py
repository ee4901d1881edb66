"""What Redis decides in one round trip, by its own clock, so that workers whose clocks differ agree."""

# Slots are members "holder/serial/count" with their expiry as the score, once for the stream's lane and once for the
# way out that all streams share. `share` keeps one drain from taking every connection while its siblings idle; `room`
# is left by bulk mail where transactional mail goes the same way. A day's and an hour's count begin anew by themselves.
# Returns {messages, connections, wait in ms, cause, words of the other side, hour in which was counted}.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hour = math.floor(time[1] / 3600)
local day = math.floor(hour / 24)
local holder, serial = ARGV[1], ARGV[2]
local messages, connections = tonumber(ARGV[3]), tonumber(ARGV[4])
local slot_ms, chunk_ms, room = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local lane = {bucket = KEYS[1], slots = KEYS[2], counts = KEYS[3], name = 'lane ', room = 0,
    rate = tonumber(ARGV[8]), burst = tonumber(ARGV[9]), limit = tonumber(ARGV[10]),
    per_hour = tonumber(ARGV[11]), per_day = tonumber(ARGV[12])}
local way = {bucket = KEYS[4], slots = KEYS[5], counts = KEYS[6], name = '', room = room,
    rate = tonumber(ARGV[13]), limit = tonumber(ARGV[14]),
    per_hour = tonumber(ARGV[15]), per_day = tonumber(ARGV[16])}

local pace = redis.call('HMGET', KEYS[7], 'known', 'quiet_until', 'quiet_reply', 'rate', 'connections',
    'limited_until', 'limited_rate', 'limited_connections', 'found_until', 'settles_at', 'pauses_until')
if not pace[1] then return {0, 0, 0, 'pace', '', 0} end
if pace[2] and tonumber(pace[2]) > now then return {0, 0, pace[2] - now, 'quiet', pace[3] or '', 0} end
if connections > 0 and pace[10] and tonumber(pace[10]) > now then
    return {0, 0, pace[10] - now, 'connections', '', 0}
end
local function at_most(name, value)
    value = tonumber(value or '')
    if value and (way[name] < 0 or value < way[name]) then way[name] = value end
end
if pace[9] and tonumber(pace[9]) > now then
    at_most('rate', pace[4])
    at_most('limit', pace[5])
end
if pace[6] and tonumber(pace[6]) > now then
    at_most('rate', pace[7])
    at_most('limit', pace[8])
end
if pace[11] and tonumber(pace[11]) > now then
    return {0, 0, pace[11] - now, 'rate', tostring(math.max(way.rate, 0)), 0}
end
-- A third of a second's worth, so that the mailbox provider sees the rate and not bursts.
way.burst = math.max(1, way.rate / 3)

for _, level in ipairs({lane, way}) do
    if connections > 0 then
        redis.call('ZREMRANGEBYSCORE', level.slots, '-inf', now)
        local all, mine = 0, 0
        for _, member in ipairs(redis.call('ZRANGE', level.slots, 0, -1)) do
            local who, count = string.match(member, '^(.*)/%d+/(%d+)$')
            all = all + count
            if who == holder then mine = mine + count end
        end
        local limit = level.limit
        if limit > 1 then limit = limit - level.room end
        local drains = math.max(1, redis.call('ZCOUNT', KEYS[8], now, '+inf'))
        connections = math.min(connections, limit - all, math.ceil(limit / drains) - mine)
        if connections <= 0 then return {0, 0, 0, level.name .. 'connections', '', 0} end
    end
    if level.per_hour >= 0 or level.per_day >= 0 then
        local counts = redis.call('HMGET', level.counts, 'day', 'today', 'hour', 'this_hour', 'again_at')
        if not counts[1] or (counts[5] and tonumber(counts[5]) < now) then
            return {0, 0, 0, level.name .. 'counts', '', 0}
        end
        level.today, level.this_hour = 0, 0
        if tonumber(counts[1]) == day then level.today = tonumber(counts[2]) end
        if tonumber(counts[3]) == hour then level.this_hour = tonumber(counts[4]) end
        if level.per_day >= 0 then
            messages = math.min(messages, level.per_day - level.today)
            if messages < 1 then return {0, 0, (day + 1) * 86400000 - now, level.name .. 'day', '', 0} end
        end
        if level.per_hour >= 0 then
            messages = math.min(messages, level.per_hour - level.this_hour)
            if messages < 1 then return {0, 0, (hour + 1) * 3600000 - now, level.name .. 'hour', '', 0} end
        end
    end
    if level.rate > 0 then
        local bucket = redis.call('HMGET', level.bucket, 'tokens', 'at')
        level.tokens = level.burst
        if bucket[1] then
            level.tokens = math.min(level.burst, bucket[1] + (now - bucket[2]) * level.rate / 1000)
        end
        -- Where transactional mail goes the same way, bulk mail never takes the last fifth.
        local kept = 0
        if level.room > 0 and level.burst >= 2 then kept = level.burst / 5 end
        if level.tokens - kept < 1 then
            local missing = (1 + kept - level.tokens) * 1000 / level.rate
            local chunk = math.min(chunk_ms, (level.burst - kept) * 1000 / level.rate)
            return {0, 0, math.ceil(math.max(missing, chunk)), level.name .. 'rate', tostring(level.rate), 0}
        end
        messages = math.min(messages, math.floor(level.tokens - kept))
    end
end

local counted = 0
for _, level in ipairs({lane, way}) do
    if level.tokens then
        counted = hour
        redis.call('HSET', level.bucket, 'tokens', tostring(level.tokens - messages), 'at', now)
        redis.call('PEXPIRE', level.bucket, math.ceil(level.burst * 1000 / level.rate) + 60000)
    end
    if level.today then
        counted = hour
        redis.call('HSET', level.counts, 'day', day, 'today', level.today + messages, 'hour', hour,
            'this_hour', level.this_hour + messages)
        redis.call('EXPIRE', level.counts, 90000)
    end
    if connections > 0 then
        redis.call('ZADD', level.slots, now + slot_ms, holder .. '/' .. serial .. '/' .. connections)
        redis.call('PEXPIRE', level.slots, slot_ms)
    end
end
return {messages, connections, 0, '', '', counted}
"""
# What was counted in an hour or on a day that is over cannot be counted back.
GIVE_BACK = """
local messages, hour = tonumber(ARGV[1]), tonumber(ARGV[2])
for level = 0, 1 do
    local bucket, counts = KEYS[level * 2 + 1], KEYS[level * 2 + 2]
    if redis.call('EXISTS', bucket) == 1 then redis.call('HINCRBYFLOAT', bucket, 'tokens', messages) end
    local counted = redis.call('HMGET', counts, 'day', 'hour')
    if counted[1] and tonumber(counted[1]) == math.floor(hour / 24) then
        redis.call('HINCRBY', counts, 'today', -messages)
    end
    if counted[2] and tonumber(counted[2]) == hour then redis.call('HINCRBY', counts, 'this_hour', -messages) end
end
"""
RENEW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now + ARGV[1], ARGV[i + 1])
    redis.call('PEXPIRE', key, ARGV[1])
end
"""
# Whoever comes second finds the counts there and adds nothing. What was under way was counted as a whole, so then it is
# counted again a little later.
RESTORE_COUNTS = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hour = math.floor(time[1] / 3600)
local counts = redis.call('HMGET', KEYS[1], 'day', 'again_at')
if counts[1] and not (counts[2] and tonumber(counts[2]) < now) then return end
redis.call('HSET', KEYS[1], 'day', math.floor(hour / 24), 'today', ARGV[1], 'hour', hour, 'this_hour', ARGV[2])
if tonumber(ARGV[3]) > 0 then
    redis.call('HSET', KEYS[1], 'again_at', now + ARGV[4])
else
    redis.call('HDEL', KEYS[1], 'again_at')
end
redis.call('EXPIRE', KEYS[1], 90000)
"""
# Adds up what was answered and says whether it is time to act on it, to one caller alone: 'slower' or 'fewer' once
# enough was refused and the last cut has had time to show, 'better' after a good interval, or ''. What is still
# answered at the pace before a cut is not counted. Returns {step, number of cuts so far, accepted, refused, ms,
# connections in use, ms since the last cut, ms since crowded, rate, peak, connections, crowd}, the last four as found
# so far.
HEAR = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local accepted, refused, crowded = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local interval, settle, tolerated, least, before = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]),
    tonumber(ARGV[7]), tonumber(ARGV[8])
local heard = redis.call('HMGET', KEYS[1], 'started', 'accepted', 'refused', 'crowded', 'cut_at', 'crowded_at',
    'cuts')
local started = tonumber(heard[1] or now - before)
local cut_at, crowded_at = tonumber(heard[5] or 0), tonumber(heard[6] or 0)
local step, elapsed, used, since_cut = '', 0, 0, now - cut_at
if now - cut_at < settle then
    started, accepted, refused, crowded = now, 0, 0, 0
else
    accepted, refused, crowded = accepted + (heard[2] or 0), refused + (heard[3] or 0), crowded + (heard[4] or 0)
    elapsed = math.max(1, now - started)
    if refused >= least and refused > tolerated * (accepted + refused) then step = 'slower'
    elseif crowded > 0 then step = 'fewer'
    elseif elapsed >= interval then step = 'better' end
end
if step == 'fewer' then
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], now, '+inf')) do
        used = used + string.match(member, '/(%d+)$')
    end
    crowded_at = now
end
local cuts = tonumber(heard[7] or 0)
if step == 'slower' or step == 'fewer' then cut_at = now end
if step == 'slower' then
    cuts = redis.call('HINCRBY', KEYS[1], 'cuts', 1)
    redis.call('HSET', KEYS[3], 'pauses_until', now + settle)
end
if step == '' then
    redis.call('HSET', KEYS[1], 'started', started, 'accepted', accepted, 'refused', refused, 'crowded', crowded)
else
    redis.call('HSET', KEYS[1], 'started', now, 'accepted', 0, 'refused', 0, 'crowded', 0, 'cut_at', cut_at,
        'crowded_at', crowded_at)
end
redis.call('EXPIRE', KEYS[1], 86400)
local found = redis.call('HMGET', KEYS[3], 'rate', 'peak', 'connections', 'crowd', 'found_until')
if not found[5] or tonumber(found[5]) <= now then found = {} end
return {step, cuts, accepted, refused, elapsed, used, since_cut, now - crowded_at, found[1] or '', found[2] or '',
    found[3] or '', found[4] or ''}
"""
# Counts hits of a rule and, with enough of them, does what it says, once: not while the same or more holds already.
FIRE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hits, enough, window, lasting = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local count = redis.call('INCRBY', KEYS[1], hits)
if count == hits then redis.call('PEXPIRE', KEYS[1], window) end
if count < enough then return 0 end
redis.call('DEL', KEYS[1])
local name = ARGV[5]
local holds = redis.call('HGET', KEYS[2], name .. '_until')
if holds and tonumber(holds) >= now + lasting / 2 then return 0 end
redis.call('HSET', KEYS[2], 'known', 1, name .. '_until', now + lasting, name .. '_reply', ARGV[6])
if name == 'limited' then
    redis.call('HDEL', KEYS[2], 'limited_rate', 'limited_connections')
    if ARGV[7] ~= '' then redis.call('HSET', KEYS[2], 'limited_rate', ARGV[7]) end
    if ARGV[8] ~= '' then redis.call('HSET', KEYS[2], 'limited_connections', ARGV[8]) end
end
redis.call('HINCRBY', KEYS[3], 'cuts', 1)
return 1
"""
