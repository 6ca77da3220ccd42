"""Yes or no about one made-up trial: the right way round, first, and with the line that decides: `data/yes_no.txt`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.made import assistant_over, rows_of

from rag.assistant import Assistant
from rag.types import Question

_ROWS = Path(__file__).parent / "data" / "yes_no.txt"
_CRITERIA = """Inclusion Criteria:

* Plaques on both elbows
* Sarcoidosis of no more than 5 months' duration
* Women must use contraception until 5 months after the last bath

Exclusion Criteria:

* Severe asthma
* Conditions precluding the use of methotrexate
* Psoriasis
* Any diuretics (chlortalidone is allowed)
* Smokers (negative saliva test required)
* Oral corticotherapy in the previous 6 weeks
* ALT or AST above 2 times the upper limit of normal"""


def _record(number: str, title: str, **modules: Any) -> dict[str, Any]:
    named = {"identificationModule": {"nctId": number, "briefTitle": title, "officialTitle": title}}
    return {"protocolSection": named | modules}


def _records() -> list[dict[str, Any]]:
    bath = _record(
        "NCT09000101",
        "A Multicentre, Double-Masked Study of Mud Baths",
        eligibilityModule={"eligibilityCriteria": _CRITERIA},
    )
    watched = _record(
        "NCT09000102",
        "Mud Baths in Daily Life",
        designModule={"studyType": "OBSERVATIONAL"},
        statusModule={"overallStatus": "RECRUITING"},
        armsInterventionsModule={"interventions": [{"type": "DRUG", "name": "Fango"}]},
        eligibilityModule={"eligibilityCriteria": "Inclusion Criteria:\n\n* Bathers in mud"},
    )
    return [bath, watched]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(_records(), tmp_path_factory.mktemp("yes_no"))


@pytest.mark.parametrize(("question", "wanted"), rows_of(_ROWS))
def test_yes_or_no_stands_first_and_is_the_right_one(assistant: Assistant, question: str, wanted: list[str]) -> None:
    told = assistant.ask(Question(question)).answer
    first, *others = wanted
    assert told.startswith(first) if first.endswith(":") else first in told, told
    for words in others:
        assert (words[1:] not in told) if words.startswith("!") else (words in told), told
