"""What a described person had and has no more, and when it was: treatments, habits, and illnesses that pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter

from rag.criteria.concepts import narrower_or_equal
from rag.criteria.words import word_set as criteria_words
from rag.planning import lexicon
from rag.planning.ago import find_agos, nearest
from rag.planning.durations import DAYS
from rag.planning.marks import Kind, Mark
from rag.planning.quantities import number_at
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.planning.youth import was_a_child, was_in_youth
from rag.types import Past


def what_is_over(line: Line, marks: Sequence[Mark]) -> tuple[str, ...]:
    """What is told as over: 'prior sunitinib', 'had carboplatin last year', 'quit smoking', 'pneumonia as a child'."""
    over: dict[str, bool] = {}
    treatments = {at for mark in marks if _is_treatment(mark) for at in range(mark.first, mark.last)}
    for mark in marks:
        if _is_treatment(mark):
            over[mark.value] = over.get(mark.value, True) and _is_over(line, mark, treatments)
        elif _passes(mark):
            over[mark.value] = over.get(mark.value, True) and _has_passed(line, mark)
    done = {concept for concept, is_done in over.items() if is_done}
    done |= {mark.value for mark in marks if _is_treatment(mark) and _is_explained_by(line, mark, marks, done)}
    return tuple(concept for concept in over if concept in done)


def _is_explained_by(line: Line, mark: Mark, marks: Sequence[Mark], done: Collection[str]) -> bool:
    """'Chemo (temozolomide, last dose in May)': what the bracket behind it names is over."""
    opens = mark.last < len(line.tokens) and line.gap(mark.last).strip() in {"(", ":"}
    return opens and any(other.first == mark.last and other.value in done for other in marks)


def _passes(mark: Mark) -> bool:
    """Whether the mark is an illness that somebody may have had and have no more."""
    return mark.kind is Kind.CONCEPT and any(mark.value in narrower_or_equal(one) for one in criteria_words("passing"))


def _has_passed(line: Line, mark: Mark) -> bool:
    """'TB in 2009', 'had breast cancer', 'lymphoma in remission'; not 'has had depression for years'."""
    if _is_dated_from(line, mark):
        return False
    behind = line.lemmas(mark.last, _end_of_clause(line, mark.last, 6))
    if _is_cured_behind(line, mark):
        return True
    first = line.back_to_sign(mark.first, 5, ".;:,")
    before = line.lemmas(first, mark.first)
    lasts = {"for", "since"} & {*behind} and before[-2:-1] and before[-2] in {"has", "have", "s", "ve"}
    cared = behind[:1] == ("treated",) and behind[1:2] in {("with",), ("by",)}  # 'depression treated with sertraline'
    passed = word_set("patients.passed") - ({"treated"} if cared else set())
    told = word_set("patients.had") & {*before} or passed & {*behind}
    return bool(told or _is_dated(behind)) and not lasts and not word_set("patients.surely_now") & {*before, *behind}


def _is_cured_behind(line: Line, mark: Mark) -> bool:
    """'Hepatitis C, cured', 'lymphoma (in remission)'; not 'hepatitis C, treated hypertension'."""
    at = mark.last + (line.lemmas(mark.last, mark.last + 1) in {("in",), ("now",), ("since",)})
    sign = line.gap(mark.last).strip() if mark.last < len(line.tokens) else ""
    ends = at + 1 >= len(line.tokens) or bool(line.gap(at + 1).strip()) or line.tokens[at + 1].lemma in _WHEN_OR_WHY
    said = line.lemmas(at, at + 2)
    return sign in {",", "("} and ends and said[:1] != () and said[0] in _CURED and said != ("cleared", "for")


_CURED = frozenset({"cured", "cleared", "eradicated", "remission", "resolved"})


def _end_of_clause(line: Line, at: int, most: int, signs: str = ".;:,?!") -> int:
    last = at
    while last < min(len(line.tokens), at + most) and not set(line.gap(last)) & set(signs):
        last += 1
    return last


def _is_dated(behind: Sequence[str]) -> bool:
    """'3 years ago', 'last winter', 'in March', 'until 2009', 'as a child'; not 'as a tablet'."""
    dates = any(
        pair[0] in {"in", "until", "till"} and (pair[1] in word_set("patients.months") or _is_year(pair[1]))
        for pair in pairwise(behind)
    )
    young = was_a_child(behind) or ("in", "childhood") in pairwise(behind)
    return dates or young or bool({*behind} & word_set("patients.dated_behind"))


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}


def _is_dated_from(line: Line, mark: Mark) -> bool:
    """'Diagnosed with lymphoma 3 years ago', 'colon cancer since 2019': the time is of the beginning."""
    behind = line.lemmas(mark.last, _end_of_clause(line, mark.last, 6))
    before = line.lemmas(line.back_to_sign(mark.first, 5, ".;:,"), mark.first)
    passed = bool(word_set("patients.passed") & {*behind[:2]})  # 'in remission since 2015'
    return bool(word_set("patients.begins") & {*before, *behind}) and not passed


def _is_treatment(mark: Mark) -> bool:
    return mark.kind is Kind.CONCEPT and lexicon.may_be_over(mark.value)


def _is_over(line: Line, mark: Mark, treatments: Collection[int]) -> bool:
    joined = _joined_behind(line, mark, treatments)
    if _goes_on_behind(line, mark):
        return False
    first_of_two = line.lemmas(mark.last, mark.last + 2) == ("first", "then")  # 'cisplatin first, then paclitaxel'
    if first_of_two or _stopped_behind(line, mark) or line.tokens[mark.first].lemma in {"former", "ex"}:
        return True
    in_youth = was_in_youth(line.lemmas(mark.last, _end_of_clause(line, mark.last, 8)))
    mark = replace(mark, last=joined)
    dated = in_youth or _is_dated(line.lemmas(mark.last, _end_of_clause(line, mark.last, 4)))
    if (dated and not is_begun(line, mark)) or _last_given(line, mark):
        return True
    behind = set(_told_behind(line, mark, treatments))
    if behind & word_set("patients.over_behind") or (
        behind & word_set("patients.dated_behind") and not is_begun(line, mark)
    ):
        return True
    first = line.back_to_sign(mark.first, 6, ".;:")
    past = [at for at in range(first, mark.first) if _tells_the_past(line, at, mark, treatments)]
    past = [at for at in past if not _is_stopped_and_dated(line, at, mark)]
    now = [at for at in range(first, mark.first) if _tells_the_present(line, at)]
    return bool(past) and (not now or now[-1] < past[-1])


def _is_stopped_and_dated(line: Line, at: int, mark: Mark) -> bool:
    """'Stopped in 2012,' in front of the next thing of a list, which may go on."""
    if line.tokens[at].lemma not in word_set("patients.stopped"):
        return False
    ends = [place for place in range(at + 1, mark.first + 1) if "," in line.gap(place)]
    return bool(ends) and _is_dated(line.lemmas(at + 1, ends[0]))


def _stopped_behind(line: Line, mark: Mark) -> bool:
    """'Metoprolol, stopped a year ago', 'took lithium, discontinued'."""
    sign = line.gap(mark.last).strip() if mark.last < len(line.tokens) else ""
    if sign not in {",", "-", "–", "("} or line.tokens[mark.last].lemma not in word_set("patients.stopped"):
        return False
    return _ends_there(line, mark.last + 1)


_WHEN_OR_WHY = frozenset({
    "a", "about", "after", "ago", "an", "as", "at", "because", "before", "by", "due", "early", "for", "in", "it",
    "last", "on", "recently", "since", "some", "the", "this", "two", "when", "yesterday",
})  # fmt: skip


def _joined_behind(line: Line, mark: Mark, treatments: Collection[int]) -> int:
    """Where 'carboplatin/pemetrexed', 'FOLFOX + bevacizumab' ends: what is said behind is said of all of them."""
    last = mark.last
    while last in treatments and line.gap(last).strip() in {"/", "+", "-", "&"}:
        while last in treatments:
            last += 1
    return last


def _last_given(line: Line, mark: Mark) -> bool:
    """'Rituximab, last infusion 8 weeks ago', 'FOLFOX (last cycle in 2021)'; not '…, last taken yesterday'."""
    if not _names_the_last(line.lemmas(mark.last, mark.last + 3)):
        return False
    end = _end_of_clause(line, mark.last + 2, 6)
    agos = [ago.days for first, _, ago in find_agos(line) if mark.last <= first < end]
    return any(days >= _LONG_AGO for days in agos) or (not agos and _is_dated(line.lemmas(mark.last + 2, end)))


_LONG_AGO = Decimal(14)  # days


def _names_the_last(words: Sequence[str]) -> bool:
    """'last dose', 'final cycle given', 'last taken'."""
    words = words[bool({*words[:1]} & _OWN) :]
    doses = word_set("patients.doses") | {"one"}
    return words[:1] in (("last",), ("final",)) and words[1:2] != () and words[1] in doses


_OWN = frozenset({"the", "my", "his", "her"})


def _goes_on_behind(line: Line, mark: Mark) -> bool:
    """'Rituximab last year, still on it'."""
    behind = line.lemmas(mark.last, mark.last + 8)
    daily = {*line.lemmas(mark.last, _end_of_clause(line, mark.last, 3))} & word_set("patients.daily")
    still = any(pair[0] == "still" and pair[1] in word_set("patients.now") for pair in pairwise(behind))
    return bool(daily) or still or _lasts_till_now(line, mark)


def _lasts_till_now(line: Line, mark: Mark) -> bool:
    """'Metformin since 2019', 'semaglutide 1 mg for the past 3 months'; not 'off metformin since 2019'."""
    behind = line.lemmas(mark.last, _end_of_clause(line, mark.last, 7))
    at = next((at for at, word in enumerate(behind) if word in {"since", "for"}), len(behind))
    then, dosed = behind[at + 1 : at + 3], _end_of_dose(line, mark.last) >= mark.last + at
    since = behind[at : at + 1] == ("since",) and bool(then) and _is_a_time(then[0])
    lately = behind[at : at + 1] == ("for",) and bool({*then} & {"last", "past"})
    before = line.lemmas(line.back_to_sign(mark.first, 6, ".;:,"), mark.first)
    ended = (word_set("patients.over") | _NONE) & {*before}
    return dosed and (since or lately) and not ended


_NONE = frozenset({"no", "not", "never", "without", "since", "was", "were"})


def _is_a_time(word: str) -> bool:
    return _is_year(word) or word in word_set("patients.months") or word in _TIMES


_TIMES = frozenset({"last", "childhood", "age", "early", "late", "about", "around", "yesterday", "diagnosis"})


def _end_of_dose(line: Line, at: int) -> int:
    """Where a dose behind a drug ends: '1 mg weekly'."""
    while at < len(line.tokens) and (line.tokens[at].text[:1].isdigit() or line.tokens[at].lemma in _DOSES):
        at += 1
    return at


_DOSES = frozenset({
    "mg", "g", "mcg", "µg", "ug", "ml", "unit", "iu", "once", "twice", "daily", "weekly", "monthly", "a", "per", "day",
    "week", "month", "therapy", "treatment", "tablet", "injection", "bid", "tid", "qd", "od", "regularly",
})  # fmt: skip


def _told_behind(line: Line, mark: Mark, treatments: Collection[int]) -> tuple[str, ...]:
    """The words said of a treatment behind it, up to the next: 'insulin | and failed metformin'."""
    last = mark.last
    while (
        last < min(len(line.tokens), mark.last + 5)
        and not set(line.gap(last)) & set(",.;:")
        and last not in treatments
        and line.tokens[last].lemma not in {"after", "since"}
    ):
        last += 1
    while last in treatments and last > mark.last and line.tokens[last - 1].lemma in word_set("patients.over"):
        last -= 1
    return line.lemmas(mark.last, last)


def _tells_the_past(line: Line, at: int, mark: Mark, treatments: Collection[int]) -> bool:
    """Whether the word before a treatment ends it; 'after', 'failed' are of the nearest: 'after metformin, insulin'."""
    if line.lemmas(max(0, at - 1), at + 1) == ("no", "longer"):
        return True
    if line.tokens[at].lemma not in word_set("patients.over"):
        return False
    listed = line.tokens[mark.first - 1].lemma in {"and", "or"} or bool({*line.gap(mark.first)} & set(",/+"))
    nearest_only = line.tokens[at].lemma in word_set("patients.over_nearest") and not listed
    return not (nearest_only and any(between in treatments for between in range(at, mark.first)))


def _tells_the_present(line: Line, at: int) -> bool:
    """Whether a treatment is told as going on by this word; not by the 'on' of 'previously on'."""
    word = line.tokens[at].lemma
    if word in word_set("patients.surely_now"):
        return True
    if line.lemmas(max(0, at - 2), at) in {("used", "to"), ("no", "longer")}:
        return False  # 'used to take lithium'
    said = word in word_set("patients.now") | word_set("patients.begun")
    return said and not (at and line.tokens[at - 1].lemma in word_set("patients.over"))


def taken_now(line: Line, marks: Sequence[Mark]) -> tuple[str, ...]:
    """Treatments and habits told as going on: 'takes apixaban', 'on insulin', 'loratadine daily', 'smokes'."""
    over = {*what_is_over(line, marks)}
    going = [one.value for one in marks if _is_treatment(one) and _goes_on(line, one)]
    return tuple(concept for concept in dict.fromkeys(going) if concept not in over)


def _goes_on(line: Line, mark: Mark) -> bool:
    first = line.back_to_sign(mark.first, 8, ".;:")
    now = word_set("patients.now") - {"use"}
    behind = {*line.lemmas(mark.last, _end_of_clause(line, mark.last, 4))}
    told = any(_tells_the_present(line, at) and line.tokens[at].lemma in now for at in range(first, mark.first))
    begun = is_begun(line, mark) and not lexicon.runs_out(mark.value)
    daily = bool(behind & word_set("patients.daily")) or _lasts_till_now(line, mark) or begun
    return told or mark.value in word_set("patients.habits") or daily


def is_begun(line: Line, mark: Mark, but: Collection[str] = ()) -> bool:
    """'Started insulin 3 years ago', 'takes insulin before meals': the time is no end; `but`: words that begin none."""
    first = line.back_to_sign(mark.first, 6, ".;:,")
    return _is_treatment(mark) and (
        _is_begun_behind(line, mark)
        or any(
            _tells_the_present(line, at)
            and (line.tokens[at].lemma not in {"on", *but} or line.lemmas(max(0, at - 1), at) in _PUT)
            and not {"was", "were"} & set(line.lemmas(max(0, at - 1), at))
            for at in range(first, mark.first)  # 'on tamoxifen 5 years ago', 'was taking it last year' are over
        )
    )


def _is_begun_behind(line: Line, mark: Mark) -> bool:
    """'Atorvastatin was started 5 weeks ago'; not '… and stopped last week'."""
    behind = line.lemmas(mark.last, mark.last + 2)
    begun = behind[behind[:1] in {("was",), ("were",)} :][:1]
    return bool(begun) and begun[0] in word_set("patients.begun") and not _is_ended(line, mark, len(line.tokens))


def ended_later(line: Line, marks: Sequence[Mark]) -> frozenset[str]:
    """Treatments told as begun and stopped: 'started metformin in May, stopped it in June', '… and off again'."""
    treatments = [mark for mark in marks if _is_treatment(mark)]
    ends = [*(mark.first for mark in treatments[1:]), len(line.tokens)]
    begun = [(mark, end) for mark, end in zip(treatments, ends, strict=False) if is_begun(line, mark)]
    return frozenset(mark.value for mark, end in begun if _is_ended(line, mark, end))


def _is_ended(line: Line, mark: Mark, end: int) -> bool:
    """Whether what was begun ended, told before token `end`; not by '…, stopped smoking'."""
    end = min(end, _end_of_clause(line, mark.last, 12, ".;:?!"))
    return any(
        line.lemmas(at, at + 2) in _OFF
        or (line.tokens[at].lemma in word_set("patients.stopped") and _ends_there(line, at + 1))
        for at in range(mark.last, end)
    )


def _ends_there(line: Line, at: int) -> bool:
    """Whether nothing else ended: 'stopped', 'stopped it'; not 'stopped smoking', 'quit his job', 'ended up'."""
    ends = at >= len(line.tokens) or bool(line.gap(at).strip())
    return ends or line.tokens[at].lemma in _WHEN_OR_WHY or number_at(line, at) is not None


_PUT, _OFF = {("put",), ("placed",)}, {("off", "it"), ("off", "again")}  # 'put on sertraline', '… and off again'


def pasts_of(line: Line, marks: Sequence[Mark]) -> tuple[Past, ...]:
    """How many days ago each concept was that a description dates, in the order of the text."""
    concepts = [mark for mark in marks if mark.kind is Kind.CONCEPT]
    told: dict[str, Past] = {}
    exact = ((first, last, ago.days, _least(line, first)) for first, last, ago in find_agos(line))
    for at, days in _days_after(line):
        later = next((mark for mark in concepts if at <= mark.first <= at + 1), None)
        if later is not None:
            told[later.value] = Past(later.value, days)
    for first, last, days, least in (*exact, *_lately(line)):
        start = line.back_to_sign(first, 4, ".;:?,(")
        ends = ".;:?" if _names_the_last(line.lemmas(start, first)) else ".;:?,"
        which = nearest(line, [(mark.first, mark.last) for mark in concepts], (first, last), ends)
        if which and _is_the_reason(line, concepts[which - 1], concepts[which]):
            stay = Past(concepts[which - 1].value, days, least)
            told.setdefault(stay.concept, stay)
        if which is not None and not (_passes(concepts[which]) and _is_dated_from(line, concepts[which])):
            one = Past(concepts[which].value, days, least)
            told[one.concept] = min(told.get(one.concept, one), one, key=attrgetter("days"))  # the latest of several
    return tuple(told.values())


def _is_the_reason(line: Line, stay: Mark, mark: Mark) -> bool:
    """'In hospital for asthma 2 months ago': the time is of the stay as well."""
    between = {*line.lemmas(stay.last, mark.first)}
    return stay.value == "hospitalization" and not set(line.gap(mark.first)) & set(".;:") and between <= _FOR


_FOR = frozenset({"for", "with", "because", "of", "due", "to", "a", "an", "her", "his", "my", "severe", "bad", "the"})


def _days_after(line: Line) -> Iterable[tuple[int, Decimal]]:
    """'Day 10 after a heart attack', '3 weeks post stroke' that open a clause: where what was stands, and the days."""
    for at in range(len(line.tokens)):
        opens = not at or bool(line.gap(at).strip()) or line.tokens[at - 1].lemma in _OPENS_A_DAY
        number = number_at(line, at + 1 if line.tokens[at].lemma == "day" else at)
        if not opens or number is None:
            continue
        unit = DAYS.get(line.lemmas(number.last, number.last + 1)[0]) if number.last < len(line.tokens) else None
        days, then = (number.value * unit, number.last + 1) if unit else (number.value, number.last)
        if (unit or line.tokens[at].lemma == "day") and line.lemmas(then, then + 1) in {("after",), ("post",)}:
            yield then + 1, days


_OPENS_A_DAY = frozenset({"is", "now", "am", "currently", "are", "on"})


def _least(line: Line, first: int) -> Decimal | None:
    """'Within 4 weeks', 'in the last year' may be of yesterday."""
    return Decimal(0) if line.tokens[first].lemma in {"within", "in", "during", "over"} else None


def _lately(line: Line) -> Iterable[tuple[int, int, Decimal, Decimal]]:
    """'Last week', 'until yesterday' as token ranges with the most and the least days that they may mean."""
    lemmas = line.lemmas()
    for at, word in enumerate(lemmas):
        if word in _LATELY:
            yield at, at + 1, _LATELY[word], Decimal(0)
        elif word in {"last", "past"} and at + 1 < len(lemmas) and lemmas[at + 1] in _LAST:
            yield at, at + 2, _LAST[lemmas[at + 1]], Decimal(0)


_LATELY = {"yesterday": Decimal(1)}
_LAST = {"night": Decimal(1), "week": Decimal(14), "month": Decimal(62)}
