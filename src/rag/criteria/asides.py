"""Things named in passing: a relative's disease, a vaccine against it, what a treatment is for, what may follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rag.criteria.scope import NEGATIONS, Cue, Layout, load_cues
from rag.criteria.things import Side, Thing
from rag.criteria.words import Words, word_set
from rag.units import days_of

_CLASS = 4  # words in which a class is named: "to any other concomitant medication"
_MEDICINES = frozenset({"agent", "drug", "medication", "medicine", "premedication"})


def _starts(side: Side, cue: Cue, thing: Thing) -> bool:
    between = side.layout.words.keys[cue.last : thing.first]
    own = {"study", "trial"}.intersection(between)
    if {":", "or", "and", ","}.intersection(between) if own else "(" in between:
        return False  # "… the first dose of study treatment or radiotherapy within 14 days"
    return thing.kind != "ability" and cue.last + 3 >= thing.first


def _dates(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "before the stroke", "at the time of signing informed consent"; not "within a year of a stroke"."""
    keys = side.layout.words.keys
    if thing.wanted:
        return thing.first - cue.last <= 3
    late = keys[cue.first] in word_set("late_dates")
    ahead = keys[cue.first : cue.last] in (["prior", "to"], ["before"], ["before", "the"], ["prior", "to", "the"])
    if ahead and thing.kind == "treatment" and cue.last == thing.first and _follows_time(keys, cue.first):
        return True  # "antibiotics within 2 weeks before vaccination": the trial's own
    if "time" in keys[cue.first : cue.last]:
        return keys[cue.last : thing.first] in ([], ["the"])
    return cue.last == thing.first and thing.kind == "condition" and not late


def _follows_time(keys: list[str], place: int) -> bool:
    """Whether a span of time ends right before the word at `place`: "within 30 days | before"."""
    return place > 1 and keys[place - 1] in word_set("time_units")


def _is_of_relatives(side: Side, cue: Cue, thing: Thing) -> bool:
    return not side.layout.in_clause(cue.first, "personal")


def _is_object(side: Side, cue: Cue, thing: Thing) -> bool:
    """What one is allergic to, or what is contraindicated."""
    between = side.layout.words.keys[cue.last : thing.first]
    group = side.layout.group
    if cue.kind == "contra" and _MEDICINES.intersection(between[:_CLASS]) and "study" not in between[:_CLASS]:
        return thing.kind == "treatment" or "for" in between  # "contraindication to any drug, including heparin"
    if cue.kind == "contra" and (group[cue.first] != group[thing.first] or word_set("examples").intersection(between)):
        return False  # "contraindication to MRI (such as a pacemaker)", "… including a pacemaker"
    return thing.kind == "treatment" or (cue.kind == "contra" and (not between or "for" in between))


def _is_risked(side: Side, cue: Cue, thing: Thing) -> bool:
    group = side.layout.group
    himself = any(key.startswith("suicid") for key in side.layout.words.keys[thing.first : thing.last])
    return not himself and thing.kind not in {"state", "ability"} and group[cue.first] == group[thing.first]


def _is_tested(side: Side, cue: Cue, thing: Thing) -> bool:
    told = side.layout.in_clause(thing.first, "positive") or _tells_a_result(side, cue)
    return cue.last + 6 >= thing.first and not told


def _tells_a_result(side: Side, cue: Cue) -> bool:
    """The "result of" in "a negative result of the pregnancy test": it is told, and nothing comes of it."""
    keys = side.layout.words.keys
    before = {"negative", "positive"}.intersection(keys[max(0, cue.first - 1) : cue.first])
    return bool(before) and keys[cue.first : cue.last] in (["result", "of"], ["results", "of"])


def _is_prevented(side: Side, cue: Cue, thing: Thing) -> bool:
    """The mumps of "vaccination against mumps", and of a list however long: "examples of live vaccines: …, mumps"."""
    listed = "live" in side.layout.words.keys[cue.first : cue.last]
    return thing.kind == "condition" and (listed or cue.last + 6 >= thing.first)


def _is_dosed(side: Side, cue: Cue, thing: Thing) -> bool:
    """The trial's own drugs in "must use contraception until 5 months after the last dose of …"."""
    return thing.kind == "treatment" and any(other.wanted and other.first < cue.first for other in side.near(cue.first))


def _is_counted(side: Side, cue: Cue, thing: Thing) -> bool:
    return thing.kind in {"treatment", "condition"}


def _is_concerned(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "(only applicable to patients with asthma)": whom the criterion is for."""
    return thing.kind == "condition" and cue.last + 4 >= thing.first


def _is_considered(side: Side, cue: Cue, thing: Thing) -> bool:
    if thing.kind == "condition":  # "eligible for lung cancer surveillance"
        return cue.last == thing.first and side.layout.words.keys[cue.first] == "eligible"
    return thing.kind == "treatment" and cue.last + 10 >= thing.first


def _is_cause(side: Side, cue: Cue, thing: Thing) -> bool:
    """What a thing comes from or is for; not the surgery of "drugs for the treatment of cancer or major surgery"."""
    keys = side.layout.words.keys
    between = keys[cue.last : thing.first]
    if _AIMED.intersection(keys[cue.first : cue.last]):  # "drugs active against hepatitis B, such as tenofovir"
        return thing.kind in {"condition", "biomarker"} and len(between) <= 4 and "," not in between
    if thing.kind == "treatment":
        purpose = {"treat", "treatment"}.intersection(keys[cue.first : cue.last])
        return not (purpose and {"or", ",", "and"}.intersection(between))
    return thing.kind != "ability" and "," not in between and not _tells_a_result(side, cue)


_AIMED = frozenset({"active", "activity", "effective"})


def _is_recovered_from(side: Side, cue: Cue, thing: Thing) -> bool:
    group, keys = side.layout.group, side.layout.words.keys
    failed = keys[cue.first] in _FAILED or (
        keys[cue.first] == "response" and _POOR.intersection(keys[max(0, cue.first - 2) : cue.first])
    )
    if thing.kind == "treatment" and failed and not side.excludes and not _is_negated(side, cue):
        return False  # "progressed on platinum", "inadequate response to insulin": who has done so has had it
    wanted = thing.kind == "treatment" or (thing.kind == "condition" and not side.excludes)
    return wanted and group[cue.first] == group[thing.first]


_FAILED = frozenset({"progression", "progressed", "unresponsive"})
_POOR = frozenset({"inadequate", "insufficient", "incomplete", "suboptimal", "poor", "partial", "unsatisfactory"})


def _is_negated(side: Side, cue: Cue) -> bool:
    return any(other.first < cue.first for other in side.layout.reaching(cue.first, *NEGATIONS, "lack"))


# Whether a cue of the kind really speaks of the thing that it reaches.
_TAKES: Mapping[str, Callable[[Side, Cue, Thing], bool]] = {
    "start": _starts,
    "before": _dates,
    "family": _is_of_relatives,
    "allergy": _is_object,
    "contra": _is_object,
    "risk": _is_risked,
    "test": _is_tested,
    "vaccine": _is_prevented,
    "candidate": _is_considered,
    "cause": _is_cause,
    "recover": _is_recovered_from,
    "dosed": _is_dosed,
    "counted": _is_counted,
    "concerned": _is_concerned,
}


def is_aside(side: Side, thing: Thing) -> bool:
    """Whether the thing is named without being said of the participant."""
    for cue in side.layout.near(thing.first):
        takes = _TAKES.get(cue.kind)
        if takes is not None and cue.first < thing.first < cue.end and takes(side, cue, thing):
            return True
    return (
        _is_label(side, thing)
        or _is_followed(side, thing)
        or _is_purpose(side, thing)
        or _is_of_a_population(side, thing)
        or _is_not_counted(side, thing)
        or _is_contraindicated(side, thing)
    )


def _is_contraindicated(side: Side, thing: Thing) -> bool:
    """ "Those for whom aspirin, heparin or warfarin is contraindicated": each of the list."""
    layout = side.layout
    if thing.kind != "treatment":
        return False
    whom = [cue.last for cue in layout.in_clause(thing.first, "if") if layout.words.keys[cue.last - 1] == "whom"]
    whom = [last for last in whom if last <= thing.first]
    if not whom:
        return False
    told = (cue for cue in layout.in_clause(thing.first, "contra") if cue.first >= thing.last)
    return any(cue.first - whom[-1] <= _LISTED for cue in told) or (side.excludes and not _is_wanted(layout, thing))


def _is_wanted(layout: Layout, thing: Thing) -> bool:
    """The surgery of "in whom surgery is planned"; no other of an exclusion of people in whom "it is unsafe"."""
    behind = set(layout.words.keys[thing.last : layout.clause_end[layout.clause[thing.first]]])
    return bool(word_set("wanted") & behind) and not word_set("denying") & behind


_LISTED = 14  # words of a short list


def _is_not_counted(side: Side, thing: Thing) -> bool:
    """ "Adjuvant chemotherapy should not be counted as a prior regimen", "a change of drug is counted as one"."""
    layout = side.layout
    for cue in layout.in_clause(thing.first, "counted") if thing.kind == "treatment" else ():
        denied = "not" in layout.words.keys[cue.first : cue.last]
        near = cue.first - thing.last <= _COUNTED_WITHIN and layout.group[cue.first] == layout.group[thing.first]
        if cue.first >= thing.last and (denied or near):
            return True
    return False


_COUNTED_WITHIN = 8  # words


def _is_of_a_population(side: Side, thing: Thing) -> bool:
    """ "No antiretroviral drugs in HIV-positive patients": in whom the thing before them is turned away."""
    if thing.kind != "condition":
        return False
    keys = side.layout.words.keys
    start = side.layout.clause_start[side.layout.clause[thing.first]]
    lead = thing.first - 1
    while lead >= start and keys[lead] in {"all", "any", "the", "known", "adult", "non"}:
        lead -= 1
    after = thing.last + (keys[thing.last : thing.last + 1] in (["positive"], ["infected"]))
    if lead < start or keys[lead] not in {"in", "for", "among"}:
        return False
    people = keys[thing.last - 1] in {"diabetic", "asthmatic"}
    people = people or not word_set("persons").isdisjoint(keys[after : after + 1])
    return people and side.near(thing.first)[0] != thing


def _is_label(side: Side, thing: Thing) -> bool:
    """A name that heads what follows, "Chemotherapy: …", dates it, "pre-stroke mRS", or is the trial's own drug."""
    words, place = side.layout.words, thing.first
    before = words.keys[place - 1] if place else ""
    if before in word_set("prefixes") and not (before == "anti" and _is_a_drug(side, thing)):
        return words.starts[place] - words.ends[place - 1] <= 1
    if before == "non" and thing.kind == "treatment" and thing.last < len(words):
        return words.keys[thing.last][0].isalpha()  # "non-insulin glucose-lowering agents"
    if before == "the" and "investigational" in words.keys[place : thing.last]:
        return True
    after = words.keys[thing.last] if thing.last < len(words) else "."
    if words.keys[place] == "diabetic" and thing.last == place + 1 and after[0].isalpha():
        alone = thing.last + 1 >= side.layout.clause_end[side.layout.clause[place]]  # "diabetic child", a whole item
        return after not in word_set("people") and not (alone and after in word_set("persons"))  # "diabetic foot"
    leads = place == side.layout.clause_start[side.layout.clause[place]]
    return thing.kind == "treatment" and after == ":" and leads


def _is_a_drug(side: Side, thing: Thing) -> bool:
    """The treatment of "anti-HIV medication"; not the insulin of "anti-insulin antibodies"."""
    keys = side.layout.words.keys
    return thing.kind == "treatment" and not word_set("treated_with").isdisjoint(keys[thing.first + 1 : thing.last])


def _is_followed(side: Side, thing: Thing) -> bool:
    """ "depression rating scale", "National Cancer Institute", "hepatitis B vaccine", "HIV testing"."""
    words, last = side.layout.words, thing.last
    if words.keys[last : last + 1] == ["("] and side.layout.group_end[side.layout.group[last]] - last <= 3:
        last = side.layout.group_end[side.layout.group[last]]  # "flu (influenza) vaccine"
    last += words.keys[last : last + 1] == [")"]
    if last >= len(words) or thing.kind == "ability" or (thing.wanted and words.keys[last] == "precautions"):
        return False  # "contraceptive precautions" are asked for
    if _heads_a_title(side.layout, last) or _is_of_partners(side, thing, last):
        return True
    for found in _after_at(side.layout, last):
        if found in {"title", "vaccine", "related"} or (found == "candidate" and _is_awaited(words, thing)):
            # "warfarin-like drugs", "implants contraindicated for MRI"
            like = thing.kind == "treatment" and words.keys[last] == "like"
            joined = words.keys[last : last + 2] in _NOT_TO_BE_JOINED
            return not (like or joined or _is_what_bars(side, thing, last))
        if found == "risk" and thing.kind != "state":
            return True
        if found == "test":
            told = words.keys[max(0, thing.first - 2) :] if words.keys[last] == "rna" else ()
            return not word_set("test_results").intersection(told or side.layout.clause_keys(thing.first))
    return False


def _is_what_bars(side: Side, thing: Thing, last: int) -> bool:
    """The drug of "Use of ketoconazole is contraindicated", a whole exclusion; not of "in whom …", "if …" it is so."""
    layout, keys = side.layout, side.layout.words.keys
    behind = keys[last : layout.clause_end[layout.clause[thing.first]]]
    whole = behind[:1] in (["is"], ["are"]) and behind[1:] in (["contraindicated"], ["contraindicated", "."])
    asked = layout.in_clause(thing.first, "if", "unless", "allowed")
    return side.excludes and thing.kind == "treatment" and whole and not asked


_NOT_TO_BE_JOINED = (["contraindicated", "for"], ["contraindicated", "with"])


def _is_of_partners(side: Side, thing: Thing, last: int) -> bool:
    """The first of "pregnant or lactating partners"."""
    keys = side.layout.words.keys
    if keys[last : last + 1] not in (["or"], ["and"]):
        return False
    if keys[thing.last - 1] in word_set("persons"):
        return False  # "pregnant women and breastfeeding partners"
    joined = [other.last for other in side.near(thing.first) if other.first == last + 1]
    return any(keys[end : end + 1] in (["partner"], ["partners"]) for end in joined)


def _is_awaited(words: Words, thing: Thing) -> bool:
    """The operation of "kidney transplant candidates"; not the product of "a vaccine candidate"."""
    return words.keys[thing.last - 1] in _OPERATIONS


_OPERATIONS = frozenset({"transplant", "transplantation", "surgery", "bypass", "implant", "implantation"})


def _heads_a_title(layout: Layout, place: int) -> bool:
    """ "Asthma Control Questionnaire": capitalised words up to the head of a title."""
    raw = layout.words.raws[place]
    if not raw[0].isupper() and raw not in {"(", ")", "of"}:
        return False  # most words
    group = layout.group[place - 1]
    for here in range(place, min(place + 6, len(layout.words))):
        if here > place and layout.group[here] == group and "title" in _after_at(layout, here):
            return True
        raw = layout.words.raws[here]
        if raw == "York":  # the New York Heart Association grades a heart failure
            return False
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
                told = between[len(between) - between[::-1].index("for") :]
                # "on statins for 3 months and has gout"; not "on prednisone for 3 months for gout"
                lasted = told[:1] > [""] and told[0][0].isdigit() and any(days_of(key) for key in told[1:4])
                return not lasted and not ({",", ";"} & set(after))
    return False
