"""Whether a person is told first and a named trial asked about last: held against its criteria."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.planning.marks import Kind
from rag.planning.patients import tells_a_bare_person
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.types import Asks

_ENDS = ".;:?!"
_SUBJECTS = frozenset({"he", "she", "i", "they", "we"})
_TOWARDS = {("for",), ("suit",), ("accept",), ("admit",), ("include",)}
_ASKS = frozenset({"which", "what", "how", "when", "why", "where", "whose"})
_SEVERAL = 3  # an age and two findings


def asked_of_a_person(sheet: Sheet) -> bool | str:
    """Whether a clause asks no more than if one who is told of beside it may join; 'refusal': what turns them away.

    '63M, gout, on warfarin. Could this person join NCT…?', 'What excludes her from NCT…?': two findings or more.
    Whatever verbs stand in what is told, they are said of the person and not of the trial.
    """
    if len({ref.trial_ids for ref in sheet.refs}) != 1:
        return False
    spans = _spans(sheet)
    asked = {at for span in spans for at in _asking(sheet, span)}
    named = {at for reference in sheet.references for at in range(reference.first, reference.last)}
    words = {sheet.line.tokens[at].lemma for at in asked}
    refusal = bool(words & word_set("told.refusing"))
    if not named <= asked or not (refusal or words & word_set("told.joining") or asked == named):
        return False
    told = [[at for at in span if at not in asked] for span in spans if not asked.issuperset(span)]
    if not told or any(_is_a_question(sheet, span) for span in told):
        return False
    enough = _tells_enough(sheet, [at for span in told for at in span])
    return "refusal" if enough and refusal else enough


def _spans(sheet: Sheet) -> list[range]:
    """The sentences and what is set off by a colon or a dash; a clause behind a comma where a verb opens it."""
    line, verbs = sheet.line, word_set("intents.question_verbs")
    starts = [0]
    for at in range(1, len(line.tokens)):
        gap, opens = line.gap(at), line.tokens[at].lemma in verbs
        begins = opens and line.tokens[at].text[:1].isupper()  # 'takes warfarin Could he join …'
        dash = gap.strip() in {"-", "–", "—"} and gap != gap.strip()
        if set(gap) & set(_ENDS) or "\n" in gap or dash or begins or ("," in gap and opens):
            starts.append(at)
    return [range(first, last) for first, last in pairwise([*starts, len(line.tokens)])]


def _asking(sheet: Sheet, span: range) -> list[int]:
    """The words of a sentence that only ask whether somebody may join the named trial: all, or those around a person.

    'Is NCT… open to her', and of 'could a man with gout join NCT…' the first word and the last two.
    """
    named = {at for ref in sheet.references for at in range(ref.first, ref.last)}
    lemmas = {at: sheet.line.tokens[at].lemma for at in span}
    plain = [at for at in span if at in named or lemmas[at] in word_set("told.asking")]
    if len(plain) == len(span):
        return plain
    tail = len(span)
    while tail and span[tail - 1] in plain:
        tail -= 1
    ends = list(span[tail:])
    opens = lemmas[span[0]] in word_set("intents.question_verbs")
    joins = any(lemmas[at] in word_set("told.joining") and at not in named for at in ends)
    return [span[0], *ends] if opens and joins and named & {*ends} else []


def _is_a_question(sheet: Sheet, told: Sequence[int]) -> bool:
    """Whether what is told asks something of its own: 'which of them …?'."""
    line, last = sheet.line, told[-1] + 1
    ends = line.gap(last) if last < len(line.tokens) else line.text[line.tokens[-1].end :]
    return bool(_ASKS & {line.tokens[at].lemma for at in told[:2]}) or "?" in ends


def _tells_enough(sheet: Sheet, told: Sequence[int]) -> bool:
    marks = [mark for mark in sheet.marks if mark.first in told]
    points = {m.value.variable for m in marks if m.kind is Kind.LIMIT and m.value.values.is_point}
    named = {mark.value for mark in marks if mark.kind is Kind.CONCEPT}
    words = {sheet.line.tokens[at].text.casefold() for at in told}  # 'patients' are a class of people
    sexed = bool(words & word_set("intents.sexes") - _UNSEXED)
    one = "age" in points or sexed or bool(words & (_ONE | _UNSEXED)) or tells_a_bare_person(sheet.line, sheet.marks)
    return one and len(points) + len(named) + sexed >= _FEWEST


_UNSEXED = frozenset({"patient", "pt"})
_ONE = frozenset({"i", "my", "he", "she", "her", "him", "his"})
_FEWEST = 2


def is_told_of_a_person(sheet: Sheet) -> bool:
    """'Male of 73 with AML, psychosis denied. Could he enter NCT…?': one age and findings, and no fact of the trial.

    What is denied of the person or taken by them is no verb of criteria; one in the sentence that names the trial is.
    """
    if len({ref.trial_ids for ref in sheet.refs}) != 1 or sheet.facts or _ASKS & set(sheet.line.lemmas()):
        return False
    points = [limit for limit in sheet.limits if limit.values.is_point]
    bare = tells_a_bare_person(sheet.line, sheet.marks)
    aged = bare or any(limit.variable == "age" for limit in points)
    if not aged or bare + len(points) + len(sheet.concepts) < _SEVERAL:
        return False
    named = min(reference.first for reference in sheet.references)
    start = sheet.line.back_to_sign(named, named, _ENDS)
    told = any(first < named for first in _findings(sheet))
    refuses = any(cue.asks is Asks.EXCLUDES and cue.first >= start for cue in sheet.reading.cues)
    return told and not refuses and _asks_to_join(sheet, start)


def _findings(sheet: Sheet) -> list[int]:
    """Where each value and concept stands."""
    return [mark.first for mark in sheet.marks if getattr(mark.value, "variable", "") or isinstance(mark.value, str)]


def _asks_to_join(sheet: Sheet, start: int) -> bool:
    """Whether the sentence of the trial asks of the person: 'could he …', 'is X suitable', or the trial alone."""
    last = start + 1
    while last < len(sheet.line.tokens) and not set(sheet.line.gap(last)) & set(_ENDS):
        last += 1
    joins = any(cue.asks is Asks.ADMITS and start <= cue.first < last for cue in sheet.reading.cues)
    screens = start <= sheet.cues.get("screen", -1) < last
    named = {at for reference in sheet.references for at in range(reference.first, reference.last)}
    alone = all(at in named for at in range(start, last))
    words = sheet.line.lemmas(start, last)
    of_them = words[-2:-1] in _TOWARDS and words[-1] in {"him", "her", "me", "them", "us"}
    return joins or screens or alone or of_them or bool(_SUBJECTS & set(words))
