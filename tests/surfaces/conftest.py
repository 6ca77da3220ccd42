from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from support.fake_assistant import FakeAssistant
from support.process import running

from api.app import create_app
from rag.settings import Settings


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def client(assistant: FakeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application over the fake assistant, called in this process."""
    app = create_app(Settings(index=tmp_path_factory.mktemp("index")), lambda: assistant)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a real server process over the fake assistant."""
    with running("support.fake_server") as (address, _):
        yield address
