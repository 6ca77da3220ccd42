"""What a criterion does with each thing it names: turn away, require, exempt, or mention in passing.

The stance of a mention follows from the list it stands in, then from the cues that reach it, strongest first:
asides, exceptions, permissions, conditions, requirements inside exclusions, negations, and the kind of the thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.criteria.scope import NEGATIONS, Cue, Layout, load_cues
from rag.types import Polarity, Stance

_SUBJECTS = frozenset(
    "patient subject participant individual person people those woman man female male anyone candidate all child".split()
)
_PEOPLE = frozenset(
    "patient subject person individual woman man participant people who with on or and not if by in due status requiring treated".split()
)
_RELATIVES = frozenset({"who", "that", "which", "whom", "whose"})
_TOXICITY = frozenset({"recovery", "recover", "recovered", "resolved", "toxicity", "adverse", "resolution"})
_TEST_RESULTS = frozenset({"positive", "negative", "reactive", "detectable", "seropositive", "abnormal", "active"})


@dataclass(frozen=True, slots=True)
class Thing:
    """What is named at words [first, last): its kind decides how cues act on it."""

    first: int
    last: int
    kind: str = "condition"
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """The reading of one item: its layout, the side of its list, and the things named in it."""

    layout: Layout
    excludes: bool
    things: Sequence[Thing]
    by_clause: Sequence[Sequence[Thing]]

    def near(self, place: int) -> Sequence[Thing]:
        """The things named in the clause of the word at `place`, in order."""
        return self.by_clause[self.layout.clause[place]]


def side_of(layout: Layout, polarity: Polarity, things: Sequence[Thing]) -> Side:
    by_clause: list[list[Thing]] = [[] for _ in layout.clause_start]
    for thing in things:
        by_clause[layout.clause[thing.first]].append(thing)
    return Side(layout, polarity is Polarity.EXCLUSION, things, by_clause)


def stance_of(side: Side, thing: Thing) -> Stance:
    """The stance of the item toward a person with `thing`."""
    layout, place = side.layout, thing.first
    if _is_aside(side, thing):
        return Stance.ASIDE
    exception = _exception_over(layout, place)
    if exception is not None:
        return _in_exception(side, thing, exception)
    if thing.kind == "population" and len(side.things) > 1:
        return Stance.ASIDE
    if thing.kind == "test" and not _has_result(side, thing):
        return Stance.ASIDE
    if thing.kind == "measure":
        if not any(key[0].isdigit() for key in _clause_keys(layout, place)):
            return Stance.ASIDE
        return Stance.EXEMPT if _is_allowed(side, thing) or layout.reaching(place, "if") else Stance.TURNED_AWAY
    if _is_allowed(side, thing):
        return Stance.EXEMPT
    if layout.reaching(place, "whatever"):
        return Stance.EXEMPT
    if _is_condition(side, thing):
        return Stance.EXEMPT
    return _plain(side, thing)


def _clause_keys(layout: Layout, place: int) -> list[str]:
    clause = layout.clause[place]
    return layout.words.keys[layout.clause_start[clause] : layout.clause_end[clause]]


def _has_result(side: Side, thing: Thing) -> bool:
    """Whether a test is named with its result: "negative pregnancy test", "hCG test positive"."""
    layout = side.layout
    cues = layout.in_clause(thing.first, "positive", "negative")
    return any(0 <= thing.first - cue.last <= 5 or -1 <= cue.first - thing.last <= 6 for cue in cues)


# ── Asides ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_aside(side: Side, thing: Thing) -> bool:
    layout, place = side.layout, thing.first
    for cue in layout.reaching(
        place, "start", "before", "family", "risk", "contra", "allergy", "test", "vaccine", "candidate", "cause", "recover"
    ):
        if _takes(side, cue, thing):
            return True
    return _is_label(side, thing) or _followed_aside(side, thing) or _is_purpose(side, thing)


def _is_label(side: Side, thing: Thing) -> bool:
    """A name that only heads what follows, "Chemotherapy: …", or only dates it, "pre-stroke mRS"."""
    words, place = side.layout.words, thing.first
    if place and words.keys[place - 1] in {"pre", "peri", "post", "anti"}:
        return words.starts[place] - words.ends[place - 1] <= 1
    if place and words.keys[place - 1] == "the" and "investigational" in words.keys[place : thing.last]:
        return True  # the trial's own drug
    after = words.keys[thing.last] if thing.last < len(words) else "."
    if words.keys[place] == "diabetic" and thing.last == place + 1 and after[0].isalpha() and after not in _PEOPLE:
        return True  # "diabetic foot", "diabetic hypoglycemia"
    return (
        thing.kind == "treatment"
        and words.keys[thing.last : thing.last + 1] == [":"]
        and place == side.layout.clause_start[side.layout.clause[place]]
    )


def _takes(side: Side, cue: Cue, thing: Thing) -> bool:
    """Whether an aside cue really speaks of this thing."""
    layout = side.layout
    if cue.kind == "start":
        return thing.kind != "ability" and cue.last + 3 >= thing.first
    if cue.kind == "before":
        late = layout.words.keys[cue.first] in {"since", "after", "day", "date", "week", "month", "year", "within"}
        if thing.wanted:
            return thing.first - cue.last <= 3
        timed = "time" in layout.words.keys[cue.first : cue.last]
        return cue.last == thing.first and (timed or (thing.kind == "condition" and not late))
    if cue.kind == "family":
        return not layout.in_clause(cue.first, "personal")
    if cue.kind in {"allergy", "contra"}:
        contra = cue.kind == "contra" and (cue.last == thing.first or "for" in layout.words.keys[cue.last : thing.first])
        return thing.kind == "treatment" or contra
    if cue.kind == "risk":
        return thing.kind not in {"state", "ability"} and layout.group[cue.first] == layout.group[thing.first]
    if cue.kind == "test":
        return cue.last + 6 >= thing.first and not layout.in_clause(thing.first, "positive")
    if cue.kind == "cause":
        apart = "," in layout.words.keys[cue.last : thing.first]
        return thing.kind == "treatment" or (thing.kind != "ability" and not apart)
    if cue.kind == "candidate":
        return thing.kind == "treatment" and cue.last + 10 >= thing.first
    if cue.kind == "recover":
        near = layout.group[cue.first] == layout.group[thing.first]
        return near and (thing.kind == "treatment" or (thing.kind == "condition" and not side.excludes))
    return cue.last + 6 >= thing.first


def _followed_aside(side: Side, thing: Thing) -> bool:
    """ "depression rating scale", "National Cancer Institute", "hepatitis B vaccine", "HIV testing"."""
    words, last = side.layout.words, thing.last
    if last >= len(words) or thing.kind == "ability":
        return False
    if _heads_a_title(side.layout, last):
        return True
    for found in _after_at(side.layout, last):
        if found in {"title", "vaccine", "related"}:
            return True
        if found == "risk" and thing.kind != "state":
            return True
        if found == "test":
            clause = side.layout.clause[thing.first]
            span = words.keys[side.layout.clause_start[clause] : side.layout.clause_end[clause]]
            return not _TEST_RESULTS.intersection(span)
    return False


def _heads_a_title(layout: Layout, place: int) -> bool:
    """"Asthma Control Questionnaire": capitalised words up to the head of a title."""
    group = layout.group[place - 1]
    for here in range(place, min(place + 6, len(layout.words))):
        if here > place and layout.group[here] == group and "title" in _after_at(layout, here):
            return True
        raw = layout.words.raws[here]
        if not raw[0].isupper() and raw not in {"(", ")", "of"}:
            return False
    return False


def _after_at(layout: Layout, place: int) -> tuple[str, ...]:
    node = load_cues()[1].root.get(layout.words.keys[place])
    kinds: tuple[str, ...] = ()
    here = place + 1
    while node is not None:
        kinds = tuple(kind for kind, _, _ in node.get("", ())) or kinds
        node = node.get(layout.words.keys[here]) if here < len(layout.words) else None
        here += 1
    return kinds


def _is_purpose(side: Side, thing: Thing) -> bool:
    """The disease after a treatment: the "breast cancer" of "prior chemotherapy for breast cancer"."""
    if thing.kind != "condition":
        return False
    layout = side.layout
    keys = layout.words.keys
    clause, group = layout.clause[thing.first], layout.group[thing.first]
    start = layout.clause_start[clause]
    for other in side.near(thing.first):
        if other.kind == "treatment" and start <= other.first and other.last <= thing.first:
            if layout.group[other.first] != group or thing.first - other.last > 9:
                continue
            between = keys[other.last : thing.first]
            if "for" in between and not {",", "or", "and", ";"} & set(between[: between.index("for")]):
                after = between[between.index("for") :]
                return not ({",", ";"} & set(after))
    return False


# ── Exceptions, permissions, conditions ──────────────────────────────────────────────────────────────────────────────


def _exception_over(layout: Layout, place: int) -> Cue | None:
    reaching = layout.reaching(place, "except", "unless")
    return reaching[0] if reaching else None


def _in_exception(side: Side, thing: Thing, cue: Cue) -> Stance:
    """ "Solid tumours except melanoma" turns melanoma away in a requirement and lets it in after a refusal."""
    layout = side.layout
    if cue.kind == "unless":
        return Stance.REQUIRED if thing.wanted and _refuses(side, cue.first) else Stance.EXEMPT
    if _refuses(side, cue.first) or thing.kind != "condition":
        return Stance.EXEMPT
    clause = layout.clause[cue.first]
    start = layout.clause_start[clause]
    named = any(other.kind == "condition" and start <= other.first < cue.first for other in side.near(cue.first))
    toxic = _TOXICITY.intersection(layout.words.keys[start : cue.first])
    return Stance.TURNED_AWAY if named and not toxic else Stance.EXEMPT


def _refuses(side: Side, place: int) -> bool:
    """Whether what stands before `place` turns people away."""
    layout = side.layout
    clause = layout.clause[place]
    if _is_barred(side, place):
        return True
    before = [cue for cue in layout.in_clause(place, *NEGATIONS) if cue.first < place]
    if side.excludes and not _flips_to_requirement(side, place):
        return True
    return bool(before) and clause == layout.clause[before[0].first]


def _is_allowed(side: Side, thing: Thing) -> bool:
    layout, place = side.layout, thing.first
    if any(cue.last == place for cue in layout.reaching(place, "non")):
        return False
    for cue in layout.reaching(place, "allow_next"):
        if not _negated_cue(layout, cue):
            return True
    for cue in layout.in_clause(place, "allowed"):
        if place < cue.first and layout.within(layout.group[place], layout.group[cue.first]):
            start = _backward_start(side, cue)
            if start <= place and not _governed_by_no(side, start, cue):
                return True
        elif cue.first < place and _opens_list(layout, cue):
            return True
    return _allowed_in_parentheses(side, thing)


def _allowed_in_parentheses(side: Side, thing: Thing) -> bool:
    """ "hormone therapy (allowed)": a permission alone in parentheses judges the thing before them."""
    layout = side.layout
    place = thing.last
    if place >= len(layout.words) or layout.words.keys[place] not in {"(", "["}:
        return False
    group = layout.group[place]
    end = layout.group_end[group]
    holds_thing = any(place < other.first < end for other in side.near(place))
    return not holds_thing and any(
        cue.kind == "allowed" and place < cue.first < end for cue in layout.in_clause(place, "allowed")
    )


def _opens_list(layout: Layout, cue: Cue) -> bool:
    """ "Allowed: inhaled steroids": a permission that begins its clause and ends in a colon."""
    after = layout.words.keys[cue.last : cue.last + 1]
    return cue.first - layout.clause_start[layout.clause[cue.first]] <= 4 and after == [":"]


def _backward_start(side: Side, cue: Cue) -> int:
    """Where a permission's or a bar's backward reach begins: past other judgements, and past a list that "no" opened."""
    layout = side.layout
    named = [thing.first for thing in side.near(cue.first)]
    start = layout.clause_start[layout.clause[cue.first]]
    if layout.group[cue.first]:
        start = max(start, layout.group_start[layout.group[cue.first]])
    keys = layout.words.keys
    for other in layout.near(cue.first):
        if not start <= other.first < cue.first:
            continue
        if other.kind in {"allowed", "barred", "must", "except", "unless"} and other.last < cue.first - 1:
            start = other.last
        elif other.kind in NEGATIONS and not any(start <= p < other.first for p in named):
            comma = next((p for p in range(other.last, cue.first) if keys[p] in {",", "("}), None)
            start = comma if comma is not None else start
    return start


def _governed_by_no(side: Side, start: int, cue: Cue) -> bool:
    """ "No concurrent chemotherapy is allowed": the negation that leads turns the permission round."""
    leads = [other.first for other in side.layout.near(cue.first) if other.kind in NEGATIONS and start <= other.first < cue.first]
    named = [thing.first for thing in side.near(cue.first) if start <= thing.first < cue.first]
    return bool(leads) and min(leads) < min(named, default=cue.first)


def _negated_cue(layout: Layout, cue: Cue) -> bool:
    return any(other.kind in NEGATIONS and other.last <= cue.first <= other.last + 1 for other in layout.near(cue.first))


def _is_condition(side: Side, thing: Thing) -> bool:
    """Named only to say whom the rest concerns: "if HIV positive, CD4 > 200", "patients with asthma must …"."""
    layout, place = side.layout, thing.first
    if thing.kind in {"state", "ability"} or thing.wanted:
        return False
    for cue in layout.reaching(place, "if"):
        if not _after_bar(layout, cue) and not _asked_by_permission(side, thing, cue):
            return True
    return _is_subject_of_must(layout, place)


def _after_bar(layout: Layout, cue: Cue) -> bool:
    """ "Patients are excluded if they have …", "no evidence of X in patients with …" name what is out."""
    return any(other.kind == "barred" and other.first < cue.first <= other.last + 1 for other in layout.near(cue.first))


def _asked_by_permission(side: Side, thing: Thing, cue: Cue) -> bool:
    """"Women may join if they are not pregnant": what the condition denies is turned away."""
    layout = side.layout
    permitted = any(other.kind == "allowed" and other.first < cue.first for other in layout.in_clause(cue.first, "allowed"))
    return permitted and bool(_negations_over(side, thing))


def _is_subject_of_must(layout: Layout, place: int) -> bool:
    clause = layout.clause[place]
    start = layout.clause_start[clause]
    musts = [cue for cue in layout.in_clause(place, "must") if cue.first > place]
    if not musts or any(cue.kind == "barred" and cue.first > place for cue in layout.near(place)):
        return False
    keys = layout.words.keys
    head = keys[start : min(place, start + 5)]
    relative = keys[musts[0].first - 1] in _RELATIVES
    return bool(_SUBJECTS.intersection(head)) and not relative and layout.group[musts[0].first] == layout.group[place]


# ── Polarity ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _plain(side: Side, thing: Thing) -> Stance:
    """Stance by list, bars, requirements inside exclusions, and negations."""
    layout, place = side.layout, thing.first
    if _is_barred(side, place):
        return _by_kind(side, thing, excludes=True, negated=False)
    excludes = side.excludes and not _flips_to_requirement(side, place)
    if any(_asked_by_permission(side, thing, cue) for cue in layout.reaching(place, "if")):
        excludes = False
    negations = _negations_over(side, thing)
    if excludes and negations and _is_misplaced_no(side, thing, negations):
        return Stance.TURNED_AWAY
    if excludes and negations:
        return _doubly_negated(side, thing, negations)
    twice = len(negations) == 2 and any(cue.kind == "non" for cue in negations)  # "no non-malignant disease"
    return _by_kind(side, thing, excludes=excludes, negated=bool(negations) and not twice)


def _by_kind(side: Side, thing: Thing, *, excludes: bool, negated: bool) -> Stance:
    if thing.wanted:
        if negated or not excludes:
            return Stance.REQUIRED if excludes or not negated else Stance.TURNED_AWAY
        refused = side.layout.reaching(thing.first, "refusal")
        return Stance.REQUIRED if refused else Stance.ASIDE
    if thing.kind == "ability":
        return Stance.TURNED_AWAY if excludes or negated else Stance.ASIDE
    if excludes != negated or (not excludes and _is_counted(side.layout, thing)):
        return Stance.TURNED_AWAY
    if (thing.kind != "condition" and side.layout.reaching(thing.first, "refrain")) or _is_washed_out(side, thing):
        return Stance.TURNED_AWAY
    return Stance.REQUIRED


def _is_counted(layout: Layout, thing: Thing) -> bool:
    """"No more than two prior regimens": turned away from some number on."""
    return any(thing.first - cue.last <= 3 for cue in layout.reaching(thing.first, "amount"))


def _is_barred(side: Side, place: int) -> bool:
    """ "HIV-positive patients are excluded", "Excluded: HIV", "ineligible if HIV positive"."""
    layout = side.layout
    for cue in layout.in_clause(place, "barred"):
        group = layout.group[cue.first]
        if place < cue.first and layout.within(layout.group[place], group) and _backward_start(side, cue) <= place:
            return True
        if cue.last <= place and layout.within(layout.group[place], group):
            lead = cue.first - layout.clause_start[layout.clause[cue.first]]
            return lead <= 5 or layout.words.keys[cue.last - 1] in {"if", "for", "of"}
    return False


def _flips_to_requirement(side: Side, place: int) -> bool:
    """A requirement printed in an exclusion list: "must have a negative pregnancy test", "must use contraception"."""
    layout = side.layout
    keys = layout.words.keys
    for cue in layout.in_clause(place, "must"):
        leads = cue.first == layout.clause_start[layout.clause[cue.first]]
        if leads and keys[cue.first] in {"need", "has", "have"}:
            continue
        if cue.last <= place and layout.group[cue.first] == 0 and (leads or keys[cue.first - 1] not in _RELATIVES):
            return True
    return bool(layout.reaching(place, "must_not")) or any(
        keys[cue.first] == "free" for cue in layout.reaching(place, "lack")
    )


def _negations_over(side: Side, thing: Thing) -> list[Cue]:
    """The negations that reach a thing, forward or from directly behind it."""
    layout, place = side.layout, thing.first
    found = layout.reaching(place, *NEGATIONS, "negative")
    found = [cue for cue in found if cue.kind != "negative" or _negative_takes(layout, cue, thing)]
    found += [cue for cue in layout.reaching(place, "non") if cue.last == place]
    if thing.kind == "ability":
        found = [cue for cue in found if cue.last < place or cue.kind == "no"]
    found += [cue for cue in layout.near(place) if _negates_backward(layout, cue, thing)]
    return found


def _negative_takes(layout: Layout, cue: Cue, thing: Thing) -> bool:
    """ "negative for HIV and HBV", "negative pregnancy test"; not the next thing of "HIV negative, hepatitis"."""
    if layout.words.keys[cue.last : cue.last + 1] == ["for"]:
        return True
    between = layout.words.keys[cue.last : thing.first]
    return len(between) <= 4 and not {",", "and", "or", ")", "("} & set(between)


def _negates_backward(layout: Layout, cue: Cue, thing: Thing) -> bool:
    keys = layout.words.keys
    gap = keys[thing.last : cue.first]
    if cue.kind == "negative" and keys[cue.last : cue.last + 1] != ["for"]:
        apart = {",", ";", "positive", "and", "or", "("} & set(gap)
        behind = cue.first >= thing.first and cue.last >= thing.last and not (thing.wanted and cue.first < thing.last)
        return behind and len(gap) <= 5 and (not apart or gap == ["("])
    return cue.kind == "ruled_out" and thing.last <= cue.first <= thing.last + 6


def _is_misplaced_no(side: Side, thing: Thing, negations: list[Cue]) -> bool:
    """ "No use of H2 antagonists" as an item of an exclusion list asks for no use: what it names is turned away."""
    layout = side.layout
    first = min(negations, key=lambda cue: cue.first)
    if thing.wanted or thing.kind == "biomarker":
        return False
    if first.kind == "negative":
        alone = len(layout.words) <= 4 and thing.kind == "condition"
        return len(negations) % 2 == 0 or alone
    if len(negations) > 1:
        return False
    return (first.first == 0 and layout.words.keys[0] in {"no", "none", "not", "non"}) or (
        thing.kind == "condition" and _is_whole_sentence(layout, first)
    )


def _is_whole_sentence(layout: Layout, cue: Cue) -> bool:
    """"The participant has no history of …": a requirement told as a sentence, not "patients with no history of …"."""
    keys = layout.words.keys
    start = layout.clause_start[layout.clause[cue.first]]
    verbs = {"has", "have", "is", "are", "do", "doe", "does", "had"} & {keys[cue.first], *keys[max(start, cue.first - 1) : cue.first]}
    before = keys[start : cue.first]
    return bool(verbs) and len(before) <= 4 and not (_RELATIVES | {"with"}).intersection(before)


def _doubly_negated(side: Side, thing: Thing, negations: list[Cue]) -> Stance:
    """A negation inside an exclusion: "without confirmed asthma" requires it; a mere qualifier lets it pass."""
    layout = side.layout
    if len(negations) % 2 == 0:
        return Stance.TURNED_AWAY
    if thing.wanted or thing.kind in {"biomarker", "state"}:
        return Stance.REQUIRED
    if thing.kind == "ability":
        return Stance.TURNED_AWAY
    first = negations[0].first
    start = layout.clause_start[layout.clause[thing.first]]
    leads = not any(start <= other.first < first for other in side.near(thing.first))
    return Stance.REQUIRED if leads and len(layout.words) <= 14 else Stance.EXEMPT


def _is_washed_out(side: Side, thing: Thing) -> bool:
    """ "At least 4 weeks since prior chemotherapy": who had it yesterday is turned away."""
    layout = side.layout
    keys = layout.words.keys
    if thing.kind != "treatment":
        return False
    for cue in layout.reaching(thing.first, "since"):
        lead = keys[max(0, cue.first - 7) : cue.first]
        if {"greater", "more", "≤", "<", "within", "less", "than"} & set(lead) and {"no", "not", "≤", "<", "within", "less"} & set(lead):
            continue
        if any(key.rstrip("s") in {"week", "day", "month", "year", "hour", "live", "half"} for key in lead):
            return True
    return False

