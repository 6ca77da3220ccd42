"""Limits on measures that the lexicon does not have, read by the words that somebody asks for them with."""

from __future__ import annotations

import pytest
from support.readings import SECTIONS, document, read

from rag.criteria.asked import read_measure
from rag.criteria.grammar import read_comparisons
from rag.criteria.lexicon import load_variables, measure_id
from rag.types import Constraint


def said(section: str, text: str, words: str, unit: str) -> list[str]:
    """What the criteria admit of the measure, clause by clause, with its words; '?' where it is unread."""
    variable = measure_id(words, unit)
    found = []
    for criterion in read_measure(document(section, text), variable):
        for clause in criterion.requires:
            ways = [
                f"{one.admits.describe(one.unit)} ({one.stated})" if isinstance(one, Constraint) else "?"
                for one in clause.alternatives
            ]
            found.append(" | ".join(ways) + "".join(f" @{scope.text}" for scope in clause.scope))
    return found


@pytest.mark.parametrize(
    ("section", "text", "asked", "unit", "admits"),
    [
        ("I", "Gloss score ≥ 3", "gloss score", "", ["≥ 3 (Gloss score ≥ 3)"]),
        ("E", "Gloss score of more than 3", "gloss score", "", ["≤ 3 (Gloss score of more than 3)"]),
        ("I", "Hop distance (HD) of 3 to 6 cm", "hop distance", "cm", ["3 to 6 cm (Hop distance (HD) of 3 to 6 cm)"]),
        ("I", "Serum zetanin < 20 ng/mL", "zetanin level", "ng/mL", ["< 20 ng/mL (zetanin < 20 ng/mL)"]),
        ("I", "Zetanin levels below 20 ng/mL", "zetanin", "ng/mL", ["< 20 ng/mL (Zetanin levels below 20 ng/mL)"]),
        ("I", "Motor levels I-III", "motor level", "", ["1 to 3 (Motor levels I-III)"]),
        # another unit is not compared, no unit is taken for the one asked about
        ("I", "Hop distance above 12 inches", "hop distance", "cm", ["?"]),
        ("I", "Hop distance > 30", "hop distance", "cm", ["> 30 cm (Hop distance > 30)"]),
        ("I", "Mean gloss score of 4 to 9 over 7 days", "gloss score", "", ["?"]),
        ("I", "Hop time of 4 to 9 seconds", "hop time", "seconds", ["4 to 9 seconds (Hop time of 4 to 9 seconds)"]),
        # whom it binds is read as for any other limit
        ("I", "Women: gloss score ≥ 3", "gloss score", "", ["≥ 3 (gloss score ≥ 3) @Women"]),
        ("I", "Gloss score ≥ 3 or a rash", "gloss score", "", ["≥ 3 (Gloss score ≥ 3) | ?"]),
        # named, and not read; named without a number; another measure
        ("I", "Gloss score with and without lacquer 4", "gloss score", "", ["?"]),
        ("I", "Gloss score recorded within 3 months", "gloss score", "", ["?"]),
        ("I", "A gloss score is taken. Age above 18", "gloss score", "", []),
        ("I", "Matt score ≥ 3", "gloss score", "", []),
        ("I", "Glosser score ≥ 3", "gloss score", "", []),
    ],
)
def test_a_measure_outside_the_lexicon_is_limited_as_the_text_says(
    section: str, text: str, asked: str, unit: str, admits: list[str]
) -> None:
    assert section in SECTIONS
    assert said(section, text, asked, unit) == admits


def test_such_a_measure_is_listed_nowhere_and_known_by_its_words() -> None:
    variable = measure_id("gloss score", "%")
    assert variable not in list(load_variables())
    assert (load_variables()[variable].label, load_variables()[variable].unit) == ("gloss score", "%")
    with pytest.raises(KeyError):
        load_variables()["gloss score"]


def test_the_letter_that_stands_for_a_measure_is_none_where_others_write_it() -> None:
    limited = "Gloss score \ua66e ≥ 3 and \ua66e > 5"
    assert read("I", limited).criteria[0].requires == ()
    assert read_comparisons(limited) == ()
    assert said("I", "\ua66e > 5 and gloss score ≥ 3", "gloss score", "") == ["≥ 3 (gloss score ≥ 3)"]
