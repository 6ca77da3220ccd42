"""Questions about one made-up trial and what the answers hold, read by a person: `data/single.txt`."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from support.made import assistant_over, rows_of
from support.study import study

from rag.assistant import Assistant
from rag.types import Question, Turn

_ROWS = Path(__file__).parent / "data" / "single.txt"


def _fenolast() -> dict[str, Any]:
    made = study()
    modules = made["protocolSection"]
    modules["descriptionModule"]["detailedDescription"] = (
        "Participants are assigned 2:1 by a computer-generated list, stratified by centre.\n\n"
        "Visits take place at weeks 4, 12 and 52, each of them with a questionnaire about daily life. "
        "After week 26 participants on usual care may cross over to fenolast."
    )
    arms = modules["armsInterventionsModule"]
    arms["armGroups"][0]["description"] = "Fenolast 40 mg by mouth once a day, raised to 80 mg after week 4."
    arms["armGroups"].append(
        {"label": "Sham", "type": "SHAM_COMPARATOR", "interventionNames": ["Procedure: Sham infusion"]}
    )
    arms["interventions"][0]["description"] = "Fenolast 40 mg by mouth once a day."
    arms["interventions"].append(
        {"type": "PROCEDURE", "name": "Sham infusion", "description": "The infusion is performed without any needle."}
    )
    modules["eligibilityModule"]["eligibilityCriteria"] += "\n* An allergy to tattoo ink"
    return made


def _single_arm() -> dict[str, Any]:
    made = copy.deepcopy(study())
    modules = made["protocolSection"]
    modules["identificationModule"] |= {"nctId": "NCT09000002", "briefTitle": "Sorbalin in Gout with Prednisone"}
    modules["identificationModule"] |= {"acronym": "GULL"}
    modules["identificationModule"]["orgStudyIdInfo"] = {"id": "GULL-1"}
    modules["armsInterventionsModule"] = {
        "armGroups": [{"label": "Sorbalin", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Sorbalin"]}],
        "interventions": [{"type": "DRUG", "name": "Sorbalin", "description": "5 mg daily."}],
    }
    modules["descriptionModule"]["detailedDescription"] = (
        "Uric acid is measured every month. Sorbalin is begun with a starting dose of 1 mg for one week."
    )
    return made


_PLUME = """Children of 2 to 9 years swallow a capsule of feather protein every morning.

The hospital pharmacy of Lindwyl prepares the capsules and keeps the list of who gets what. Nurses weigh each child at \
every visit. A biopsy of the skin is obligatory for children under 4 years and for those without a raised tryptase. \
After the last capsule all children avoid feathers for 9 weeks before the final challenge. The capsules contain goose \
and duck down bound to chitosan as adjuvant. Assuming that 60 % of the treated and 25 % of the others swallow all, \
44 children in each arm give a power of 90 %. Children who need more than 3 doses of adrenaline leave the trial. \
As of 01/09/2021 new children give blood at home only. All 212 children of the first survey are written to again. Each \
child's participation lasts about 14 months. Patients on \
simvastatin swallow it in the evening, and the ward of Lindwyl takes their pulse.

At 2 weeks into the feather watch a nurse calls. The feather watch goes on for 5 weeks. Therapy stops after 40 \
capsules at the latest. Enzymes may stop tumor cells from dividing. Children whose trachea \
swells are removed from the study. The trial will recruit 88 children within 3 years."""


def _plume() -> dict[str, Any]:
    made = copy.deepcopy(study())
    modules = made["protocolSection"]
    modules["identificationModule"] |= {"nctId": "NCT09000003", "briefTitle": "Feathers"}
    modules["identificationModule"] |= {"acronym": "PLUME", "orgStudyIdInfo": {"id": "PLUME-1"}}
    modules["descriptionModule"] = {"briefSummary": "Does eating feather help?", "detailedDescription": _PLUME}
    modules["armsInterventionsModule"] = {
        "armGroups": [{"label": "Capsules", "type": "EXPERIMENTAL", "interventionNames": ["Biological: Feather"]}],
        "interventions": [{"type": "BIOLOGICAL", "name": "Feather", "description": "25 mg in a capsule."}],
    }
    modules["eligibilityModule"]["eligibilityCriteria"] = (
        "Inclusion Criteria:\n\n"
        "* On the first challenge able to swallow at least 12 mg but not 300 mg of feather protein\n\n"
        "Exclusion Criteria:\n\n* More than 640 mcg of inhaled beclomethasone a day\n"
        "* A change of weight by more than 4 kg in the last 2 months"
    )
    modules["ipdSharingStatementModule"] = {"ipdSharing": "UNDECIDED"}
    return made


_MOSS = """\
Moss tea is drunk by people with painful knees in the north. Whether it helps has never been tested against a dummy \
drink.

Adults with knee pain are randomised in blocks of six, stratified by sex and by the severity of pain at entry. Those \
in the moss group drink 200 ml of moss tea twice a day for 12 weeks, half an hour before breakfast and dinner. Those \
in the comparison group drink nettle tea of the same colour and taste, packed in identical bags by the brewery of \
Osterwald, so that neither they nor the physiotherapists know which tea it is. The tea is started at 100 ml and \
raised to 200 ml after one week if it is tolerated.

Pain is rated on a 0-100 mm visual analogue scale by the participants themselves every evening in a paper diary; \
walking is timed over 40 metres by a physiotherapist. Participants come to the clinic at weeks 2, 6 and 12 and are \
telephoned at week 26. They are observed for 14 weeks after the last cup. Paracetamol up to 2 g a day may be taken as \
rescue medication and is noted in the diary. Adherence is checked by counting the returned bags.

With 58 people per group a difference of 12 mm can be detected with 85 % power at a two-sided significance level of 5 \
%, a standard deviation of 20 mm and a loss of 15 % being assumed. All randomised participants are analysed in the \
group to which they were assigned; a mixed model for repeated measures is used. An interim look is planned after half \
of the participants have finished week 12.

Treatment is stopped in anyone whose liver enzymes rise above five times the upper limit. The whole study is halted \
if more than two people develop a severe rash. A board of three independent physicians looks at the safety data every \
four months. Written consent is taken by a study nurse after at least 24 hours for reflection. The ethics committee \
of Lindwyl University has approved the protocol. Participants get a voucher of 40 euros for each visit. Blood samples \
are kept for 10 years in a biobank at Lindwyl. Anonymised data will be shared on request two years after publication. \
The study is paid for by the Osterwald brewery, which has no say in the analysis."""


def _moss() -> dict[str, Any]:
    made = copy.deepcopy(study())
    modules = made["protocolSection"]
    modules["identificationModule"] |= {"nctId": "NCT09000004", "briefTitle": "Moss Tea for Knee Pain"}
    modules["identificationModule"] |= {"officialTitle": "Moss Tea Against Nettle Tea in Adults With Knee Pain"}
    modules["identificationModule"] |= {"acronym": "MOSS", "orgStudyIdInfo": {"id": "MOSS-1"}, "secondaryIdInfos": []}
    modules["descriptionModule"] = {"briefSummary": "Does moss tea ease knee pain?", "detailedDescription": _MOSS}
    modules["conditionsModule"] = {"conditions": ["Knee Pain"]}
    modules["designModule"]["enrollmentInfo"] = {"count": 116, "type": "ESTIMATED"}
    modules["armsInterventionsModule"] = {
        "armGroups": [
            {"label": "Moss tea", "type": "EXPERIMENTAL", "interventionNames": ["Dietary Supplement: Moss tea"]},
            {"label": "Nettle tea", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Other: Nettle tea"]},
        ],
        "interventions": [
            {"type": "DIETARY_SUPPLEMENT", "name": "Moss tea", "description": ""},
            {"type": "OTHER", "name": "Nettle tea", "description": ""},
        ],
    }
    modules["outcomesModule"] = {
        "primaryOutcomes": [
            {"measure": "Knee pain", "timeFrame": "Week 12", "description": "Mean of the last seven evenings."}
        ],
        "secondaryOutcomes": [{"measure": "Walking time", "timeFrame": "Weeks 6 and 12"}],
    }
    modules["eligibilityModule"]["eligibilityCriteria"] = (
        "Inclusion Criteria:\n\n* Pain in one knee at least on most days of the last 3 months, rated 40 mm or more\n"
        "* Able to walk 40 metres without help\n\nExclusion Criteria:\n\n"
        "* Injection of steroids into the knee during the past 8 weeks\n* Nettle allergy"
    )
    return made


_HUSH = """\
HSH-7 (a wearable buzzer for the wrist) is compared with a dummy in people with ringing ears. Each participant gets \
three Gonnak buzzers on day 1 and wears one of them for 4 hours/day, at least 5 days per week, for 8 weeks. \
Randomisation is 2:1, with 40 in the buzzer group and 20 in the dummy group. The participants keep their hearing aids.

HSH-7, first made for sailors, is a small motor under a felt pad. It is made by Olmsted Motors. Ten study visits are \
planned.

Participants of the dummy group can cross over to the buzzer after 3 months. Those who cross over are then followed as \
the real buzzer group is. Six hearing tests are done. Three whistles, each a lasting whistle, are played before the \
first test. A whistle is understood to be lasting if it has been heard for more than two months. A lasting whistle is \
defined as one that has been heard for more than two months."""


def _hush() -> dict[str, Any]:
    made = copy.deepcopy(study())
    modules = made["protocolSection"]
    modules["identificationModule"] |= {"nctId": "NCT09000005", "briefTitle": "Buzzing Against Ringing Ears"}
    modules["identificationModule"] |= {"acronym": "", "orgStudyIdInfo": {"id": "R-5"}}
    modules["identificationModule"]["secondaryIdInfos"] = [{"id": "NGO-HUSH1"}]
    modules["descriptionModule"] = {"briefSummary": "Does a buzzer help?", "detailedDescription": _HUSH}
    modules["conditionsModule"] = {"conditions": ["Ringing Ears"]}
    modules["armsInterventionsModule"] = {
        "armGroups": [
            {"label": "Buzzer", "type": "EXPERIMENTAL", "interventionNames": ["Device: HSH-7", "Drug: Orbinol"]},
            {"label": "Dummy", "type": "SHAM_COMPARATOR", "interventionNames": ["Device: Dummy", "Drug: Orbinol"]},
        ],
        "interventions": [
            {"type": "DEVICE", "name": "HSH-7", "description": "", "otherNames": ["Hushling"]},
            {"type": "DEVICE", "name": "Dummy", "description": ""},
            {"type": "DRUG", "name": "Orbinol", "description": "Orbinol 5 mg may be taken as rescue medication."},
        ],
    }
    return made


_LOOM = """\
Weavers with stiff hands bathe them in warm lavender. A total of 70 weavers will be enrolled within 18 months. Those \
with an even number on their guild card go to group A, those with an odd number to group B. The oil is dripped into \
the bath at 3 ml per hour. Group B gets four baths of plain water. The weavers were paid by the loom until now."""


def _loom() -> dict[str, Any]:
    made = copy.deepcopy(study())
    modules = made["protocolSection"]
    modules["identificationModule"] |= {"nctId": "NCT09000006", "briefTitle": "Lavender Baths for Stiff Hands"}
    modules["identificationModule"] |= {"acronym": "LOOM", "orgStudyIdInfo": {"id": "LOOM-1"}, "secondaryIdInfos": []}
    modules["descriptionModule"] = {"briefSummary": "Does lavender loosen hands?", "detailedDescription": _LOOM}
    modules["conditionsModule"] = {"conditions": ["Hand Stiffness"]}
    modules["designModule"]["enrollmentInfo"] = {"count": 61, "type": "ACTUAL"}
    modules["designModule"] |= {"targetDuration": "5 Years", "bioSpec": {"retention": "SAMPLES_WITH_DNA"}}
    modules["armsInterventionsModule"] = {
        "armGroups": [
            {"label": "Group A", "type": "EXPERIMENTAL", "interventionNames": ["Other: Lavender bath"]},
            {"label": "Group B", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Other: Water bath"]},
        ],
        "interventions": [
            {"type": "OTHER", "name": "Lavender bath", "description": "A bath with oil of lavender for 6 weeks."},
            {"type": "OTHER", "name": "Water bath", "description": "A bath of plain water."},
        ],
    }
    modules["oversightModule"] = {"oversightHasDmc": False, "isFdaRegulatedDrug": False, "isFdaRegulatedDevice": True}
    modules["ipdSharingStatementModule"] = {"ipdSharing": "YES", "description": "Data go to the guild's archive."}
    modules["eligibilityModule"]["eligibilityCriteria"] = (
        "Inclusion Criteria:\n\n* Resides in Alabama\n\nExclusion Criteria:\n\n* Open wounds of the hands\n"
        "* A marathon or any running for longer than 3 hours per session in the last 6 months"
    )
    return made


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    records = (_fenolast(), _single_arm(), _plume(), _moss(), _hush(), _loom())
    return assistant_over(records, tmp_path_factory.mktemp("single"))


@pytest.mark.parametrize(("question", "wanted"), rows_of(_ROWS))
def test_the_answer_holds_what_was_asked_and_nothing_beside_it(
    assistant: Assistant, question: str, wanted: list[str]
) -> None:
    *earlier, last = question.split(" || ")
    answer = assistant.ask(Question(last)) if not earlier else assistant.ask(_follow_up(earlier, last))
    for words in wanted:
        if words.startswith("!"):
            assert words[1:] not in answer.answer, answer.answer
        else:
            assert words in answer.answer, answer.answer


def _follow_up(earlier: list[str], last: str) -> Question:
    return Question(last, history=tuple(Turn("user", turn) for turn in earlier))
