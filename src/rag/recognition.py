"""The one trial that a question describes by what its record says, where no name of a trial stands in it.

'The trial on catheter closure from Leeds', 'a swallowing course where people sing': names
of trials (`rag.planning.references`) hold neither. A description names the one record that holds every word of it;
a story the record that holds far more of its rare words than any other (by their inverse document frequency, Spärck
Jones 1972). Nothing is guessed: no other record may come near, and no word may stand in no record and no dictionary.
"""

from __future__ import annotations

import math
from collections import defaultdict

from rag.answering.draft import Draft
from rag.lexical import stems
from rag.planning import make_plan
from rag.planning.sentences import asks, sentences, text_of
from rag.planning.spelling import lexicon_words
from rag.planning.tables import common_words, trial_nouns, word_set
from rag.planning.words import Line, read_line
from rag.snapshot import Snapshot
from rag.types import Intent, QueryPlan, Question, Verdict

_AHEAD = 4.0  # of two records, in nats: a word that one in fifty holds; right in 357 of 357 questions (dev, a, b, d)
_SHARE = 0.3  # of all that the words weigh
_OF_ONE = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.DEFINITION})
_OF_MANY = frozenset({Intent.TRIALS, Intent.LANDSCAPE, Intent.CONFLICTS})


def asked_of_the_described(plan: QueryPlan, draft: Draft, question: Question, snapshot: Snapshot) -> QueryPlan | None:
    """The plan of a question asked of the one trial that it describes; None where it needs none or describes none.

    `draft`: what `plan` answers. It needs one where the trial it speaks of is not in the collection under that name,
    where it names none, and where no trial fits a story that was read as conditions and ends in a question on one.
    """
    if plan.parts or plan.previous is not None or question.trial_ids:
        return None
    said = _unnamed(plan, question.text, snapshot) if plan.trials else _untold(plan, draft, question.text, snapshot)
    found = make_plan(Question(said), snapshot) if said else None
    return found if found is not None and found.intent in _OF_ONE and not found.parts else None


def _unnamed(plan: QueryPlan, text: str, snapshot: Snapshot) -> str:
    """The question with the id of the one record that holds every word of what no name of a trial holds, or ''."""
    [ref, *others] = plan.trials
    if others or ref.trial_ids or ref.how == "id" or ref.text not in text:
        return ""
    held = _holders(ref.text, snapshot)
    every = frozenset.intersection(*held.values()) if len(held) > 1 else frozenset()  # one word may stand in passing
    return text.replace(ref.text, next(iter(every)), 1) if len(every) == 1 else ""


def _untold(plan: QueryPlan, draft: Draft, text: str, snapshot: Snapshot) -> str:
    """The sentence that asks, of the record that the whole story describes, or ''."""
    fits = any(verdict.verdict in {Verdict.MATCH, Verdict.EXCLUDED} for verdict in draft.verdicts or ())
    nowhere = plan.intent is Intent.AMBIGUOUS and plan.reason == "which_trial"
    if not nowhere and (plan.intent not in _OF_MANY or fits):
        return ""
    line = read_line(text)
    spans = sentences(line)
    asking = [span for span in spans if asks(line, span) and not _asks_for_trials(line, span)]
    trial = _described(text, snapshot) if len(spans) > 1 and asking and asking[-1] == spans[-1] else ""
    return f"{text_of(line, spans[-1]).rstrip('?.! ')} in {trial}?" if trial else ""


def _asks_for_trials(line: Line, span: tuple[int, int]) -> bool:
    """Whether trials themselves are asked for: 'which trials …', 'which ones'."""
    words = [token.text.casefold() for token in line.tokens[slice(*span)]]
    return bool({"trials", "studies", "protocols", "ones", "records"} & {*words})


def _described(text: str, snapshot: Snapshot) -> str:
    """The id of the record that holds far more of the rare words of a text than any other, or ''."""
    held = _holders(text, snapshot)
    size = len(snapshot.trial_ids)
    score: defaultdict[str, float] = defaultdict(float)
    whole = 0.0
    for trials in held.values():
        weight = math.log((size + 1) / (len(trials) + 0.5)) if trials else math.log(size + 1)
        whole += weight
        for trial in trials:
            score[trial] += weight
    best = sorted(((-value, trial) for trial, value in score.items()))[:2]
    if not best:
        return ""
    lead = -best[0][0] - (-best[1][0] if len(best) > 1 else 0.0)
    return best[0][1] if lead >= _AHEAD and -best[0][0] >= _SHARE * whole else ""


def _holders(text: str, snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The trials that hold each word of a text, by its stem, without words for trials; empty where one is no word.

    A word that no record holds and no dictionary knows is a name: of a drug, a company, a place that is not here.
    """
    known = common_words() | lexicon_words() | trial_nouns().words() | word_set("references.plain")
    nouns = {stem for noun in trial_nouns().words() for stem in stems(noun)}
    held: dict[str, frozenset[str]] = {}
    for token in read_line(text).tokens:
        for stem in stems(token.text):
            if stem in nouns or stem in held:
                continue
            trials = snapshot.trials_holding(stem, _RARE)
            if trials is None:
                continue  # so many hold it that it tells nothing
            held[stem] = trials
            if not held[stem] and len(token.text) > _SHORT and not {token.text.casefold(), token.lemma} & known:
                return {}
    return held


_RARE = 5_000  # passages: as many as 150 records have
_SHORT = 4  # letters: the dictionary lists words of five and more
