"""The cache on Redis, which may be away: what is only counted or remembered there breaks no page."""

from collections.abc import Callable
from functools import cached_property
from time import monotonic
from typing import Any, ClassVar

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)

# For so many seconds nobody waits for a Redis that did not answer.
PAUSE = 5.0


def _forgiving(name: str, otherwise: Any) -> Callable[..., Any]:
    """A method of the cache that answers `otherwise` while Redis is away."""

    def method(self: "ForgivingCache", *args: Any, **kwargs: Any) -> Any:
        return self.ask(name, otherwise, *args, **kwargs)

    return method


class KeptClient(RedisCacheClient):
    """Keeps redis-py's client: Django makes one for each command, which takes longer than the command."""

    @cached_property
    def kept(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self.kept


class ForgivingCache(RedisCache):
    """While Redis is away nothing is found, nothing is kept, and each counter counts one."""

    _away_until: ClassVar[float] = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def ask(self, name: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        if monotonic() < ForgivingCache._away_until:
            return otherwise
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            ForgivingCache._away_until = monotonic() + PAUSE
            logger.error("cache_away", error=f"{type(error).__name__}: {error}")
            return otherwise

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self.ask("get", default, key, default, version)

    add = _forgiving("add", True)
    set = _forgiving("set", None)
    touch = _forgiving("touch", False)
    delete = _forgiving("delete", False)
    has_key = _forgiving("has_key", False)
    incr = _forgiving("incr", 1)
    set_many = _forgiving("set_many", [])
    delete_many = _forgiving("delete_many", None)
    clear = _forgiving("clear", None)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return dict(self.ask("get_many", {}, keys, version))
