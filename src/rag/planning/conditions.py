"""A condition of the turn before, changed by the follow-up: another value, variable, verb, concept or patient."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rag.criteria.grammar import read_comparisons
from rag.planning import lexicon
from rag.planning.cues import asked
from rag.planning.forms import says_trials
from rag.planning.joining import all_of, alternatives, conjuncts
from rag.planning.marks import Kind
from rag.planning.patients import patient_of
from rag.planning.quantities import quantity_at
from rag.planning.references import find_by_words
from rag.planning.sheet import Sheet, content_of, read_sheet
from rag.planning.tables import word_set
from rag.planning.words import read_line
from rag.types import About, All, Any, Asks, Concerns, FieldIs, Intent, Limit, Not, Patient, Predicate, QueryPlan
from rag.values import Interval, Values, exactly


def rescreened(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'And if the eGFR were 65?': the same person with what is now said of them."""
    new, old = patient_of(sheet.line, sheet.marks), previous.patient or Patient()
    if not (new.numbers or new.has or new.has_not or new.sex not in {"", old.sex}):
        return None
    changed = {number.variable for number in new.numbers}
    numbers = (*(n for n in old.numbers if n.variable not in changed), *new.numbers)
    has = tuple(dict.fromkeys([*(c for c in old.has if c not in new.has_not), *new.has]))
    has_not = tuple(dict.fromkeys([*(c for c in old.has_not if c not in new.has), *new.has_not]))
    dated = {past.concept for past in new.past}
    past = (*(one for one in old.past if one.concept in has and one.concept not in dated), *new.past)
    named = {one.concept for one in new.told}
    over = (*(c for c in old.earlier if c in has and c not in named), *new.earlier)
    told = (*(one for one in old.told if one.concept in has and one.concept not in named), *new.told)
    now = (*(c for c in old.now if c in has and c not in named), *new.now)
    return replace(previous, patient=Patient(numbers, has, has_not, new.sex or old.sex, past, over, told, now))


def with_fields(where: Predicate | None, fields: Sequence[Predicate]) -> Predicate | None:
    """`where` with the fields besides, each in the place of another value of it: Japan after Spain."""
    told = {field for part in fields if isinstance(part, FieldIs) and (field := _field(part)) is not None}
    return all_of([*(part for part in conjuncts(where) if isinstance(part, Not) or _field(part) not in told), *fields])


def fields_alone(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Phase 2', 'completed', 'Spain or Japan' and nothing else after a set: those of it, or another value there."""
    parts = [part.predicate for part in sheet.reading.parts]
    read = {at for part in sheet.reading.parts for at in range(part.first, part.last)}
    other = sheet.refs or sheet.facts or sheet.extremes or sheet.limits or sheet.concepts or says_trials(sheet)
    if other or not parts or any(_field(part) is None for part in parts) or previous.where is None:
        return None
    first = sheet.line.lemmas()[:1]
    if any(at not in read for at in content_of(sheet)) or first in _ASKING or previous.intent not in _LISTED:
        return None
    new = [part for part in conjuncts(sheet.reading.where) if isinstance(part, FieldIs | Not)]
    return replace(previous, where=with_fields(previous.where, new), previous=None, ordinal=0) if new else None


_LISTED = frozenset({Intent.TRIALS, Intent.COUNT})
_ASKING = {(word,) for word in ("which", "what", "how", "is", "are", "any", "who", "when", "where", "or", "also")}


def turned(sheet: Sheet, where: Predicate) -> Predicate | None:
    """'And which accept them?': the last condition under another verb."""
    cues = [cue for cue in sheet.reading.cues if not cue.passive]
    if (
        not cues
        or not {"them", "it", "those", "that", "this", "these"} & set(sheet.line.lemmas())
        or any(_asks(p.predicate) or isinstance(p.predicate, FieldIs) for p in sheet.reading.parts)
    ):
        return None
    parts = list(conjuncts(where))
    for at in range(len(parts) - 1, -1, -1):
        if isinstance(parts[at], Limit | Concerns):
            parts[at] = _asking(parts[at], asked(cues[0])[0])
            return all_of(parts)
    return None


def added(sheet: Sheet, where: Predicate) -> Predicate | None:
    """'And allow anticoagulants?', 'but not children?': a condition with a verb of its own is asked besides."""
    opens = sheet.line.lemmas()[:1] in {("and",), ("but",), ("also",)}
    cued = [p for p in sheet.reading.parts if p.cue is not None]
    asks = {_asks(part) for part in conjuncts(where)}
    if not opens or not cued or {_asks(p.predicate) for p in cued} <= asks:
        return None
    return all_of([where, *(p.predicate for p in sheet.reading.parts)])


def names_other_ones(sheet: Sheet, where: Predicate | None) -> bool:
    """'And which have German ones?' after 'which have sites in Japan?': the sites, not the trials."""
    before = {part.field for part in conjuncts(where) if isinstance(part, FieldIs)}
    tokens, lemmas = sheet.line.tokens, sheet.line.lemmas()
    places = any(getattr(mark.value, "field", "") in before & _PLACES for mark in sheet.kinds(Kind.FIELD))
    if places and any(lemmas[at : at + 3] == ("have", "them", "in") for at in range(len(lemmas))):
        return True  # 'which ones have them in Spain?'
    return any(
        mark.last < len(tokens) and tokens[mark.last].text.casefold() == "ones" and mark.value.field in before
        for mark in sheet.kinds(Kind.FIELD)
        if isinstance(mark.value, FieldIs) and mark.value.field in _PLACES
    )


_PLACES = frozenset({"country", "city", "state"})


def one_of_them(sheet: Sheet) -> Sheet | None:
    """'The paediatric one among them?', 'the Chinese one?', read as a condition on the trials before, not as a name."""
    lemmas = sheet.line.lemmas()
    pairs = {lemmas[at : at + 2] for at in range(len(lemmas))}
    among = any((word, whom) in pairs for word in ("among", "of") for whom in ("them", "those", "these"))
    whole = len(sheet.references) == 1 and not [i for i in content_of(sheet) if not _is_named(sheet, i)]
    told = sheet.refs and all(
        ref.how not in {"id", "acronym", "title"} or len(ref.trial_ids) > 1 for ref in sheet.refs
    )
    if not told or not (among or (whole and sheet.refs[0].text.casefold().endswith(" one"))):
        return None
    again = read_sheet(sheet.line.text, sheet.index, naming=False)
    return again if again.kinds(Kind.LIMIT, Kind.FIELD, Kind.AGES) and not again.facts else None


def described_one(sheet: Sheet) -> tuple[Predicate, Sheet] | None:
    """What 'the head-and-neck one', 'the one in gout patients' says of one trial before, and the question with 'it'.

    None where no trial is told so, or nothing is asked of it.
    """
    if any(ref.how in {"id", "acronym"} for ref in sheet.refs):
        return None
    lemmas, line = sheet.line.lemmas(), sheet.line
    ones = [at for at in range(1, len(lemmas)) if lemmas[at] == "one" and line.tokens[at].text.casefold() == "one"]
    for one in ones:
        first = next((at for at in range(one - 1, max(-1, one - _WITHIN), -1) if lemmas[at] == "the"), None)
        if first is None:
            continue
        span = (first + 1, one) if first + 1 < one else (one + 2, _end_of_words(sheet, one + 2))
        last = max(one + 1, span[1])
        behind = first + 1 < one or lemmas[one + 1 : one + 2] in _BEHIND
        if not behind or span[0] >= span[1]:
            continue
        where = read_sheet(f"trials: {line.words(*span)}", sheet.index, naming=False).reading.where
        text = line.text[: line.tokens[first].start] + "it" + line.text[line.tokens[last - 1].end :]
        rest = read_sheet(text, sheet.index, naming=False)
        if where is not None and (rest.facts or rest.marks or len(content_of(rest)) > 0):
            return where, rest
    return None


_WITHIN = 6  # words between 'the' and 'one'
_BEHIND = {(word,) for word in ("in", "with", "for", "of", "on", "about", "from", "at")}


def _end_of_words(sheet: Sheet, first: int) -> int:
    """Where the description behind 'the one in' ends: at a verb, a sign or what is asked; people are left out."""
    asked = {mark.first for mark in sheet.kinds(Kind.FACT, Kind.CUE, Kind.FIELD)}
    verbs = word_set("cues.be") | word_set("cues.auxiliaries") | word_set("cues.people") | {"have", "has", "had"}
    at = first
    while at < len(sheet.line.tokens) and at not in asked and sheet.line.tokens[at].lemma not in verbs:
        if at > first and set(sheet.line.gap(at)) & set(",;:?.!"):
            break
        at += 1
    while at < len(sheet.line.tokens) and sheet.line.tokens[at].lemma in word_set("cues.people"):
        at += 1
    return at


def _is_named(sheet: Sheet, at: int) -> bool:
    return any(reference.first <= at < reference.last for reference in sheet.references)


def replaced(sheet: Sheet, where: Predicate) -> Predicate | None:
    """`where` with its last condition replaced by the one that the follow-up names; None when it names none."""
    parts = where.predicates if isinstance(where, All) else (where,)
    asks = next((_asks(part) for part in reversed(parts) if _asks(part) is not None), None)
    cued = any(not cue.passive or cue.asks for cue in sheet.reading.cues)
    new = [
        p.predicate if cued else _demanded(p.predicate, asks)
        for p in sheet.reading.parts
        if (not isinstance(p.predicate, About) or sheet.concepts or asks is None)
        and not (asks and _names_a_measure(p.predicate))
        and not (asks and isinstance(p.predicate, About) and _NUMBER.match(p.predicate.text))  # '3 mg/dl'
    ]
    new = [_asking(_concern(p), asks) if isinstance(p, About) and asks else p for p in new]
    if not sheet.limits and not cued and asks:
        new += [p for m in sheet.kinds(Kind.VARIABLE) for p in _other_variable(m.value, parts, asks)]
    new = [p for p in new if not _is_only_named(p, new)]
    if len(new) > 1 and "or" in sheet.line.lemmas()[1:] and "and" not in sheet.line.lemmas()[1:]:
        new = [alternatives(new)]  # 'and in Japan or China?'
    if not new:
        return _renamed(sheet, parts) or _revalued(sheet, parts)
    one_topic = sum(isinstance(part, About) for part in parts) == 1 and any(isinstance(p, About) for p in new)
    kept = [part for part in parts if not any(_same_kind(part, other) for other in new)]
    kept = [part for part in kept if not (one_topic and isinstance(part, About))]  # 'what about COPD?'
    return all_of([*kept, *new])


def _names_a_measure(part: Predicate) -> bool:
    """'And platelets?': a measure without a value or a verb, which `_other_variable` asks about."""
    return isinstance(part, Limit) and part.values.is_everything and part.asks is Asks.MENTIONS


def _is_only_named(part: Predicate, others: Sequence[Predicate]) -> bool:
    """A variable's name beside a limit on it."""
    if not isinstance(part, Limit) or not part.values.is_everything:
        return False
    return any(
        isinstance(o, Limit) and o.variable == part.variable and not o.values.is_everything and o is not part
        for o in others
    )


def _other_variable(variable: str, parts: Sequence[Predicate], asks: Asks) -> list[Predicate]:
    """The same limit on another variable where both are counted alike (eGFR and clearance), else its mention."""
    last = next((part for part in reversed(parts) if isinstance(part, Limit) and not part.values.is_everything), None)
    if last is not None and lexicon.is_alike(last.variable, variable):
        return [replace(last, variable=variable)]
    if asks is Asks.SILENT:
        return [Limit(v, _everything(), Asks.SILENT, "") for v in lexicon.with_multiples(variable)]
    limits = tuple(Limit(v, _everything(), Asks.MENTIONS, "") for v in lexicon.with_multiples(variable))
    return [limits[0] if len(limits) == 1 else Any(limits)]


def _everything() -> Values:
    return Values((Interval(None, None),))


def _concern(about: About) -> Predicate:
    found = lexicon.find_concept_marks(read_line(about.text))
    return Concerns(tuple(dict.fromkeys(mark.value for mark in found)), about.text, Asks.EXCLUDES)


def _asks(predicate: Predicate) -> Asks | None:
    if isinstance(predicate, Limit | Concerns):
        return predicate.asks
    if isinstance(predicate, Not):
        return _asks(predicate.predicate)
    if isinstance(predicate, All | Any):
        return next((asks for part in predicate.predicates if (asks := _asks(part)) is not None), None)
    return None


def _demanded(predicate: Predicate, asks: Asks | None) -> Predicate:
    """A condition told without a verb, under the verb before: 'at least 9' alone turns away what lies below it."""
    if isinstance(predicate, Limit) and predicate.asks is Asks.EXCLUDES and asks not in {None, Asks.EXCLUDES}:
        predicate = replace(predicate, values=~predicate.values)
    return _asking(predicate, asks)


def _asking(predicate: Predicate, asks: Asks | None) -> Predicate:
    return replace(predicate, asks=asks) if isinstance(predicate, Limit | Concerns) and asks is not None else predicate


def _same_kind(old: Predicate, new: Predicate) -> bool:
    """Whether the new condition takes the place of the old: both criteria, or the same field."""
    if isinstance(new, FieldIs | Not | About):
        field = _field(new)
        return field is not None and field == _field(old)
    return _asks(old) is not None


def _field(predicate: Predicate) -> str | None:
    if isinstance(predicate, FieldIs):
        return "place" if predicate.field in {"country", "city"} else predicate.field
    return _field(predicate.predicate) if isinstance(predicate, Not) else None


def _in_unit(variable: str, written: str) -> Decimal | None:
    """The number in the variable's unit, as the criteria's reader takes it: platelets of '120,000' are 120."""
    read = [c for c in read_comparisons(f"{lexicon.label_of(variable)} of {written}") if c.variable == variable]
    points = [c.values.intervals[0].low for c in read if c.values.is_point]
    return next((point for point in points if point is not None), None)


def _bounded(sheet: Sheet) -> Values | None:
    """The set that the follow-up's own operator gives ('above 90'); None where it names only a number."""
    found = (quantity_at(sheet.line, at) for at in range(len(sheet.line.tokens)))
    return next((quantity.values for quantity in found if quantity is not None and not quantity.bare), None)


def _unit(text: str) -> str:
    """The unit behind the number that ends the text: ' lb' of 'below 100 lb'; '' without."""
    unit = re.search(r"\d\s?([^\W\d][^\s?!,;]*|%)[\s?.!]*$", text)
    return f" {unit[1].rstrip('.?!')}" if unit is not None else ""


def _at(values: Values | None, written: Decimal, number: Decimal) -> Values | None:
    """`values` with the number in the variable's unit for the one written: platelets 'below 120,000' are < 120."""
    if values is None:
        return None
    said = (replace(i, low=number if i.low == written else i.low) for i in values.intervals)
    return Values(tuple(replace(i, high=number if i.high == written else i.high) for i in said))


_FEW = 2  # words beside the new number
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")


def _revalued(sheet: Sheet, parts: Sequence[Predicate]) -> Predicate | None:
    """The last limit with a new number, its operator kept: 'and 45?' after 'below 60'."""
    at = [i for i, token in enumerate(sheet.line.tokens) if _NUMBER.fullmatch(token.text)]
    unit = _unit(sheet.line.text) if len(at) == 1 else ""  # behind the number stands its unit, and nothing else
    content = [i for i in content_of(sheet) if not (unit and i > at[0])]
    if len(at) != 1 or len(content) > _FEW:
        return None
    number = sheet.line.tokens[at[0]].text
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        limited = _limited(sheet, part, number, unit) if isinstance(part, Limit) else None
        said = _recounted(sheet, part, _plain(number)) if isinstance(part, FieldIs) else limited
        if said is not None:
            return all_of([*parts[:place], said, *parts[place + 1 :]])
    return None


def _limited(sheet: Sheet, part: Limit, written: str, unit: str) -> Limit | None:
    """The limit at the number written, in the unit behind it or else in that of the limit; None for another measure."""
    if len(part.values.intervals) != 1 or part.values.is_everything:
        return None
    stated = written + (unit or _unit(part.stated))
    number = _in_unit(part.variable, stated) or (None if unit else _plain(written))
    if number is None:
        return None
    only = part.values.intervals[0]
    low, high = (number if end is not None else None for end in (only.low, only.high))
    moved = Values((Interval(low, high, only.low_closed, only.high_closed),))
    verbs = (cue for cue in sheet.reading.cues if not cue.passive and cue.asks is not Asks.MENTIONS)
    cue = next(verbs, None)  # 'a threshold of 470' names a number, and asks nothing else than before
    bounded = _at(_bounded(sheet), _plain(written), number)
    values = bounded or (exactly(number) if cue else moved)
    return replace(part, values=values, stated=stated, asks=asked(cue)[0] if cue else part.asks)


def _plain(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))


def _recounted(sheet: Sheet, part: FieldIs, number: Decimal) -> FieldIs | None:
    """'More than 1000?' after a number of participants, of sites, of arms; None for what counts no such thing."""
    if part.field not in _COUNTS or part.numbers is None or len(part.numbers.intervals) != 1:
        return None
    only = part.numbers.intervals[0]
    low, high = (number if end is not None else None for end in (only.low, only.high))
    moved = Values((Interval(low, high, only.low_closed, only.high_closed),))
    return replace(part, numbers=_bounded(sheet) or moved)


_COUNTS = frozenset({"enrollment", "site_count", "country_count", "arms", "age.minimum", "age.maximum"})


def _renamed(sheet: Sheet, parts: Sequence[Predicate]) -> Predicate | None:
    """'And type 1?' after type 2 diabetes, 'and stage 3?': the same words, with the one behind the noun changed."""
    told = [token.text for token in sheet.line.tokens if token.lemma not in _OPENING]
    if len(told) != _NOUN_AND_VALUE or not (told[1].isdigit() or len(told[1]) == 1):
        return None
    changed: list[Predicate] = []
    done = False
    for part in reversed(list(parts)):
        if isinstance(part, About | Concerns) and not done:
            pattern = rf"(?i)\b({re.escape(told[0])})([ -])(?:\d+|[a-z]|i{{1,3}}|iv)\b"
            words, times = re.subn(pattern, rf"\g<1>\g<2>{told[1]}", part.text)
            named = tuple(dict.fromkeys(mark.value for mark in lexicon.find_concept_marks(read_line(words))))
            if times:
                changed.append(About(words) if isinstance(part, About) else replace(part, text=words, concepts=named))
                done = True
                continue
        changed.append(part)
    return all_of(reversed(changed)) if done else None


_OPENING = frozenset({"and", "what", "how", "about", "or", "but", "now", "then", "for", "in", "with", "the"})
_NOUN_AND_VALUE = 2  # words of 'type 1'


def names_another(sheet: Sheet, ids: tuple[str, ...]) -> bool:
    """Whether the question's own words describe a trial other than the one before."""
    marked = {
        i
        for mark in sheet.marks
        for i in range(mark.first, mark.last)
        if mark.kind is not Kind.CONCEPT and mark.kind is not Kind.FIELD
    }
    if set(sheet.facts) & {"sites", "site_count", "cities", "countries"}:
        return False  # 'how many sites are in Texas?': a place of its own sites
    by_words = find_by_words(sheet.line, sheet.index, [i for i in content_of(sheet) if i not in marked])
    if by_words is None or set(ids) & set(by_words.trial_ids):
        return False
    if len(by_words.text.split()) > 1:
        return True
    return by_words.how in _NAMES and not sheet.kinds(Kind.CUE)  # 'is pregnancy excluded?', 'at the end?'


_NAMES = frozenset({"id", "acronym", "intervention", "sponsor", "collaborator", "city"})
