"""Every setting, command, endpoint, exit code and error of the server is documented, with its true default."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel, SecretStr
from starlette.testclient import TestClient
from support.process import ROOT

from api.app import create_app
from rag.cli.app import app as commands
from rag.settings import Settings


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def variables(model: type[BaseModel], prefix: str = "RAG_") -> dict[str, object]:
    """Each setting as the variable that sets it, with its default."""
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        if isinstance(default, BaseModel):
            found |= variables(type(default), f"{prefix}{name.upper()}__")
        else:
            found[f"{prefix}{name.upper()}"] = default
    return found


def documented() -> dict[str, str]:
    return dict(re.findall(r"^\| `(RAG_\w+)` \| (.*?) \|", page("settings.md"), re.MULTILINE))


def test_every_setting_is_documented_and_no_other():
    assert set(documented()) == set(variables(Settings))


def plain(value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value in ("", ()):
        return "[]" if value == () else "empty"
    if isinstance(value, float):
        value = f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", sorted(set(variables(Settings)) - {"RAG_MODEL_CACHE"}))
def test_the_documented_default_is_the_true_one(name):
    assert documented()[name].strip("`") == plain(variables(Settings)[name])


def test_every_command_is_documented():
    missing = [c.name for c in commands.registered_commands if f"`rag {c.name}" not in page("cli.md")]
    assert missing == []


def test_every_endpoint_is_documented(tmp_path):
    with TestClient(create_app(Settings(index=tmp_path), lambda: None), base_url="http://127.0.0.1") as client:
        paths = client.get("/openapi.json").json()["paths"]
    text = page("http.md").replace("{id}", "{trial_id}")
    assert [path for path in paths if path not in text and path != "/v1/models/{name}"] == []


def test_recipes_are_of_five_lines_at_most():
    recipes = re.findall(r"^```\w+\n(.*?)^```", page("http.md").partition("## Recipes")[2], re.MULTILINE | re.DOTALL)
    assert len(recipes) == 6 and all(len(recipe.strip().splitlines()) <= 5 for recipe in recipes)
