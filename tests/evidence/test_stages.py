"""Stages of a disease: what a text tells, and which of them a topic asks for."""

import pytest

from rag.evidence.stages import by_stage, said_apart, stages_of
from rag.evidence.topics import holds


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("Stage IIIB-IV disease", ("stage3", "stage4")),
        ("stages I, II and III", ("stage1", "stage2", "stage3")),
        ("stage 1 to 3", ("stage1", "stage2", "stage3")),
        ("Stage IIA or stage IV", ("stage2", "stage4")),
        ("Stage IIIA/B/C", ("stage3",)),
        ("any stage of disease", ()),
        ("IV antibiotics", ()),
    ],
)
def test_every_stage_of_a_range_is_told(text: str, stages: tuple[str, ...]) -> None:
    assert stages_of(text) == stages


def test_a_topic_asks_for_any_of_its_stages() -> None:
    assert by_stage("stageIIorIII breast cancer") == ("stage2 breast cancer", "stage3 breast cancer")
    assert by_stage("stage IV melanoma") == ("stage4 melanoma", "metastatic melanoma")
    assert said_apart("stageItoIII colon cancer") == "stage I to III colon cancer"
    assert by_stage("breast cancer") == ()


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("Unresectable Stage IIIB lung cancer", "stage III lung cancer", True),
        ("Stage I lung cancer", "stage III lung cancer", False),
        ("Stage I-III lung cancer", "stage 2 lung cancer", True),
    ],
)
def test_a_trial_of_a_stage_is_found_by_it(text: str, topic: str, expected: bool) -> None:
    assert holds(text, topic) is expected
