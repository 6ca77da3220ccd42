"""Which sentences with amounts tell of a placebo alone, or of what is known elsewhere."""

import pytest

from rag.answering.beside import is_background, is_of_a_dummy
from rag.evidence.stems import stem

TREATMENTS = frozenset(stem(word) for word in ("fenolast", "placebo", "saline"))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("20 mg of Fenolast placebo once a day.", True),
        ("Placebo for Fenolast, 2 tablets in the morning.", True),
        ("Matching placebo is taken for 12 weeks.", True),
        ("Sham stimulation of 20 minutes.", True),
        ("20 mg of Fenolast once a day.", False),
        ("20 mg of Fenolast or placebo once a day.", False),
        ("7.5 mg or placebo for 3 months.", False),
        ("Fenolast 20 mg with placebo for Fenolast at night.", False),
        ("Fenolast placebo with 5 mL of saline.", False),
    ],
)
def test_a_dummy_is_no_treatment(sentence: str, expected: bool) -> None:
    assert is_of_a_dummy(sentence, TREATMENTS) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Fenolast is currently approved for use over 24 hours in intensive care.", True),
        ("Earlier studies gave 20 mg for six weeks.", True),
        ("A dose of 20 mg has been shown to lower urate.", True),
        ("5 mg/kg was tolerated in mice.", True),
        ("Participants take the approved dose of 20 mg for 24 weeks.", False),
        ("Fenolast, which is approved for gout, will be given at 20 mg.", False),
        ("20 mg once daily for 24 weeks.", False),
    ],
)
def test_what_is_known_elsewhere_is_nothing_of_the_trial(sentence: str, expected: bool) -> None:
    assert is_background(sentence) is expected
