"""A person held against criteria, in words: how many trials turn them away, how many remain possible, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.answering.draft import Draft
from rag.answering.english import listed
from rag.types import Claim, TrialVerdict, Verdict

_FINDING = 2  # unread words that may tell a finding: then nobody is told yes
_MOST_ROWS = 20  # trials a list of the text holds; the table holds all
_NOTE = "This is a reading of the documents, not a statement of eligibility: the study site decides."


def draft_of(
    verdicts: Sequence[TrialVerdict],
    considered: int,
    studied: Mapping[str, str] | None = None,
    *,
    refusal: bool = False,
    unread: Sequence[str] = (),
    unnamed: Sequence[str] = (),
) -> Draft:
    """The answer over `considered` trials: `verdicts` are those that judge something of what is told, in order.

    `studied`: by trial, what it studies of all that the person has; of the possible trials these are told first.
    `refusal`: whether it was asked what turns the person away: then neither yes nor no comes first.
    `unread`: words of the description that were not read: what they tell was judged by nothing. `unnamed`: values told
    of measures that none of the records names.
    """
    excluded = [v for v in verdicts if v.verdict is Verdict.EXCLUDED]
    possible = [v for v in verdicts if v.verdict is Verdict.POSSIBLE]
    if considered == 1 and verdicts:
        return _draft_of_one(verdicts[0], refusal=refusal, unread=(*unread, *unnamed))
    claims = []
    if not considered:
        none = "No trial fits the rest of the question, so none was looked at for this person."
        return Draft((Claim(none),), verdicts=())
    if excluded:
        verb = "turns" if len(excluded) == 1 else "turn"
        left = f", {len(possible)} {'remains' if len(possible) == 1 else 'remain'} possible" if possible else ""
        told = f"{len(excluded)} of {considered} trials {verb} this person away by a stated criterion"
        claims.append(Claim(f"{told}{left}:"))
        claims += _rows(excluded)
    else:
        none = f"None of the {considered} trials turns this person away by a criterion that the description decides."
        claims.append(Claim(none))
    if possible:
        claims += _possible(possible, studied or {})
    rest = considered - len(verdicts)
    if rest:
        claims.append(Claim(f"{rest} {'judges' if rest == 1 else 'judge'} none of the facts given."))
    if unnamed:
        claims.append(Claim(f"Named by none of these records, and so judged by nothing: {listed(list(unnamed))}."))
    claims.append(Claim(_NOTE))
    counts = {"excluded": len(excluded), "possible": len(possible), "not_judged": rest}
    return Draft(
        tuple(claims),
        verdicts=tuple(verdicts),
        considered=considered,
        total=len(verdicts),
        accounting={name: n for name, n in counts.items() if n},
    )


def _possible(possible: Sequence[TrialVerdict], studied: Mapping[str, str]) -> list[Claim]:
    """What remains: where only some trials study what the person has, these and then the others."""
    verb = "remains" if len(possible) == 1 else "remain"
    told = f"{len(possible)} {verb} possible, with points still to be checked"
    own = [v for v in possible if v.trial_id in studied]
    others = [v for v in possible if v.trial_id not in studied]
    if not own or not others:
        return [Claim(f"{told}:"), *_rows(possible)]
    names = listed(list(dict.fromkeys(studied[v.trial_id] for v in own)))
    studies = "studies" if len(own) == 1 else "study"
    other = "studies" if len(others) == 1 else "study"
    return [
        Claim(f"{told}; {len(own)} of them {studies} {names}:"),
        *_rows(own),
        Claim(f"{len(others)} {other} something else:"),
        *_rows(others),
    ]


def _rows(verdicts: Sequence[TrialVerdict]) -> list[Claim]:
    """A line a trial; of many, the first twenty, and how many more the table holds."""
    rows = [Claim(f"- {v.trial_id}: {v.reason}.", v.quotes) for v in verdicts[:_MOST_ROWS]]
    more = len(verdicts) - _MOST_ROWS
    return [*rows, Claim(f"{more} more {'is' if more == 1 else 'are'} in the table.")] if more > 0 else rows


def _still_open(points: int) -> str:
    """How many points nobody could decide; '' where none is left."""
    return f"{points} {'point is' if points == 1 else 'points are'} still to be checked." if points else ""


def _draft_of_one(verdict: TrialVerdict, *, refusal: bool, unread: Sequence[str]) -> Draft:
    """One trial and one person: the answer first, then why."""
    if verdict.verdict is Verdict.EXCLUDED:
        no = "" if refusal else "No: "
        claims = [Claim(f"{no}{verdict.trial_id} turns this person away; it {verdict.reason}.", verdict.quotes)]
    else:
        met = verdict.reason.startswith("met: ") and not refusal
        lead = "Yes, as far as what is given goes: nothing of it" if met else "Nothing that is given"
        lead = lead if len(unread) < _FINDING else "Nothing that could be read of what is given"
        beside = f" Not read, and so not judged: {listed(list(unread))}." if unread else ""
        claims = [
            Claim(f"{lead} turns this person away from {verdict.trial_id}.{beside}"),
            Claim(f"{verdict.reason[:1].upper()}{verdict.reason[1:]}.", verdict.quotes),
            *([Claim("Look first at what shares words with it.", verdict.look_first)] if verdict.look_first else []),
            Claim(_still_open(verdict.still_open)),
        ]
    return Draft((*claims, Claim(_NOTE)), verdicts=(verdict,), considered=1, total=1)
