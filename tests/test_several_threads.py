"""Questions asked at once, of one process: the same answers as one after the other, and no thread trips another."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.criteria import similar
from rag.evidence import stems
from rag.ingest import build_index
from rag.settings import Settings
from rag.types import Answer, Question

THREADS = 8
CORPUS = Path(__file__).resolve().parents[1] / "corpus"
ASKED = (
    "Which trials exclude eGFR below 60?",
    "What is the primary outcome of NCT02369484?",
    "Compare the platelet cut-offs.",
    "Could an 82-year-old woman with an INR of 1.8 join?",
    "What happens to the control group of NCT00490035?",
    "Which phase 3 trials are about randomised hypertension treatment in Europe?",
    "How many trials recruit in China?",
    "Who sponsors the trial of hepatocellular carcinoma?",
)


def without_times(answer: Answer) -> Answer:
    return replace(answer, timings_ms={})


@pytest.fixture
def hasty_switching() -> Iterator[None]:
    """Threads change every few bytecodes, so that what they may not share is seen to be shared."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_switching")
def test_words_that_several_threads_stem_have_the_stems_that_one_thread_gives_them() -> None:
    words = [f"{head}{middle}{tail}" for head in ("cardi", "hepat", "neur", "gastr", "oste") for middle in
             ("o", "ali", "itis", "ectom", "opath", "ogen") for tail in ("ations", "ically", "nesses", "izing", "ies")]

    def of_all(_: int) -> list[tuple[str, str]]:
        return [(stems.stem.__wrapped__(word), similar._stem.__wrapped__(word)) for word in words]

    alone = of_all(0)
    with ThreadPoolExecutor(THREADS) as pool:
        for together in pool.map(of_all, range(THREADS * 4)):
            assert together == alone


@pytest.mark.usefixtures("hasty_switching")
def test_questions_asked_at_once_are_answered_as_one_after_the_other(tmp_path: Path) -> None:
    settings = Settings(corpus=CORPUS, index=tmp_path / "index", model_cache=tmp_path / "models", embedder="fake")
    build_index([CORPUS], settings)
    shared = Assistant.open(settings)
    asked = [*ASKED] * 3  # before any is asked alone: nothing is remembered yet when the first of them arrive
    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(lambda text: without_times(shared.ask(Question(text))), asked))
    alone = {text: without_times(shared.ask(Question(text))) for text in ASKED}
    assert together == [alone[text] for text in asked]
