"""Options that several commands share, and the settings they lead to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.settings import Settings

IndexDir = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="The index folder (default: index/).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
TrialIds = Annotated[
    list[str] | None, typer.Option("--trial", metavar="ID", help="Only this trial; give it again for more.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 10 when the answer is an abstention.")]
Mode = Annotated[
    str | None,
    typer.Option("--mode", metavar="extractive|llm", help="Who words the answer (default: llm if one is set)."),
]


def settings_for(index: Path | None = None) -> Settings:
    """The settings of the environment and rag.toml, with the index folder of the call. UsageError for wrong ones."""
    from pydantic import ValidationError  # noqa: PLC0415 - `rag --help` loads no settings
    from pydantic_settings import SettingsError  # noqa: PLC0415

    from rag.errors import UsageError  # noqa: PLC0415
    from rag.settings import Settings  # noqa: PLC0415

    try:
        return Settings() if index is None else Settings(index=index)
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False)[0]
        name = "RAG_" + "__".join(str(part) for part in first["loc"]).upper()
        raise UsageError(
            f"the setting {name} is wrong: {first['msg']}", remedy="see docs/settings.md; mend the variable or rag.toml"
        ) from exc
    except (SettingsError, ValueError) as exc:
        raise UsageError(f"the settings cannot be read: {exc}", remedy="mend the RAG_* variable or rag.toml") from exc


def open_assistant(settings: Settings) -> Assistant:
    from rag.assistant import Assistant  # noqa: PLC0415

    return Assistant.open(settings)


def text_from(argument: str) -> str:
    """The argument itself, or all of stdin for '-'."""
    return sys.stdin.read() if argument == "-" else argument
