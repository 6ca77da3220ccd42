"""Answers about sets of trials: which, how many, the extreme one, compared, and the landscape of cut-offs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.answering.draft import Draft, abstain
from rag.answering.english import listed
from rag.criteria.concepts import named_by
from rag.criteria.lexicon import load_variables
from rag.evidence.collect import Judge, Judgements, field_quotes, prints_fields, verdict_of
from rag.evidence.judgement import LISTED, rank
from rag.evidence.shown import label_of
from rag.evidence.words import in_quotes
from rag.planning.wording import in_words as phrase
from rag.types import (
    About,
    AbstentionReason,
    Account,
    All,
    Any,
    Asks,
    Claim,
    Concerns,
    FieldIs,
    Limit,
    Not,
    Predicate,
    QueryPlan,
    Quote,
    TrialVerdict,
    Verdict,
)

_PREVIEW = 12  # trials named by marker in the text; the result set lists them all


def answer_trials(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    """Which trials …: every match, then the partial ones, then what could not be read, with all accounted for."""
    if plan.where is None:
        return abstain(
            AbstentionReason.NO_EVIDENCE, "The question names nothing that trials could be chosen by.", nearest
        )
    judgements = judge.all(plan.where, trial_ids)
    verdicts = listed_verdicts(judgements, judge, plan.where)
    unspoken = () if verdicts else _unspoken(plan.where, judge, trial_ids)
    if unspoken:
        return abstain(AbstentionReason.NO_EVIDENCE, _nothing_on(unspoken, plan.where, judge, trial_ids), nearest)
    by_verdict = _grouped(verdicts)
    claims = [_first_claim(plan.where, by_verdict[Verdict.MATCH], len(trial_ids))]
    claims += _second_claims(plan.where, by_verdict, bool(by_verdict[Verdict.MATCH]))
    claims += others_told(judgements, plan.where)
    if _WHY.search(plan.question):
        verdicts, reasons = _with_reasons(verdicts, judge)
        claims += reasons
    return Draft(
        tuple(claims),
        verdicts=verdicts,
        considered=len(trial_ids),
        total=len(by_verdict[Verdict.MATCH]),
        accounting=accounting_of(judgements),
    )


def answer_count(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    """How many …: the integer, the denominator, and the trials counted as matches."""
    if plan.where is None:
        text = f"The index holds {len(trial_ids)} trials."
        verdicts = tuple(TrialVerdict(trial, Verdict.MATCH, "is in the index") for trial in trial_ids)
        return Draft((Claim(text),), verdicts=verdicts, considered=len(trial_ids), total=len(trial_ids))
    draft = answer_trials(plan, judge, trial_ids, nearest)
    shared = _share(plan, judge, trial_ids, draft)
    return replace(draft, claims=(draft.claims[0], shared, *draft.claims[1:])) if shared is not None else draft


_SHARE = re.compile(r"(?i)\b(?:percent\w*|proportion|share|fraction|%)")


def _share(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], draft: Draft) -> Claim | None:
    """What part of the trials asked about the counted ones are: 'That is 7 of the 60 trials that … (11.7 %)'."""
    if draft.reason is not None:
        return None
    if plan.base is None:
        asked = bool(_SHARE.search(plan.question)) and bool(trial_ids)
        return Claim(f"That is {_percent(draft.total, len(trial_ids))} of them.") if asked else None
    of = sum(j.verdict is Verdict.MATCH for j in judge.all(plan.base, trial_ids).values())
    if of < max(draft.total, 1):
        return None
    noun, percent = ("trial" if of == 1 else "trials"), _percent(draft.total, of)
    return Claim(f"That is {draft.total} of the {of} {noun} that {phrase(plan.base, plural=of != 1)} ({percent}).")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


# 'Which trials were stopped, and why?'
_WHY = re.compile(r"(?i)(?:,|\band\b|[;–-])\s*(?:why|for (?:what|which) reasons?|what \w+ the reasons?)\b")


def _with_reasons(verdicts: tuple[TrialVerdict, ...], judge: Judge) -> tuple[tuple[TrialVerdict, ...], list[Claim]]:
    """The verdicts with the reason that each record gives for stopping, and the reasons of the first few in words."""
    stated = judge.records.field_values("why_stopped")
    told = [_with_reason(v, judge, stated.get(v.trial_id, ("",))[0]) for v in verdicts]
    claims = [
        Claim(f'- {verdict.trial_id}: "{stated[verdict.trial_id][0]}"', verdict.quotes[-1:])
        for verdict in told
        if verdict.verdict is Verdict.MATCH and verdict.trial_id in stated
    ]
    matches = sum(verdict.verdict is Verdict.MATCH for verdict in verdicts)
    silent = [Claim(f"{matches - len(claims)} of the {matches} give no reason.")] if matches > len(claims) else []
    more = [Claim(f"{len(claims) - _PREVIEW} more reasons stand in the list.")] if len(claims) > _PREVIEW else []
    return tuple(told), [*silent, *claims[:_PREVIEW], *more]


def _with_reason(verdict: TrialVerdict, judge: Judge, stated: str) -> TrialVerdict:
    if verdict.verdict is not Verdict.MATCH or not stated:
        return verdict
    printed = [f.span for f in judge.records.document(verdict.trial_id).fields if f.name == "why_stopped"]
    quotes = (*verdict.quotes, *(Quote(verdict.trial_id, span) for span in printed))
    return replace(verdict, reason=f'{verdict.reason}; reason given: "{stated}"', quotes=quotes)


def listed_verdicts(judgements: Judgements, judge: Judge, where: Predicate) -> tuple[TrialVerdict, ...]:
    """The trials worth listing, by verdict and then id, each with the quotes that prove it."""
    chosen = [(trial, j) for trial, j in judgements.items() if j.verdict in LISTED]
    chosen.sort(key=lambda pair: (rank(pair[1].verdict), pair[0]))
    printed = prints_fields(where)
    return tuple(
        verdict_of(trial, j, field_quotes(judge.records.document(trial), where) if printed else ())
        for trial, j in chosen
    )


def accounting_of(judgements: Judgements) -> Mapping[str, int]:
    """How all trials fall: by account class where one variable was asked about, else by verdict. Sums to all."""
    accounts = [judgement.account for judgement in judgements.values()]
    if accounts and all(accounts):
        tally = Counter(account.value for account in accounts if account)
        order = [account.value for account in Account]
    else:
        tally = Counter(judgement.verdict.value for judgement in judgements.values())
        order = [verdict.value for verdict in Verdict]
    return {name: tally[name] for name in order if tally[name]}


def _grouped(verdicts: Sequence[TrialVerdict]) -> dict[Verdict, list[TrialVerdict]]:
    return {
        kind: [v for v in verdicts if v.verdict is kind] for kind in (Verdict.MATCH, Verdict.PARTIAL, Verdict.UNREAD)
    }


def _first_claim(where: Predicate, matches: Sequence[TrialVerdict], considered: int) -> Claim:
    if not matches:
        none = "0 of 1 trial" if considered == 1 else f"None of the {considered} trials"
        return Claim(f"{none} {phrase(where, plural=False)}.")
    verb = phrase(where, plural=len(matches) != 1)
    noun = "trial" if considered == 1 else "trials"
    text = f"{len(matches)} of {considered} {noun} {verb}"
    return Claim(f"{text}.", first_quotes(matches))


def first_quotes(verdicts: Sequence[TrialVerdict]) -> tuple[Quote, ...]:
    """One quote a trial, for the first few trials."""
    return tuple(v.quotes[0] for v in verdicts[:_PREVIEW] if v.quotes)


def _second_claims(where: Predicate, groups: Mapping[Verdict, list[TrialVerdict]], any_match: bool) -> list[Claim]:
    claims = []
    partial, unread = groups[Verdict.PARTIAL], groups[Verdict.UNREAD]
    more = " more" if any_match else ""
    if partial:
        verb = _partly(where, singular=len(partial) == 1)
        claims.append(Claim(f"{len(partial)}{more} {verb}.", first_quotes(partial)))
    if unread:
        noun, verb = (" trial", "mentions") if len(unread) == 1 else (" trials", "mention")
        text = f"{len(unread)}{more or noun} {verb} it in words that could not be read with certainty"
        claims.append(Claim(f"{text}; the words are quoted for you to judge.", first_quotes(unread)))
    return claims


def _partly(where: Predicate, *, singular: bool) -> str:
    s = "s" if singular else ""
    if isinstance(where, Limit) and where.asks is Asks.EXCLUDES:
        if where.values.is_point:
            return f"exclude{s} that value only for some participants or under a condition"
        return f"exclude{s} only part of that range, or only some participants"
    if isinstance(where, Limit) and where.asks is Asks.ADMITS:
        return f"admit{s} it only in part, or under a condition"
    return f"fit{s} only in part, for some participants, or under a condition"


def others_told(judgements: Judgements, where: Predicate) -> list[Claim]:
    """What became of all other trials, in one sentence."""
    tally = Counter(judgement.verdict for judgement in judgements.values())
    if isinstance(where, Limit | Concerns) and where.asks is Asks.SILENT:
        mention = tally[Verdict.NO_MATCH]
        return [Claim(f"The other {mention} {'does' if mention == 1 else 'do'} mention it.")] if mention else []
    parts = []
    if tally[Verdict.NO_MATCH]:
        parts.append(f"{tally[Verdict.NO_MATCH]} {_misses(where, singular=tally[Verdict.NO_MATCH] == 1)}")
    if tally[Verdict.OTHER_MEASURE]:
        limit = "limits" if tally[Verdict.OTHER_MEASURE] == 1 else "limit"
        parts.append(f"{tally[Verdict.OTHER_MEASURE]} {limit} only {_other_measures(where)}, which is not comparable")
    if tally[Verdict.SILENT]:
        say = "does" if tally[Verdict.SILENT] == 1 else "do"
        parts.append(f"{tally[Verdict.SILENT]} {say} not state it")
    if parts and not _has_criteria(where) and tally[Verdict.SILENT] == len(judgements):
        return [Claim("The records say nothing of it either way.")]  # 'none has a committee' would be a no
    if not parts or not _has_criteria(where):
        return []
    *first, last = parts
    told = f"{', '.join(first)}, and {last}" if first else last  # a part may hold a comma of its own
    return [Claim(f"Of the others, {told}.")]


def _misses(where: Predicate, *, singular: bool) -> str:
    """What trials do that do not match: a criterion is stated otherwise, a topic or a field does not fit."""
    if _has_only_criteria(where):
        return "states otherwise" if singular else "state otherwise"
    return "does not fit" if singular else "do not fit"


def _other_measures(where: Predicate) -> str:
    variables = load_variables()
    related = [other for variable in variables_of(where) for other, _ in variables[variable].related]
    labels = dict.fromkeys(label_of(other) for other in related if other in variables)
    return f"a related measure ({listed(list(labels)[:3], final='or')})"


def variables_of(where: Predicate | None) -> tuple[str, ...]:
    """The variables a predicate asks about, in order."""
    if isinstance(where, Limit):
        return (where.variable,)
    if isinstance(where, Not):
        return variables_of(where.predicate)
    if isinstance(where, All | Any):
        return tuple(dict.fromkeys(v for part in where.predicates for v in variables_of(part)))
    return ()


def _has_criteria(where: Predicate) -> bool:
    if isinstance(where, Not):
        return _has_criteria(where.predicate)
    if isinstance(where, All | Any):
        return any(_has_criteria(part) for part in where.predicates)
    return isinstance(where, Limit | Concerns)


def _has_only_criteria(where: Predicate) -> bool:
    if isinstance(where, Not):
        return _has_only_criteria(where.predicate)
    if isinstance(where, All | Any):
        return all(_has_only_criteria(part) for part in where.predicates)
    return isinstance(where, Limit | Concerns)


_Leaf = About | Limit | Concerns


def _unspoken(where: Predicate, judge: Judge, trial_ids: tuple[str, ...]) -> tuple[_Leaf, ...]:
    """The parts that no record speaks of: then 'none' is not known, only unsaid. A registry field always speaks."""
    if isinstance(where, All):
        return tuple(leaf for part in where.predicates for leaf in _unspoken(part, judge, trial_ids))
    if isinstance(where, Any):
        ways = [_unspoken(part, judge, trial_ids) for part in where.predicates]
        return tuple(leaf for way in ways for leaf in way) if all(ways) else ()
    if isinstance(where, Not | FieldIs) or (isinstance(where, Limit | Concerns) and where.asks is Asks.SILENT):
        return ()
    verdicts = {judgement.verdict for judgement in judge.all(where, trial_ids).values()}
    if isinstance(where, About):
        return () if Verdict.MATCH in verdicts else (where,)
    if isinstance(where, Concerns) and not verdicts & LISTED:  # a related condition is named, this one nowhere
        return () if _is_named(where, judge) else (where,)
    return (where,) if verdicts <= {Verdict.SILENT, Verdict.OTHER_MEASURE} else ()


def _is_named(where: Concerns, judge: Judge) -> bool:
    """Whether any criterion names what is asked about, by its words or by another name: "anticoagulants"."""
    by_name = bool(where.concepts) and bool(judge.records.criteria_for_concepts(named_by(where.concepts)))
    return by_name or bool(judge.records.criteria_for_phrase(where.text))


def _nothing_on(unspoken: Sequence[_Leaf], where: Predicate, judge: Judge, trial_ids: tuple[str, ...]) -> str:
    """Which no it is: what no record speaks of, and how many trials fit the rest of the question."""
    one = len(trial_ids) == 1
    told = listed(list(dict.fromkeys(_speaking_of(leaf, plural=one) for leaf in unspoken)), final="or")
    records = "the one record does not" if one else f"none of the {len(trial_ids)} records"
    message = f"The documents do not say: {records} {told}."
    parts = where.predicates if isinstance(where, All) else ()
    rest = tuple(part for part in parts if part not in unspoken)
    if not rest or len(rest) + len(unspoken) != len(parts):
        return message
    left = rest[0] if len(rest) == 1 else All(rest)
    fitting = sum(judgement.verdict is Verdict.MATCH for judgement in judge.all(left, trial_ids).values())
    words = phrase(left, plural=fitting != 1)
    return f"{message} Without that, {fitting} {'trial' if fitting == 1 else 'trials'} {words}." if fitting else message


def _speaking_of(leaf: _Leaf, *, plural: bool) -> str:
    s = "" if plural else "s"
    if isinstance(leaf, Limit):
        return f"state{s} a limit on {label_of(leaf.variable)}"
    if isinstance(leaf, About):  # only titles, conditions, keywords and treatments were looked at
        return f"speak{s} of {in_quotes(leaf.text)} as its topic"
    return f"name{s} {leaf.text} in the criteria"
