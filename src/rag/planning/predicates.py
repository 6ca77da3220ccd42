"""From marks to one predicate: limits, concepts and fields under the verbs that govern them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.evidence.kinds import read_kind
from rag.planning import lexicon, tables
from rag.planning.ago import find_agos
from rag.planning.cues import Cue, asked, coordinated, find_cues, governing, governing_beside
from rag.planning.echoes import with_pointed_at, without_echoes
from rag.planning.findings import without_story
from rag.planning.joining import Part, join, without_contradictions
from rag.planning.leaving import left_out, left_out_behind, start_of, trials_are_left_out, words_leaving_out
from rag.planning.leftovers import read_leftovers
from rag.planning.limited import ages_of, limit_of, negated
from rag.planning.marks import Kind, Mark
from rag.planning.places import is_any_site, left_out_as_told
from rag.planning.slots import names_trials
from rag.planning.statuses import OF_TRIALS, is_idle_status
from rag.planning.tables import word_set
from rag.planning.told import dated, is_one_person, without_dates_of_life, without_told
from rag.planning.tones import hear_tone
from rag.planning.whom import with_whom
from rag.planning.words import Line
from rag.types import About, All, Any, Asks, Concerns, FieldIs, Limit, Not, Predicate
from rag.values import EVERYTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """The predicate of a question, and what of it could not be placed."""

    where: Predicate | None
    parts: tuple[Part, ...]
    cues: tuple[Cue, ...]
    unplaced: tuple[str, ...]


def read_predicates(line: Line, marks: Sequence[Mark], taken: frozenset[int], *, topics: bool) -> Reading:
    """The parts of the question that restrict trials. With `topics`, words left over become topics of the trial."""
    marks, taken = without_dates_of_life(line, marks, taken)
    cues = find_cues(line, marks, taken)
    if topics and not cues:
        cues = hear_tone(line, marks, taken)
        taken |= {i for cue in cues for i in range(cue.first, cue.last)}
    marks = [mark for mark in marks if not _opens_a_name(line, mark, marks)]
    kept = [mark for mark in marks if not _is_idle(line, mark, cues, marks)]
    parts = [part for mark in kept if (part := _part(line, mark, cues, topics=topics)) is not None]
    echoes = [mark for mark in marks if mark not in kept and mark.kind in {Kind.VARIABLE, Kind.AGES, Kind.GROUP}]
    busy = taken | {
        i
        for mark in [*kept, *echoes]
        if _is_read(mark, cues, topics=topics) or _names_a_role(mark, kept)
        for i in range(mark.first, mark.last)
    }
    busy |= {i for mark in kept if mark.kind is Kind.FIELD for i in words_leaving_out(line, mark.first)}
    agos = [ago for ago in find_agos(line) if not busy & set(range(*ago[:2]))]
    busy |= {i for first, last, _ in agos for i in range(first, last)}
    runs, unplaced = read_leftovers(line, kept, busy, cues, parts, topics=topics)
    found = [_under_both(line, part, cues) for part in sorted([*parts, *runs], key=lambda part: part.first)]
    found = with_pointed_at(line, found, cues)
    found, idle = without_story(line, found, marks) if topics else (found, [])
    found, told = without_told(line, found, cues)
    parts, past = dated(line, without_echoes(line, found, tables.measured_by()), agos)
    parts, against = without_contradictions(line, with_whom(line, parts))
    return Reading(join(line, parts), tuple(parts), cues, (*unplaced, *idle, *told, *past, *against))


def _opens_a_name(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'phosphate binder trials', 'calcium blocker studies': no measure, but the first word of what is tried."""
    at = mark.last
    if mark.kind is not Kind.VARIABLE or at + 1 >= len(line.tokens) or line.gap(at).strip():
        return False
    named = line.tokens[at].lemma not in tables.stop_words() | tables.frame_words() | word_set("predicates.of_measures")
    free = not any(other.first <= at < other.last for other in marks)
    return named and free and line.tokens[at + 1].lemma in OF_TRIALS and not line.gap(at + 1).strip()


def _is_read(mark: Mark, cues: Sequence[Cue], *, topics: bool) -> bool:
    """Whether the mark's words are spoken for; the name of a fact is a plain word under a verb of criteria."""
    if mark.kind is Kind.FACT:
        return not topics or governing(cues, mark.first) is None
    return mark.kind is not Kind.CONCEPT


def _names_a_role(mark: Mark, marks: Sequence[Mark]) -> bool:
    """The 'collaborators' of 'name X among their collaborators'."""
    named = mark.kind is Kind.FACT and mark.value in {"collaborators", "sponsor"}
    return named and any(getattr(other.value, "field", "") in {"collaborator", "sponsor"} for other in marks)


def _is_idle(line: Line, mark: Mark, cues: Sequence[Cue], marks: Sequence[Mark]) -> bool:
    """A mark whose words mean something else here: 'open' of 'open surgery', a variable that its limit names again."""
    if mark.kind is Kind.FIELD and _is_of_people(line, mark):
        return True
    if mark.kind is Kind.FIELD and isinstance(mark.value, FieldIs) and mark.value.field == "status":
        return is_idle_status(line, mark, cues, marks)
    if getattr(mark.value, "field", "") == "primary_purpose" and _ends_a_treatment(line, mark, marks):
        return True
    told = mark.kind in {Kind.VARIABLE, Kind.AGES}  # most marks are neither
    limited = {other.value.variable for other in marks if told and other.kind is Kind.LIMIT}
    if mark.kind is Kind.VARIABLE:
        return _tells_when(line, mark, marks) or bool(limited & set(lexicon.with_multiples(mark.value)))
    if mark.kind is Kind.AGES:
        described = _describes(line, mark, marks) or _describes_excluded(line, mark, cues, marks)
        bounded = any(getattr(o.value, "field", "") in _AGE_BOUNDS and o.value.numbers for o in marks)
        return described or bounded or ("age" in limited and not _is_contrasted(line, mark, marks))
    return mark.kind is Kind.GROUP and any(_gives_value(line, mark, other) for other in marks)


_AGE_BOUNDS = frozenset({"age.minimum", "age.maximum"})  # 'a teenager or so, i.e. a minimum age from 12 to 17'


def _ends_a_treatment(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'laser treatment trials', 'digital therapeutics studies': the name of a treatment, no purpose of a trial."""
    if mark.first == 0 or line.gap(mark.first).strip(" -") or line.lemmas(mark.last - 1, mark.last)[0] not in OF_TRIALS:
        return False
    named = [other.value for other in marks if other.kind is Kind.CONCEPT and other.last == mark.first]
    if named and not lexicon.is_a_condition(named[0]):
        return True
    return read_kind(line.words(mark.first - 1, mark.first + 1)).kind is not None


def _is_of_people(line: Line, mark: Mark) -> bool:
    """A place where people live or a language that they speak; 'a blind person' for a masking."""
    field, before = getattr(mark.value, "field", ""), line.lemmas(max(0, mark.first - 3), mark.first)
    if field in {"city", "country"}:
        lived_in = bool((word_set("predicates.living") | word_set("predicates.speaking")) & set(before))
        return lived_in and not _is_pointed_back_to(line, mark.last)
    beside = {*before[-1:], *line.lemmas(mark.last, mark.last + 1)}
    blind = field == "masking" and line.lemmas(mark.first, mark.last) == ("blind",)
    whose = before[:-1] and before[-1] in word_set("cues.be") and before[-2] in _WHOSE | word_set("cues.relatives")
    return blind and bool((word_set("cues.people") | {"legally"}) & beside or before[-1:] == ("the",) or whose)


_WHOSE = frozenset({"he", "she", "i", "who", "patient", "child", "baby"})


def _is_pointed_back_to(line: Line, at: int) -> bool:
    """'We live in Denmark; is there a site here?': the trials are sought in the place where somebody lives."""
    return any(found.first >= at for found in tables.nearby_phrases().find(line))


def _describes(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'a child with platelets of 140': the person whose value is asked about, no condition of its own."""
    before = line.lemmas(max(0, mark.first - 1), mark.first)
    if before in {("my",), ("our",)} and len(marks) > 1:
        return True  # 'I am breast-feeding my baby'
    if is_one_person(line, mark.first, mark.last):
        return any(other.kind in {Kind.LIMIT, Kind.CONCEPT} and not other.touches(mark) for other in marks)
    said = before in {("a",), ("an",)} and line.lemmas(mark.last, mark.last + 1) in {("with",), ("who",), ("whose",)}
    return said and any(other.first > mark.last and other.kind in {Kind.LIMIT, Kind.CONCEPT} for other in marks)


def _describes_excluded(line: Line, mark: Mark, cues: Sequence[Cue], marks: Sequence[Mark]) -> bool:
    """'exclude children with asthma': the asthma is turned away, not childhood."""
    cue = governing(cues, mark.first)
    said = line.lemmas(mark.last, mark.last + 1) in {("with",), ("who",), ("whose",), ("having",), ("on",)}
    behind = any(other.first > mark.last and other.kind in {Kind.LIMIT, Kind.CONCEPT, Kind.VARIABLE} for other in marks)
    return cue is not None and asked(cue)[0] is Asks.EXCLUDES and said and behind


def _is_contrasted(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'children but not babies under one year': an age of its own, and one that is left out."""
    ages = [other for other in marks if other.kind is Kind.LIMIT and other.value.variable == "age"]
    between = [set(line.lemmas(mark.last, other.first)) for other in ages if other.first > mark.last]
    return any(words & {"not", "no", "except", "without"} for words in between)


def _gives_value(line: Line, group: Mark, limit: Mark) -> bool:
    """'a healthy liver, say bilirubin 0.8': the limit behind says what is meant."""
    if limit.kind is not Kind.LIMIT or names_trials(line, group.last):
        return False
    if limit.last <= group.first:  # 'a GFR of 20: whose own kidney limit leaves room for that?'
        named = line.lemmas(group.last, group.last + 1) in {("limit",), ("rule",), ("criterion",), ("criteria",)}
        return named and limit.value.variable in lexicon.all_of(group.value.id)
    between = set(line.lemmas(group.last, limit.first))
    of_group = limit.value.variable in lexicon.all_of(group.value.id)
    return of_group and not between & {"and", "or", "but", "nor"}


def _tells_when(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'a score of 2 before stroke onset': the time of what a limit says, no limit of its own."""
    return line.lemmas(max(0, mark.first - 2), mark.first)[-1:] in {("before",), ("after",), ("since",)} and any(
        other.kind is Kind.LIMIT for other in marks
    )


def _under_both(line: Line, part: Part, cues: Sequence[Cue]) -> Part:
    """'neither require nor exclude metformin': what stands under one of two joined verbs stands under both."""
    other = coordinated(line, cues, part.cue)
    said = part.predicate.predicate if isinstance(part.predicate, Not) else part.predicate
    if part.cue is None or other is None or not isinstance(said, Limit | Concerns):
        return part
    verbs = (part.cue, other)
    if part.cue.negated and other.negated:
        return replace(part, predicate=All(tuple(Not(replace(said, asks=cue.asks)) for cue in verbs)))
    asks, negated = asked(other)
    twin: Predicate = replace(said, asks=asks)
    return replace(part, predicate=Any((part.predicate, Not(twin) if negated else twin)))


# ── One part ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _part(line: Line, mark: Mark, cues: Sequence[Cue], *, topics: bool) -> Part | None:
    """What the mark says of trials under the verb that governs it; None for a mark that restricts nothing."""
    if mark.kind is Kind.FIELD:
        return None if is_any_site(line, mark) else Part(mark.first, mark.last, _field(line, mark, cues))
    cue = governing(cues, mark.first)
    predicate = _governed(line, mark, cue, topics=topics)
    return None if predicate is None else Part(mark.first, mark.last, predicate, cue)


def _governed(line: Line, mark: Mark, cue: Cue | None, *, topics: bool) -> Predicate | None:
    """What the mark says under the verb."""
    predicate: Predicate | None = None
    if mark.kind is Kind.LIMIT:
        predicate = limit_of(line, mark, cue)
    elif mark.kind is Kind.AGES:
        predicate = negated(ages_of(line, mark, cue), cue)
    elif mark.kind is Kind.VARIABLE and (cue is not None or topics):
        predicate = _variable(line, mark, cue)
    elif mark.kind is Kind.GROUP and topics and names_trials(line, mark.last) and (cue is None or mark.first == 0):
        words = line.words(mark.first, mark.last)  # 'kidney trials'
        predicate = About(tables.fields_of_medicine().get(line.tokens[mark.first].lemma, words))
    elif mark.kind is Kind.GROUP and cue is not None:
        predicate = _group(line, mark, cue)
    return predicate


def _variable(line: Line, mark: Mark, cue: Cue | None) -> Predicate:
    """A variable named without a number: its mention, or the topic ('trials on blood pressure')."""
    if cue is None and line.lemmas(max(0, mark.first - 1), mark.first) in {("about",), ("on",), ("of",)}:
        return About(line.words(mark.first, mark.last))
    if cue is None:
        return mentions(lexicon.with_multiples(mark.value))
    if "multiple" in line.lemmas() and any(v.endswith("_uln") for v in lexicon.with_multiples(mark.value)):
        return _mentioned(tuple(v for v in lexicon.with_multiples(mark.value) if v.endswith("_uln")), cue)
    in_unit = bool({"mg", "mmol", "µmol", "umol", "g"} & set(line.lemmas(mark.last, mark.last + 5)))
    return _mentioned((mark.value,) if in_unit else lexicon.with_multiples(mark.value), cue)


def _field(line: Line, mark: Mark, cues: Sequence[Cue]) -> Predicate:
    """The field's predicate, negated by 'not', 'outside' or an 'excluding' right before it."""
    start, found = start_of(line, mark.first), mark.value
    adjacent = any(cue.last == start and cue.asks is Asks.EXCLUDES and not cue.passive for cue in cues)
    if isinstance(found, FieldIs) and found.field == "healthy_volunteers" and found.values == ("true",):
        return _volunteers(governing_beside(line, cues, mark), left_out(line, mark.first))
    if isinstance(found, FieldIs) and found.field == "sex":
        cue, sex = governing(cues, mark.first), _sex(line, mark, found)
        alone = len(found.values) == 1 and trials_are_left_out(line, mark.first)
        return Not(sex) if alone or (cue is not None and cue.left_out) else sex
    denied = adjacent or left_out(line, mark.first) or left_out_behind(line, mark.last)
    said = _in_either_role(line, found)
    return left_out_as_told(line, mark.first, said) if denied else said


def _in_either_role(line: Line, found: Predicate) -> Predicate:
    """'is Pfizer sponsor or collaborator', 'sponsored by or working with Pfizer': either will do."""
    if not isinstance(found, FieldIs) or found.field not in {"sponsor", "collaborator"} or not found.values:
        return found
    lemmas = line.lemmas()
    sponsors, partners = word_set("predicates.sponsoring"), word_set("predicates.partnering")
    joined = any(
        word == "or" and sponsors & {*lemmas[max(0, at - 2) : at]} and partners & {*lemmas[at + 1 : at + 3]}
        for at, word in enumerate(lemmas)
    )
    return Any((replace(found, field="sponsor"), replace(found, field="collaborator"))) if joined else found


def _volunteers(cue: Cue | None, denied: bool) -> FieldIs:
    out = (cue is not None and asked(cue)[0] is Asks.EXCLUDES) or (cue is None and denied)
    return FieldIs("healthy_volunteers", ("false" if out else "true",))


_SEXES = frozenset({"FEMALE", "MALE"})


def _sex(line: Line, mark: Mark, found: FieldIs) -> FieldIs:
    """'only admit women': an 'only' near by leaves the one sex."""
    near = set(line.lemmas(max(0, mark.first - 2), mark.last + 2))
    if len(found.values) == len(_SEXES) and "ALL" in found.values and left_out(line, mark.first):
        return FieldIs("sex", tuple(_SEXES - set(found.values)))  # 'not open to males'
    if len(found.values) > 1 and near & {"only", "exclusively", "solely", "just"}:
        return FieldIs("sex", found.values[:1])
    return found


def _mentioned(variables: Iterable[str], cue: Cue) -> Predicate:
    """A variable without a number: whatever the verb, only whether a limit is stated can be asked."""
    silent = asked(cue)[0] is Asks.SILENT
    whole = mentions(variables, silent=silent)
    return Not(whole) if cue.negated and not silent and cue.asks is not Asks.SILENT else whole


def mentions(variables: Iterable[str], *, silent: bool = False) -> Predicate:
    """A limit on any of the variables stated, or with `silent` on none of them."""
    limits = tuple(Limit(variable, EVERYTHING, Asks.SILENT if silent else Asks.MENTIONS, "") for variable in variables)
    return limits[0] if len(limits) == 1 else All(limits) if silent else Any(limits)


def _group(line: Line, mark: Mark, cue: Cue) -> Predicate:
    """An organ's function: every variable and concept of it for mention and silence, else a condition in words."""
    asks, negated = asked(cue)
    if asks not in {Asks.MENTIONS, Asks.SILENT}:
        concern: Predicate = Concerns((), _phrase_around(line, mark), asks)
        known = lexicon.concepts_of(mark.value.id)
        if asks is Asks.EXCLUDES and known and _is_alone(line, mark, cue):  # 'turned down because of kidney function'
            measured = mentions(lexicon.all_of(mark.value.id))
            concern = Any((measured, Concerns(known, line.words(mark.first, mark.last).lower(), asks)))
        return Not(concern) if negated else concern
    limits = tuple(Limit(variable, EVERYTHING, asks, "") for variable in lexicon.all_of(mark.value.id))
    words = line.words(mark.first, mark.last).lower()
    parts: tuple[Predicate, ...] = (*limits, Concerns(lexicon.concepts_of(mark.value.id), words, asks))
    return All(parts) if asks is Asks.SILENT else Any(parts)


def _is_alone(line: Line, mark: Mark, cue: Cue) -> bool:
    """Whether an organ's function is named as a ground, with no word beside it that says how it is."""
    if "function" not in line.lemmas(mark.first, mark.last):
        return False
    before, after = line.lemmas(max(0, mark.first - 1), mark.first), line.lemmas(mark.last, mark.last + 1)
    opened = mark.first == cue.last or not before or before[0] in tables.stop_words()
    return opened and (not after or after[0] in {"in", "alone", "only"} or line.stops_at(mark.last))


def _phrase_around(line: Line, mark: Mark) -> str:
    first, last = mark.first, mark.last
    while first > 0 and line.tokens[first - 1].lemma not in tables.stop_words() and line.gap(first).isspace():
        first -= 1
    while last < len(line.tokens) and line.tokens[last].lemma not in tables.stop_words() and line.gap(last).isspace():
        last += 1
    return line.words(first, last).lower()
