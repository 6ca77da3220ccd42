"""Bearer keys: the settings hold SHA-256 hashes, never a key; every hash is compared, in constant time."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Sequence

from rag.errors import UsageError
from rag.settings import ServerSettings

_HASH = re.compile(r"[0-9a-f]{64}")


def key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def caller_of(authorization: str, hashes: Sequence[str]) -> str | None:
    """A short name for the caller whose key stands in the header, None when no hash fits it."""
    scheme, _, key = authorization.partition(" ")
    given = key_hash(key.strip()) if scheme.casefold() == "bearer" else ""
    fitting = [known for known in hashes if hmac.compare_digest(known, given)]
    return f"key-{fitting[0][:8]}" if fitting else None


def check_hashes(hashes: Sequence[str]) -> None:
    """UsageError for a hash that is not the SHA-256 of a key in lower-case hexadecimal: a key itself, say."""
    if not all(_HASH.fullmatch(known) for known in hashes):
        raise UsageError(
            "RAG_SERVER__API_KEY_HASHES holds something that is not a SHA-256 in hexadecimal",
            remedy="make one with: printf %s YOUR-KEY | sha256sum",
        )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_bind(host: str, settings: ServerSettings) -> None:
    """UsageError when `host` can be reached from elsewhere and no key is set."""
    check_hashes(settings.api_key_hashes)
    if not is_loopback(host) and not settings.api_key_hashes:
        raise UsageError(
            f"{host} can be reached from other machines and no bearer key is set",
            remedy="set RAG_SERVER__API_KEY_HASHES (printf %s YOUR-KEY | sha256sum), or keep --host 127.0.0.1",
        )
