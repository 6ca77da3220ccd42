"""What a criterion does with each thing it names: turn away, require, exempt, or mention in passing.

The stance of a mention follows from the list it stands in, then from the cues that reach it, strongest first:
asides, exceptions, permissions, conditions, requirements inside exclusions, negations, and the kind of the thing.
"""

from __future__ import annotations

from rag.criteria.asides import is_aside
from rag.criteria.negations import (
    doubly_negated,
    flips_to_requirement,
    is_barred,
    is_misplaced_no,
    is_need,
    is_signed_minus,
    negations_over,
    stands_among_exceptions,
)
from rag.criteria.permitting import is_allowed, stands_allowed
from rag.criteria.resuming import is_apart, is_of_pregnancy
from rag.criteria.scope import ASIDES, NEGATIONS, Cue, Layout
from rag.criteria.things import Side, Thing
from rag.criteria.washouts import is_counted, is_given_up, is_washed_out
from rag.criteria.words import word_set
from rag.types import Stance


def stance_of(side: Side, thing: Thing) -> Stance:
    """The stance of the item toward a person with `thing`."""
    stance = _stance_of(side, thing)
    if stance in _TURNED_ROUND and not side.excludes and _is_another_way_in(side, thing.first, stance):
        return Stance.ASIDE
    if side.excludes and stance is not Stance.ASIDE and stands_among_exceptions(side.layout, thing.first):
        return Stance.EXEMPT
    if stance is Stance.REQUIRED and _is_to_be_free(side, thing):
        return Stance.TURNED_AWAY
    return _TURNED_ROUND.get(stance, stance) if is_signed_minus(side, thing) else stance


def _is_to_be_free(side: Side, thing: Thing) -> bool:
    """ "Seizure-free for a year", "an infection free interval"; not "gout free of charge"."""
    keys = side.layout.words.keys[thing.last : thing.last + 3]
    keys = keys[1:] if keys[:1] == ["-"] else keys
    free = keys[:1] == ["free"] and keys[1:2] not in (["of"], ["from"])
    return free and thing.kind == "condition" and not side.excludes


def _is_another_way_in(side: Side, place: int, stance: Stance) -> bool:
    """The infarction of "at risk of stroke or prior history of infarction": nobody must have had one.

    Nor is anybody turned away for the surgery of "recovered from surgery or has had no surgery".
    """
    layout = side.layout
    for resumed in layout.in_clause(place, "resume"):
        joined = resumed.last <= place and "or" in layout.words.keys[resumed.first - 1 : resumed.last]
        denied = any(resumed.first < cue.first <= resumed.last + 1 for cue in layout.in_clause(place, *NEGATIONS))
        joined = joined and (stance is Stance.REQUIRED or denied)
        if joined and any(cue.kind in ASIDES and cue.end == resumed.first for cue in layout.near(place)):
            return True
    return False


_TURNED_ROUND = {Stance.REQUIRED: Stance.TURNED_AWAY, Stance.TURNED_AWAY: Stance.REQUIRED}


def _stance_of(side: Side, thing: Thing) -> Stance:
    if is_aside(side, thing):
        return Stance.ASIDE
    if not side.layout.near(thing.first):  # most clauses hold no cue at all
        return _uncued(side, thing)
    exceptions = side.layout.reaching(thing.first, "except", "unless")
    if exceptions:
        return _in_exception(side, thing, exceptions[0])
    if _says_nothing(side, thing) or _makes_no_difference(side, thing):
        return Stance.ASIDE
    if _is_exempt(side, thing):
        return Stance.EXEMPT
    return Stance.TURNED_AWAY if thing.kind == "measure" else _plain(side, thing)


def _uncued(side: Side, thing: Thing) -> Stance:
    if _says_nothing(side, thing):
        return Stance.ASIDE
    if (thing.kind == "condition" and _heads_a_limit(side, thing)) or _are_those_meant(side, thing):
        return Stance.EXEMPT
    return (
        Stance.TURNED_AWAY if thing.kind == "measure" else _by_kind(side, thing, excludes=side.excludes, negated=False)
    )


def _says_nothing(side: Side, thing: Thing) -> bool:
    """A test without its result, a measurement without a number, a group of people only said to be something else."""
    if thing.kind == "population":
        return len(side.things) > 1 and not _are_those_sought(side, thing)
    if thing.kind == "test":
        return not _has_result(side, thing)
    return thing.kind == "measure" and not any(key[0].isdigit() for key in side.layout.clause_keys(thing.first))


def _are_those_sought(side: Side, thing: Thing) -> bool:
    """ "Postmenopausal women with osteoporosis" at the head of a requirement; not "postmenopausal women must …"."""
    layout, after = side.layout, thing.last
    keys = layout.words.keys
    start = layout.clause_start[layout.clause[thing.first]]
    named = after + bool(word_set("subjects").intersection(keys[after : after + 1]))
    judged = layout.in_clause(thing.first, "must", "must_not", "if", "allowed", "barred", "no", "not")
    told = word_set("of_a_rule").intersection(layout.clause_keys(thing.first))
    if side.excludes or judged or told or thing.first - start > 1 or "or" in layout.clause_keys(thing.first):
        return False
    return named > after and keys[named : named + 1] in (["with"], ["aged"], ["age"], ["who"], ["having"])


def _are_those_meant(side: Side, thing: Thing) -> bool:
    """The "For diabetics, …" in front of what is asked of them alone."""
    layout, place = side.layout, thing.first
    keys = layout.words.keys
    opens = place == layout.clause_start[layout.clause[place]] + 1 and keys[place - 1] in {"for", "in", "among"}
    people = thing.last == place + 1 and keys[place] in word_set("people_by_illness")
    return opens and people and keys[thing.last : thing.last + 1] in ([","], [":"], ["only"])


def _is_exempt(side: Side, thing: Thing) -> bool:
    """Whether a permission or a condition lets a person with the thing in."""
    if is_allowed(side, thing) or _are_those_meant(side, thing):
        return True
    if thing.kind == "measure":
        return bool(side.layout.reaching(thing.first, "if"))
    whatever = side.layout.reaching(thing.first, "whatever")
    lets_in = any(not side.excludes or stands_allowed(side, cue) for cue in whatever)
    return lets_in or _is_condition(side, thing)


def _makes_no_difference(side: Side, thing: Thing) -> bool:
    """The dialysis of an exclusion of "renal failure with or without dialysis": nobody is let in by it."""
    keys, place = side.layout.words.keys, thing.first
    reaching = side.layout.reaching(place, "whatever") if side.excludes and not is_allowed(side, thing) else []
    return any("," not in keys[cue.last : place] and not stands_allowed(side, cue) for cue in reaching)


def _has_result(side: Side, thing: Thing) -> bool:
    """Whether a test is named with its result: "negative pregnancy test", "hCG test positive"."""
    layout = side.layout
    cues = layout.in_clause(thing.first, "positive", "negative")
    return any(0 <= thing.first - cue.last <= 5 or -1 <= cue.first - thing.last <= 6 for cue in cues)


def _in_exception(side: Side, thing: Thing, cue: Cue) -> Stance:
    """ "Solid tumours except melanoma" turns melanoma away in a requirement and lets it in after a refusal."""
    layout = side.layout
    if cue.kind == "unless":
        return Stance.REQUIRED if thing.wanted and _refuses(side, cue.first) else Stance.EXEMPT
    if any(_permits_the_rest(side, cue, other) for other in layout.in_clause(thing.first, "allowed")):
        return Stance.TURNED_AWAY
    if _leaves_out(side, thing, cue):
        return Stance.TURNED_AWAY
    if _refuses(side, cue.first) or thing.kind != "condition":
        return Stance.EXEMPT
    clause = layout.clause[cue.first]
    start = layout.clause_start[clause]
    named = any(other.kind == "condition" and start <= other.first < cue.first for other in side.near(cue.first))
    # "toxicity except hair loss", "males and non-pregnant females in good health except for gout"
    kept = (word_set("toxicity") | {"health", "healthy"}).intersection(layout.words.keys[start : cue.first])
    return Stance.TURNED_AWAY if named and not kept else Stance.EXEMPT


def _leaves_out(side: Side, thing: Thing, cue: Cue) -> bool:
    """ "Adults of 18 to 50, excluding pregnant women", "(excluding smokers)" in a requirement that denies nothing."""
    keys = side.layout.words.keys
    denied = side.excludes or _refuses(side, cue.first) or thing.kind in {"treatment", "measure"}
    people = word_set("persons") | word_set("people_by_illness")
    return not denied and keys[cue.first] == "excluding" and not people.isdisjoint(keys[cue.last : thing.last + 2])


def _permits_the_rest(side: Side, cue: Cue, permission: Cue) -> bool:
    """ "Skin tumours other than melanoma are not exclusionary": what an exception takes out of a permission."""
    layout = side.layout
    keys = layout.words.keys
    if keys[cue.first] != "other" or permission.first < cue.last or "," in keys[cue.last : permission.first]:
        return False
    denied = any(other.first < cue.first for other in layout.in_clause(cue.first, *NEGATIONS))
    named = any(other.last == cue.first for other in side.near(cue.first))
    return named and not denied and layout.group[permission.first] == layout.group[cue.first]


def _refuses(side: Side, place: int) -> bool:
    """Whether what stands before `place` turns people away."""
    layout = side.layout
    clause = layout.clause[place]
    if is_barred(side, place):
        return True
    before = [cue for cue in layout.in_clause(place, *NEGATIONS) if cue.first < place]
    if side.excludes and not flips_to_requirement(side, place):
        return True
    return bool(before) and clause == layout.clause[before[0].first]


def _is_condition(side: Side, thing: Thing) -> bool:
    """Named only to say whom the rest concerns: "if HIV positive, CD4 > 200", "patients with asthma must …"."""
    layout, place = side.layout, thing.first
    if thing.kind in {"state", "ability"} or thing.wanted:
        return False
    if _heads_a_limit(side, thing) or _labels_a_rule(layout, thing):
        return True
    turned_away = False
    for cue in layout.reaching(place, "if"):
        clause = layout.clause[cue.first]
        judged = any(
            other.first >= cue.end for other in layout.in_clause(place, "must", "allowed", "barred", "must_not")
        )
        head = layout.words.keys[layout.clause_start[clause] : cue.first]
        in_whom = layout.words.keys[cue.last - 1] == "whom" and word_set("persons").issuperset(head)
        whole = (not head or in_whom) and (not judged or (in_whom and thing.kind == "treatment"))
        if side.excludes and whole:  # "If steroids were taken within 4 weeks" is the exclusion itself
            turned_away = turned_away or in_whom
            continue
        if not _after_bar(layout, cue) and not _asked_by_permission(side, thing, cue):
            return True
    tested = thing.kind == "test" or bool(_negations_here(side, thing))
    return not tested and not turned_away and _is_subject_of_must(layout, place)


def _heads_a_limit(side: Side, thing: Thing) -> bool:
    """ "Without liver metastases, AST ≤ 2.5 x ULN", "(≥ 5 x ULN with liver metastases)": whom a limit is for."""
    layout = side.layout
    limits = [other.first for other in side.near(thing.first) if other.kind == "measure"]
    if not limits:
        return False
    start = layout.clause_start[layout.clause[thing.first]]
    keys = layout.words.keys
    ends = keys[thing.last : thing.last + 1] in ([","], [":"])
    leads = keys[start] in {"with", "without"} and thing.first - start <= 4
    before = keys[max(start, thing.first - 2) : thing.first]
    valued = len(before) == 2 and (before[0] in _ENDS_LIMIT or before[0][0].isdigit())
    follows = valued and before[1] in {"with", "in", "without"}
    if leads and ends and any(place > thing.last for place in limits):
        return True
    return follows and any(place < thing.first for place in limits)


_ENDS_LIMIT = frozenset({"uln", "lln", "normal", "iuln", ")", "l", "dl", "limit", "range"})


def _labels_a_rule(layout: Layout, thing: Thing) -> bool:
    """ "Hepatitis B carriers - For patients with hepatitis B, the load must be …": the label of what follows."""
    keys = layout.words.keys
    start = layout.clause_start[layout.clause[thing.first]]
    return thing.first - start <= 2 and any(
        cue.first >= thing.last and keys[cue.first] == "for" and keys[cue.first - 1] in {"-", ":"}
        for cue in layout.in_clause(thing.first, "if")
    )


def _negations_here(side: Side, thing: Thing) -> list[Cue]:
    """Negative results of the thing itself: "a negative HBsAg test is required" has no subject that may pass."""
    return [cue for cue in negations_over(side, thing) if cue.kind == "negative"]


def _after_bar(layout: Layout, cue: Cue) -> bool:
    """ "Patients are excluded if they have …", "no evidence of X in patients with …" name what is out."""
    return any(other.first < cue.first for other in layout.in_clause(cue.first, "barred"))


def _asked_by_permission(side: Side, thing: Thing, cue: Cue) -> bool:
    """ "Women may join if they are not pregnant": what the condition denies is turned away."""
    layout = side.layout
    permitted = any(other.first < cue.first for other in layout.in_clause(cue.first, "allowed"))
    return permitted and bool(negations_over(side, thing))


def _is_subject_of_must(layout: Layout, place: int) -> bool:
    clause = layout.clause[place]
    start = layout.clause_start[clause]
    musts = [cue for cue in layout.in_clause(place, "must") if cue.first > place and not is_need(layout, cue)]
    if not musts or any(cue.kind == "barred" and cue.first > place for cue in layout.near(place)):
        return False
    if any(cue.first < place for cue in layout.in_clause(place, "must", "must_not")):
        return False  # "women must not be pregnant and must …": what an earlier demand is about
    keys = layout.words.keys
    head = keys[start : min(place, start + 5)]
    relative = keys[musts[0].first - 1] in word_set("relatives")
    beside = layout.group[musts[0].first] == layout.group[place]
    return bool(word_set("subjects").intersection(head)) and beside and not relative


def _plain(side: Side, thing: Thing) -> Stance:
    """Stance by list, bars, requirements inside exclusions, and negations."""
    layout, place = side.layout, thing.first
    if is_barred(side, place):
        return _by_bar(side, thing)
    excludes = side.excludes and not flips_to_requirement(side, place)
    if any(_asked_by_permission(side, thing, cue) for cue in layout.reaching(place, "if")):
        excludes = False
    negations = negations_over(side, thing)
    if excludes:
        negations = [cue for cue in negations if not _is_over(side, cue, place)]
    if excludes and negations and is_misplaced_no(side, thing, negations):
        return Stance.TURNED_AWAY
    if excludes and negations:
        return doubly_negated(side, thing, negations)
    twice = len(negations) == 2 and any(cue.kind == "non" for cue in negations)  # "no non-malignant disease"
    if not excludes and thing.kind in {"condition", "treatment"} and _is_lacked_by_none(side, negations):
        return Stance.EXEMPT
    return _by_kind(side, thing, excludes=excludes, negated=bool(negations) and not twice)


def _is_over(side: Side, cue: Cue, place: int) -> bool:
    """The "without" of "anaemia without bleeding, or history of stroke": said of what stands before it, and done."""
    keys, resuming = side.layout.words.keys, side.layout.in_clause(place, "resume")
    apart = [one for one in resuming if is_apart(keys, one.first) or is_of_pregnancy(keys, one.last)]
    resumed = any(cue.last <= other.first < place for other in apart)
    start = side.layout.clause_start[side.layout.clause[place]]
    return resumed and any(start <= other.first < cue.first for other in side.near(cue.first))


def _is_lacked_by_none(side: Side, negations: list[Cue]) -> bool:
    """ "No stage III cancer without effusion": nobody is turned away for the effusion."""
    denied = [cue for cue in negations if cue.kind in {"no", "must_not"}]
    keys = side.layout.words.keys
    for lack in (cue for cue in negations if keys[cue.first] == "without"):
        for cue in denied:
            named = any(cue.last <= other.first < lack.first for other in side.near(lack.first))
            if named and not {",", ";"}.intersection(keys[cue.last : lack.first]):
                return True
    return False


def _by_bar(side: Side, thing: Thing) -> Stance:
    """ "Patients with HIV are excluded"; "subjects that do not have asthma will be excluded" asks for asthma."""
    lacking = [cue for cue in negations_over(side, thing) if cue.kind in {"no", "not", "lack"}]
    keys = side.layout.words.keys
    told = [cue for cue in lacking if word_set("subjects").intersection(keys[max(0, cue.first - 3) : cue.first])]
    if told and not thing.wanted and thing.kind != "ability":
        return doubly_negated(side, thing, told)
    return _by_kind(side, thing, excludes=True, negated=False)


def _by_kind(side: Side, thing: Thing, *, excludes: bool, negated: bool) -> Stance:
    if thing.wanted:
        if negated or not excludes:
            return Stance.REQUIRED if excludes or not negated else Stance.TURNED_AWAY
        refused = side.layout.reaching(thing.first, "refusal")
        return Stance.REQUIRED if refused else Stance.ASIDE
    if thing.kind == "ability":
        return Stance.TURNED_AWAY if excludes or negated else Stance.ASIDE
    if excludes != negated or (not excludes and is_counted(side.layout, thing)):
        return Stance.TURNED_AWAY
    if is_given_up(side, thing) or is_washed_out(side, thing):
        return Stance.TURNED_AWAY
    return Stance.REQUIRED
