"""Settings of the test suite: the real ones, on embedded services of its own."""

import os
import secrets

os.environ.setdefault("SENDWELL_DATA", ".data/test")
# Tests empty Redis and count what they wrote: each of several runners has servers of its own, and not those that its
# parent started and named in the environment.
if runner := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["SENDWELL_DATA"] = os.path.join(os.environ["SENDWELL_DATA"], runner)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
os.environ.setdefault("SENDWELL_FSYNC", "off")
os.environ.setdefault("SENDWELL_SECRET_KEY", "a key for tests alone")

from config import embedded

embedded.ensure()

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# WhiteNoise warns of a folder that only collectstatic makes.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
# Redis outlives a run while ids begin anew: what an earlier run kept must not speak of this one's rows.
CACHES["default"]["KEY_PREFIX"] = secrets.token_hex(4)  # noqa: F405
