"""Stems: what counts as the same word."""

import pytest

from rag.evidence.stems import stem


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("randomised", "randomized"),
        ("epithelialisation", "epithelialization"),
        ("leukaemia", "leukemia"),
        ("tumours", "tumor"),
        ("oestrogen", "estrogen"),
        ("apnoea", "apnea"),
        ("sulphate", "sulfate"),
        ("coeliac", "celiac"),
        ("caesarean", "cesarean"),
        ("fibres", "fiber"),
    ],
)
def test_british_and_american_spellings_have_one_stem(british: str, american: str) -> None:
    assert stem(british) == stem(american)
