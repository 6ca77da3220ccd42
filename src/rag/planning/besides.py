"""Follow-ups that let more trials in ('or phase 2'), ask one thing more ('hepatitis B too'), or ask for the others
('which do not?')."""

from __future__ import annotations

from dataclasses import replace

from rag.planning.conditions import replaced
from rag.planning.forms import says_trials
from rag.planning.harking_back import SETS
from rag.planning.joining import all_of, alternatives, conjuncts
from rag.planning.sheet import Sheet, content_of
from rag.planning.tables import word_set
from rag.planning.yes_no import is_yes_no
from rag.types import About, Any, Asks, Concerns, FieldIs, Intent, Limit, Not, Predicate, QueryPlan


def besides(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """The set before with another way in, with one condition more, or turned round; None where none is meant."""
    if sheet.refs or previous.where is None or previous.intent not in SETS or previous.patient is not None:
        return None
    where = _denied(sheet, previous.where) or _let_in(sheet, previous.where) or _asked_too(sheet, previous.where)
    return None if where is None else replace(previous, where=where, previous=None, ordinal=0)


def of_others(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Which other trials do?' after yes or no of one trial: the trials that the same holds for.

    'Which others accept it?' after 'does it exclude gout?' asks what that verb asks.
    """
    words = sheet.line.text.strip().removeprefix("which other trials ").split()
    if len(words) != 2 or words[1] != "so?" or previous.intent is not Intent.BOOLEAN or previous.where is None:
        return None
    told = previous.where
    if words[0] != "do":
        asks = _OTHERS.get(words[0], Asks.ADMITS)
        if not isinstance(told, Concerns | Limit):
            return None
        told = replace(told, asks=asks)
    return QueryPlan(Intent.TRIALS, sheet.line.text.strip(), "", where=told)


_OTHERS = {"exclude": Asks.EXCLUDES, "require": Asks.REQUIRES}  # 'take', 'accept', 'allow' let in


def other_sides(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Add KESTREL', 'leave out MERIDIAN' after trials side by side: the same comparison of the others."""
    lemmas = sheet.line.lemmas()
    named = {at for one in sheet.references for at in range(one.first, one.last)}
    left = [at for at in content_of(sheet) if at not in named and lemmas[at] not in _SIDES]
    verb = next((word for word in lemmas if word in _SIDES), "")
    if previous.intent is not Intent.COMPARE or not sheet.refs or left or not verb:
        return None
    new = {trial for ref in sheet.refs for trial in ref.trial_ids}
    if verb in _ADDING:
        return replace(previous, trials=(*previous.trials, *sheet.refs), question=sheet.line.text.strip())
    kept = tuple(ref for ref in previous.trials if not new & set(ref.trial_ids))
    if not kept or len(kept) == len(previous.trials):
        return None
    intent, facts = (Intent.COMPARE, previous.facts) if len(kept) > 1 else (Intent.FACT, previous.facts or ("summary",))
    return replace(previous, intent=intent, facts=facts, trials=kept, question=sheet.line.text.strip())


_ADDING = frozenset({"add", "include", "plus", "also"})
_SIDES = _ADDING | {"leave", "drop", "remove", "without", "minus", "skip", "exclude", "forget"}


def _denied(sheet: Sheet, where: Predicate) -> Predicate | None:
    """'Which do not?', 'and which ones aren't?': the trials of which the last condition does not hold."""
    lemmas = sheet.line.lemmas()
    asks = "not" in lemmas and ("which" in lemmas or "who" in lemmas) and set(lemmas) <= word_set("besides.denying")
    if not asks:
        return None
    parts = list(conjuncts(where))
    criteria = [at for at, part in enumerate(parts) if _asks_of_criteria(part)]
    at = criteria[-1] if criteria and {"do", "doe"} & set(lemmas) else len(parts) - 1  # they 'do' exclude, 'are' open
    parts[at] = told.predicate if isinstance(told := parts[at], Not) else Not(told)
    return all_of(parts)


def _asks_of_criteria(part: Predicate) -> bool:
    said = part.predicate if isinstance(part, Not) else part
    return isinstance(said, Limit | Concerns) or (isinstance(said, Any) and _asks_of_criteria(said.predicates[0]))


def _let_in(sheet: Sheet, where: Predicate) -> Predicate | None:
    """'Or phase 2' after phase 3: either; 'or dialysis' after an exclusion: either is excluded."""
    new = _new(sheet)
    if sheet.line.lemmas()[:1] != ("or",) or new is None:
        return None
    parts = list(conjuncts(where))
    at = next((at for at in range(len(parts) - 1, -1, -1) if _are_alike(parts[at], new)), None)
    said = replaced(sheet, parts[at]) if at is not None else None
    if at is None or said is None:
        return None
    parts[at] = alternatives([parts[at], said])
    return all_of(parts)


def _asked_too(sheet: Sheet, where: Predicate) -> Predicate | None:
    """'And platelets under 100 too', 'pregnant women as well?': asked besides, by the same verb; 'phase 2 too': or."""
    lemmas = sheet.line.lemmas()
    told = lemmas[-1:] in {("too",), ("also",)} or lemmas[-2:] == ("as", "well")
    new = _new(sheet)
    if not told or new is None or is_yes_no(sheet):
        return None
    parts = conjuncts(where)
    like = next((part for part in reversed(parts) if _are_alike(part, new)), None)
    said = replaced(sheet, like) if like is not None else None
    if said is None:
        return all_of([*parts, new]) if isinstance(new, FieldIs) else None
    if isinstance(like, FieldIs | About):
        return all_of([alternatives([part, said]) if part is like else part for part in parts])
    return all_of([*parts, said])


def _new(sheet: Sheet) -> Predicate | None:
    """The only condition that the turn names."""
    parts = sheet.reading.parts
    return parts[0].predicate if len(parts) == 1 else None


def _are_alike(old: Predicate, new: Predicate) -> bool:
    """Both values of one field, both criteria of people, or both topics."""
    if isinstance(new, FieldIs):
        return isinstance(old, FieldIs) and old.field == new.field and bool(old.values) == bool(new.values)
    if isinstance(old, About):
        return isinstance(new, About)
    named = isinstance(old, Limit | Concerns) and old.asks in {Asks.EXCLUDES, Asks.ADMITS, Asks.REQUIRES}
    return named and isinstance(new, Limit | Concerns | About)


def turns_the_sex(sheet: Sheet) -> bool:
    """'And if he were a woman?', 'same but female': nothing else is said of the person than the sex."""
    sexed = [at for at, word in enumerate(sheet.line.lemmas()) if word in word_set("intents.sexes")]
    named = any(ref.how in {"id", "acronym"} for ref in sheet.refs)
    left = [at for at in content_of(sheet) if at not in sexed and sheet.line.tokens[at].lemma not in _INSTEAD]
    return bool(sexed) and not named and not left and not says_trials(sheet) and not sheet.has("count")


_INSTEAD = frozenset({"same", "instead", "rather", "if", "question", "person", "patient", "he", "she", "it"})


def unsaid(part: Predicate, new: Predicate | None, sheet: Sheet) -> bool:
    """Whether no trial could be both: `new` asks for silence on what `part` asks about, or for another status."""
    if isinstance(new, Any):
        return any(unsaid(part, one, sheet) for one in new.predicates)
    if isinstance(new, Limit) and isinstance(part, Limit):
        return new.asks is Asks.SILENT and new.variable == part.variable
    if isinstance(new, FieldIs) and isinstance(part, FieldIs):
        other = new.field == part.field == "status" and not {*new.values} & {*part.values}
        return other and not word_set("followups.many") & {*sheet.line.lemmas()}  # 'which of them are finished?'
    if isinstance(new, Concerns) and isinstance(part, Concerns):
        return new.asks is Asks.SILENT and new.concepts == part.concepts != ()
    return False
