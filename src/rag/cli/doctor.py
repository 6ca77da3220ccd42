"""`rag doctor`: the checks of the installation and the index, and whether the language model answers."""

from __future__ import annotations

from rag.inspection import Check
from rag.inspection import doctor as installation
from rag.settings import Settings

_EXIT_CODES = {"index": 3, "corpus": 3, "language model": 5}  # everything else is 1


def examine(settings: Settings) -> tuple[Check, ...]:
    """All checks in a fixed order; none of them raises for what it finds, and none builds or downloads anything."""
    return (*installation(settings), _language_model(settings))


def exit_code(checks: tuple[Check, ...]) -> int:
    """0 when all is well, else that of the first check that failed."""
    return next((_EXIT_CODES.get(check.name, 1) for check in checks if not check.ok), 0)


def _language_model(settings: Settings) -> Check:
    name = "language model"
    if not settings.llm.base_url:
        return Check(name, True, "off: answers are extractive")
    import httpx  # noqa: PLC0415

    key = settings.llm.api_key.get_secret_value()
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        reply = httpx.get(f"{settings.llm.base_url.rstrip('/')}/models", headers=headers, timeout=5, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        message = f"{settings.llm.base_url} does not answer ({type(exc).__name__})"
        return Check(name, False, message, "start it, or unset RAG_LLM__BASE_URL")
    message = f"{settings.llm.base_url} answers with {reply.status_code}"
    return Check(name, reply.status_code == 200, message, "check RAG_LLM__BASE_URL and RAG_LLM__API_KEY")
