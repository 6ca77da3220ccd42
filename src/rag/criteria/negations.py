"""Which negations and bars reach a thing, and what a negation means inside a list of exclusions."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.criteria.scope import NEGATIONS, Cue, Layout
from rag.criteria.things import Side, Thing
from rag.criteria.words import word_set
from rag.types import Stance


def negations_over(side: Side, thing: Thing) -> list[Cue]:
    """The negations that reach a thing, forward or from directly behind it."""
    layout, place = side.layout, thing.first
    if layout.kinds[layout.clause[place]].isdisjoint(_DENYING):
        return []
    found = layout.reaching(place, *NEGATIONS, "negative")
    found = [cue for cue in found if cue.kind != "negative" or _negative_takes(side, cue, thing)]
    found += [cue for cue in layout.reaching(place, "non") if cue.last == place]
    if thing.kind == "treatment" and not thing.wanted:  # "not using insulin"; "not using condoms" is a refusal
        found += [cue for cue in layout.reaching(place, "refusal") if _is_not_used(layout, cue)]
    if thing.kind == "ability":
        found = [cue for cue in found if cue.last < place or cue.kind == "no"]
    backward = layout.in_clause(place, "negative", "ruled_out")
    if backward:
        whole = _whole(side, thing)
        found += [
            cue
            for cue in backward
            if (
                _negates_backward(side, cue, whole)
                or _ends_markers(side, cue, thing)
                or _ends_results(side, cue, thing)
            )
            and not _is_of_a_marker(side, cue, whole)
            and not _is_result_to_show(side, cue)
        ]
    keys = layout.words.keys
    found = [cue for cue in found if keys[max(0, cue.first - 1)] != "triple"]  # "triple-negative" is a name
    return [cue for cue in found if thing.kind in _SAID_OF.get(keys[cue.first], {thing.kind})]


_DENYING = NEGATIONS | {"negative", "non", "refusal", "ruled_out"}


def _is_not_used(layout: Layout, cue: Cue) -> bool:
    return layout.words.keys[cue.first] == "not" and layout.words.keys[cue.last - 1] in {"using", "use"}


_GENES, _TREATMENTS = frozenset({"biomarker"}), frozenset({"treatment", "state"})
_SAID_OF = {"wild": _GENES, "wildtype": _GENES, "wt": _GENES, "unmutated": _GENES} | dict.fromkeys(
    ("naive", "naïve"), _TREATMENTS
)


def _whole(side: Side, thing: Thing) -> Thing:
    """The longer thing that holds this one, "hepatitis B or C", or the joined one behind it: "HIV and HBV negative"."""
    keys = side.layout.words.keys
    last = thing.last
    for other in side.near(thing.first):
        holds = other.first <= thing.first and other.last > last
        joined = keys[last : last + 1] in (["or"], ["and"]) and other.first == last + 1 and other.kind == thing.kind
        if holds or joined:
            last = other.last
    return replace(thing, last=last) if last != thing.last else thing


def _negative_takes(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "negative for HIV and HBV", "negative pregnancy test"; not the next thing of "HIV negative, hepatitis"."""
    layout = side.layout
    told = layout.words.keys[cue.last : thing.first]
    if "for" in told[:4] or (told[-1:] == ["for"] and len(told) < 9 and _TESTS.intersection(told[-2:])):
        return True  # "negative test results for HIV", "negative surface antigen and core antibody for …"
    if layout.words.keys[cue.last : cue.last + 1] != ["to"] and _is_of_what_stands_before(side, cue, thing):
        return False  # but "tumors naive to chemotherapy"
    if _opens_markers(side, cue, thing):
        return True
    between = _outside(layout.words.keys[cue.last : thing.first])
    if {"and", "or"}.intersection(between) and _opens_results(layout, cue, thing):
        return True
    if thing.kind == "test":  # "negative serum beta human gonadotropin (hCG) test"
        return len(between) <= 7 and not {",", ")"} & set(between)
    return len(between) <= 4 and not {",", "and", "or", ")", "("} & set(between)


def _outside(keys: list[str]) -> list[str]:
    """The words without what stands in parentheses that close again: "negative serum (hCG) pregnancy test"."""
    if "(" not in keys or keys.count("(") != keys.count(")"):
        return keys
    depth, kept = 0, []
    for key in keys:
        depth += key == "("
        if not depth:
            kept.append(key)
        depth -= key == ")"
    return kept


def _is_of_what_stands_before(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "HER2-negative gastric cancer", "HIV-negative men", "Gram-negative sepsis", "HER2 positive or negative"."""
    words = side.layout.words
    before = words.keys[cue.first - 1] if cue.first else ""
    hyphened = before.isalnum() and words.text[words.starts[cue.first] - 1] == "-"
    hyphened = hyphened or words.keys[max(0, cue.first - 2) : cue.first] == [")", "-"]  # "receptor 2 (HER2)-negative"
    joined = words.keys[max(0, cue.first - 2) : cue.first]
    either = joined[:1] == ["positive"] and joined[1:] in (["or"], ["and"], ["/"])
    named = any(other.first < cue.first <= other.last < thing.last for other in side.near(cue.first))
    return named or hyphened or either or before in {"gram", "node"}


def _opens_results(layout: Layout, cue: Cue, thing: Thing) -> bool:
    """ "Negative HBsAg or HBV DNA": one result of two tests; not "HIV negative and hepatitis"."""
    keys = layout.words.keys
    before = keys[cue.first - 1] if cue.first > layout.clause_start[layout.clause[cue.first]] else ":"
    between = keys[cue.last : thing.first]
    alone = len(between) <= 5 and not {",", ")", "(", "but", "test", "pregnancy"}.intersection(between)
    leads = before in {":", "have", "has", "be", "a", "with", "and", "or", "must", "documented"}
    denied = leads and alone and not layout.in_clause(cue.last, "positive")
    return denied and thing.kind == "condition" and not thing.wanted


# "gout in which tophi are absent", "stroke when fibrillation is absent"
_OF_ANOTHER = frozenset(["if", "when", "where", "which", "whom", "whose"])


def _negates_backward(side: Side, cue: Cue, thing: Thing) -> bool:
    keys = side.layout.words.keys
    gap = keys[thing.last : cue.first]
    gap = _outside(gap) if gap[-1:] in ([")"], ["-"]) else gap
    if cue.kind == "negative" and keys[cue.last : cue.last + 1] != ["for"]:
        joined = {"and", "or"} if thing.kind != "biomarker" else set()  # "HER2 expression or amplification negative"
        apart = ({",", ";", "positive", "("} | joined) & set(gap)
        if thing.kind == "biomarker":  # "ER positive and HER2 negative"
            apart |= {"positive"} & set(keys[thing.first : cue.first])
        behind = cue.first >= thing.first and cue.last >= thing.last and not (thing.wanted and cue.first < thing.last)
        behind = behind and not (thing.wanted and gap)  # "must use contraception HIV negative", two lines in one
        return behind and len(gap) <= 5 and (not apart or gap == ["("])
    if cue.kind != "ruled_out" or not thing.last <= cue.first <= thing.last + 6:
        return False
    within = [other.first for other in side.near(cue.first) if thing.last < other.first < cue.first]
    return not _OF_ANOTHER.intersection(gap[:-1]) and not any("with" in keys[thing.last : place] for place in within)


def _ends_results(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "HIV-1, HTLV-1 and HBsAg negative": one result of a list of nothing but abbreviations and what they test."""
    words, last = side.layout.words, cue.first
    if cue.kind != "negative" or thing.kind != "condition" or last <= thing.last or words.keys[cue.last - 1] == "for":
        return False
    named = {at for other in side.near(last) for at in range(other.first, other.last)}
    between = (at for at in range(thing.last, last) if at not in named)
    return all(
        words.keys[at] in _IN_RESULTS or words.keys[at].isdigit() or words.raws[at].isupper() for at in between
    )


_IN_RESULTS = frozenset({",", "and", "or", "/", "-", "&", "antigen", "antibody", "rna", "dna", "virus", "type"})


def _opens_markers(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "Negative HBsAg, hepatitis C antibody and HIV-1 antibody": one result of a list of nothing but markers."""
    words, layout = side.layout.words, side.layout
    behind = words.keys[thing.last : thing.last + 6]
    told = next((at for at, key in enumerate(behind) if key in _MARKERS), None)
    told = told if _MARKERS.isdisjoint(words.keys[thing.first : thing.last]) else 0  # "HCV antibody" is one name
    leads = cue.first - layout.clause_start[layout.clause[cue.first]] <= 2
    if thing.kind != "condition" or cue.kind != "negative" or told is None or not leads or thing.first < cue.last:
        return False
    named = {at for other in side.near(cue.first) for at in range(other.first, other.last)}
    between = [*range(cue.last, thing.first), *range(thing.last, thing.last + told)]
    return any(words.keys[at] in _MARKERS for at in between[: thing.first - cue.last]) and all(
        words.keys[at] in _IN_RESULTS | _MARKERS or words.keys[at].isdigit() or words.raws[at].isupper() or at in named
        for at in between
    )


_MARKERS = frozenset({"antibody", "antigen", "serology", "hbsag", "anti-hcv", "rna", "dna"})


def _is_result_to_show(side: Side, cue: Cue) -> bool:
    """The "(negative breath test required)" behind what an exclusion names: it shows that nobody has it."""
    keys = side.layout.words.keys
    opens = side.excludes and cue.kind == "negative" and "(" in keys[max(0, cue.first - 2) : cue.first]
    return opens and bool(_TESTS.intersection(keys[cue.last : cue.last + 5]))


_TESTS = frozenset({
    "antibody", "antigen", "assay", "film", "result", "results", "sample", "screen", "screening", "serology", "swab",
    "test", "tests",
})  # fmt: skip


def _ends_markers(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "KRAS, NRAS and BRAF wild-type": nothing but other markers between."""
    keys = side.layout.words.keys
    if thing.kind != "biomarker" or cue.first < thing.last or _SHOWN.intersection(keys[thing.first : cue.first]):
        return False
    held = {at for other in side.near(cue.first) if other.kind == "biomarker" for at in range(other.first, other.last)}
    between = {keys[at] for at in range(thing.last, cue.first) if at not in held}
    return between <= {",", "and", "or", "/"}


_SHOWN = frozenset({"positive", "+", "mutant", "mutated", "mutation", "amplified", "amplification", "high", "low"})


def _is_of_a_marker(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "Sarcoma that is CD34-negative", "lupus with a negative ANA": the result is of the marker between or behind."""
    if thing.kind != "condition":
        return False
    if _is_of_what_follows(side, cue, thing):
        return True
    return any(thing.last <= other.first < cue.first and other.kind == "biomarker" for other in side.near(cue.first))


# What goes on behind the dash: "MSI- high", "PSA- at least 2", "HER2- expressing", "EGFR-, ALK- or ROS1- directed".
_WITH_ITS_DASH = (
    r"[^.;]{0,120}\b(?:directed|targeted|targeting|specific|driven|associated|related|mutated|rearranged|amplified)\b"
    r"| ?(?:high|low|at|of|level|score|[\d<>≤≥]"
    r"|(?!advanced|untreated|invasive|relapsed|resected|operable|unresectable|localized)\w{2,14}"
    r"(?:ed|ing|ive|able|ant|ent|tion|[ai]sed|ance)\b)"
)
# "HER2-", "HER2 (-)"; not "HER2-low", nor the first of "EGFR- and ALK-mutated" and of "HER2-/+"
_MINUS = re.compile(
    rf"(?i)-(?![\w+>]|/\s?\+|/?\s?-|,? ?(?:and/or|and|or|/) ?[\w ]{{1,20}}-[^\W\d]|{_WITH_ITS_DASH})|\s?\(\s?-\s?\)"
)


def is_signed_minus(side: Side, thing: Thing) -> bool:
    """Whether a minus sign behind a marker says that it is absent, and no word says so as well."""
    words = side.layout.words
    end = words.ends[thing.last - 1]
    if thing.kind != "biomarker" or _MINUS.match(words.text, end) is None:
        return False
    said = (*words.keys[max(0, thing.first - 1) : thing.first], *words.keys[thing.last : thing.last + 9])
    return not word_set("no_marker").intersection(said)


def stands_among_exceptions(layout: Layout, place: int) -> bool:
    """ "… (exceptions: aspirin; antihistamines)": all that the brackets hold, past each semicolon."""
    group = layout.group[place]
    return group > 0 and layout.words.keys[layout.group_start[group] + 1] in {"except", "exception", "exceptions"}


def _is_of_what_follows(side: Side, cue: Cue, thing: Thing) -> bool:
    """ "Vasculitis with negative cryoglobulins"; not "hepatitis B with a negative viral load", which is over."""
    keys = side.layout.words.keys
    lead = [key for key in keys[thing.last : cue.first] if key not in {"a", "an"}]
    behind = keys[cue.last : cue.last + 4]
    return lead[-1:] in (["with"], ["having"]) and behind[:1] > [""] and behind[0].isalnum() and not (
        word_set("no_result_of_another").intersection(behind)
    )


def is_barred(side: Side, place: int) -> bool:
    """ "HIV-positive patients are excluded", "Excluded: HIV", "ineligible if HIV positive"."""
    layout = side.layout
    for cue in layout.in_clause(place, "barred"):
        group = layout.group[cue.first]
        if place < cue.first and layout.within(layout.group[place], group) and backward_start(side, cue) <= place:
            return True
        if cue.last <= place and layout.within(layout.group[place], group):
            lead = cue.first - layout.clause_start[layout.clause[cue.first]]
            told = "." in layout.words.keys[cue.last : place]  # "… will be excluded. These include …"
            return lead <= 5 or told or layout.words.keys[cue.last - 1] in {"if", "for", "of"}
    return False


def backward_start(side: Side, cue: Cue) -> int:
    """Where a permission or a bar begins to reach back: past other judgements, and past a list that "no" opened."""
    layout = side.layout
    named = [thing.first for thing in side.near(cue.first)]
    start = layout.clause_start[layout.clause[cue.first]]
    if layout.group[cue.first]:
        start = max(start, layout.group_start[layout.group[cue.first]])
    keys = layout.words.keys
    if cue.kind == "allowed":
        start = max([start, *(place for place in range(start + 1, cue.first) if _is_dash_apart(layout, place))])
    for other in layout.near(cue.first):
        if not start <= other.first < cue.first or not layout.within(
            layout.group[cue.first], layout.group[other.first]
        ):
            continue  # what stands in an earlier parenthesis judges only that
        if cue.kind == "barred" and other.kind in {"unless", "except"}:
            continue  # "patients with gout, unless treated, are excluded"
        if other.kind in {"allowed", "barred", "must", "except", "unless"} and other.last < cue.first - 1:
            start = other.last
        elif other.kind in NEGATIONS and not any(start <= p < other.first for p in named):
            comma = next((p for p in range(other.last, cue.first) if keys[p] in {",", "("}), None)
            start = comma if comma is not None else start
    return start


def _is_dash_apart(layout: Layout, place: int) -> bool:
    """ "HIV or hepatitis - chronic hepatitis is allowed": the dash begins a remark of its own."""
    words = layout.words
    return words.keys[place] == "-" and words.ends[place - 1] < words.starts[place]


def flips_to_requirement(side: Side, place: int) -> bool:
    """A requirement printed in an exclusion list: "must have a negative pregnancy test", "must use contraception"."""
    layout = side.layout
    keys = layout.words.keys
    for cue in layout.in_clause(place, "must"):
        leads = cue.first == layout.clause_start[layout.clause[cue.first]]
        if is_need(layout, cue):
            continue
        if (leads and keys[cue.first] in {"need", "has", "have"}) or keys[cue.first - 1] in {"was", "were"}:
            continue  # "was required to have a live vaccine" tells what happened
        own = leads or keys[cue.first - 1] not in word_set("relatives")
        if cue.last <= place and layout.group[cue.first] == 0 and own:
            return True
    if any(_goes_on_denying(layout, cue) for cue in layout.reaching(place, "no")):
        return True
    return bool(layout.reaching(place, "must_not")) or any(
        keys[cue.first] == "free" for cue in layout.reaching(place, "lack")
    )


def _goes_on_denying(layout: Layout, no: Cue) -> bool:
    """The second "no" of "should have no gout and no asthma"."""
    keys = layout.words.keys
    denied = [cue for cue in layout.in_clause(no.first, "must_not") if cue.last < no.first]
    return bool(denied) and keys[no.first - 1] in {"and", "or", ","} and layout.group[denied[-1].first] == (
        layout.group[no.first]
    )


def is_need(layout: Layout, cue: Cue) -> bool:
    """ "Patients who had surgery, or need to undergo it": what they need, and nothing that is asked of them."""
    keys = layout.words.keys
    return keys[cue.first] == "need" and keys[cue.first - 1] in _BEFORE_A_NEED


# "or need to undergo it", "an anticipated need to treat it": a need of theirs
_BEFORE_A_NEED = frozenset({
    "or", "and", ",", "/", "a", "any", "the", "anticipated", "expected", "likely", "possible", "potential", "urgent",
    "immediate", "current", "planned", "known", "clinical",
})  # fmt: skip


def is_misplaced_no(side: Side, thing: Thing, negations: list[Cue]) -> bool:
    """ "No use of H2 antagonists" as an item of an exclusion list asks for no use: what it names is turned away."""
    layout = side.layout
    first = min(negations, key=lambda cue: cue.first)
    if thing.wanted or thing.kind == "biomarker":
        return False
    if first.kind == "non" and first.last == thing.first:  # "Non-diabetic patients" asks for diabetes
        if _is_of_something_else(layout, thing) or layout.words.keys[thing.first] == "type":
            return False  # "Non-type 2 diabetes" is another type
        return not word_set("persons").intersection(layout.words.keys[thing.last - 1 : thing.last + 1])
    if first.kind == "negative":
        alone = len(layout.words) <= 4 and thing.kind == "condition"
        return len(negations) % 2 == 0 or alone
    if len(negations) > 1:
        return False
    labelled = layout.words.keys[max(0, first.first - 1) : first.first] == [":"] and first.first <= 4
    opens = (first.first == 0 or labelled) and layout.words.keys[first.first] in {"no", "none", "not", "non"}
    absent = first.first == 0 and layout.words.keys[0] == "absence" and thing.kind == "condition"
    return opens or absent or (thing.kind == "condition" and _is_whole_sentence(layout, first))


def _is_of_something_else(layout: Layout, thing: Thing) -> bool:
    """ "Non-asthma medical issues": other things than asthma, whether one has that or not."""
    after = layout.words.keys[thing.last : thing.last + 2]
    return bool(set(after) & {"medical", "issue", "disease", "disorder", "condition", "illness"})


def _is_whole_sentence(layout: Layout, cue: Cue) -> bool:
    """ "The participant has no history of …": a requirement told as a sentence, not "patients with no history of …"."""
    keys = layout.words.keys
    start = layout.clause_start[layout.clause[cue.first]]
    verbs = word_set("verbs").intersection(keys[max(start, cue.first - 1) : cue.first + 1])
    before = keys[start : cue.first]
    return bool(verbs) and len(before) <= 4 and not (word_set("relatives") | {"with"}).intersection(before)


def doubly_negated(side: Side, thing: Thing, negations: list[Cue]) -> Stance:
    """A negation inside an exclusion: "without confirmed asthma" requires it; a mere qualifier lets it pass."""
    layout = side.layout
    if len(negations) % 2 == 0:
        return Stance.TURNED_AWAY
    if thing.wanted or thing.kind in {"biomarker", "state"}:
        return Stance.REQUIRED
    if thing.kind == "ability":
        return Stance.TURNED_AWAY
    if negations[0].kind == "non" and _is_of_something_else(layout, thing):
        return Stance.EXEMPT
    first = negations[0].first
    start = layout.clause_start[layout.clause[thing.first]]
    leads = not any(start <= other.first < first for other in side.near(thing.first))
    return Stance.REQUIRED if leads and len(layout.words) <= 14 else Stance.EXEMPT
