"""What a question asks for by its measure, and whether words give it."""

from __future__ import annotations

import pytest

from rag.answering.measured import unmeasured

_NO_STAY = "does not tell how long anybody stays in hospital"


@pytest.mark.parametrize(
    ("question", "said", "lacks"),
    [
        ("How many hours do they fast?", "They fast from midnight.", "does not tell how many hours"),
        ("How many hours do they fast?", "They fast for two days.", ""),
        ("What volume of blood is drawn?", "Blood is drawn.", "states no volume"),
        ("In what volume is it infused?", "In 250 mL of saline.", ""),
        ("Which lung volumes are measured?", "Total lung capacity.", ""),
        ("What tumour volume is the outcome about?", "Shrinkage of the tumour.", ""),
        ("What are patients charged?", "They come twice.", "states no sum of money"),
        ("What department is in charge?", "Department of Neurology.", ""),
        ("What do carers have to pay attention to?", "Rashes.", ""),
        ("What will families have to pay?", "Nothing is said.", "states no sum of money"),
        ("Which heart rate per minute is aimed at?", "60 to 80 bpm.", ""),
        ("What rate per arm is assumed?", "A response of 30%.", ""),
        ("How long do runners stay in the hospital?", "The race lasts two days.", _NO_STAY),
        ("How long do runners stay in the hospital?", "They go home on day 2 after discharge.", ""),
        ("How long does the operation take?", "Runners rest for two weeks.", "does not tell how long that takes"),
        ("How long does the operation take?", "It lasts 40 minutes.", ""),
        ("What strength in milligrams has a capsule?", "Two capsules a day.", "states no such amount"),
        ("What strength in milligrams has a capsule?", "A capsule of 40 mg.", ""),
        ("How many mg/kg are given?", "The highest group.", "does not tell how many mg"),
        ("How many people are dosed in the first week?", "Twelve.", ""),
        ("How much contrast per kilo do they inject?", "20 mL of contrast.", "states no amount by weight"),
        ("How much contrast per kilo do they inject?", "0.2 mmol/kg of contrast.", ""),
        ("How large in square centimetres may a burn be?", "By half after 3 weeks.", "states no such size"),
        ("How large in square centimetres may a burn be?", "Up to 20 cm2.", ""),
        ("How thick is the graft?", "A graft of bone from the hip.", "states no thickness"),
        ("How thick is the graft?", "A full-thickness graft.", ""),
        ("How thick is the graft?", "A graft of 0.4 mm.", ""),
        ("How many minutes is a session?", "Group B gets heat for (20) min twice a week.", ""),
    ],
)
def test_words_give_the_measure_or_lack_it(question: str, said: str, lacks: str) -> None:
    assert unmeasured(question, said) == lacks
