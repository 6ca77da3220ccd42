"""Registry lists of one trial (arms, treatments, outcomes, sites) as sentences: the whole list, or the rows meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.english import listed
from rag.answering.focus import Focus, focus_on, rows_meant
from rag.evidence.fields import readable
from rag.evidence.stems import stem, words_of
from rag.text import shortened
from rag.types import Arm, Claim, Document, Intervention, Outcome, QueryPlan, Quote, Site, Span, TrialFacts

_MOST_ROWS = 15  # rows of a list said in words
_FEW = 3  # rows that are told with their descriptions


def state_entries(document: Document, fact: str, focus: Focus) -> Claim | None:
    """The rows of a registry list that the question means, or the list; None where the record holds no such row."""
    if fact in {"sites", "site_count", "cities"}:
        return _sites(document, focus)
    if fact == "control":
        return _control(document, focus)
    if fact == "outcome.time_frame":
        return _time_frames(document, focus)
    if fact == "arms":
        return _arms(document, focus)
    if fact == "interventions":
        return _interventions(document, focus)
    return _outcomes(document, fact, focus) if fact.startswith("outcome") else None


def _spans(document: Document, family: str, count: int) -> list[Span | None]:
    fields = {field.name: field.span for field in document.fields}
    return [fields.get(f"{family}.{at}") for at in range(count)]


def _quotes(document: Document, spans: Sequence[Span | None]) -> tuple[Quote, ...]:
    return tuple(Quote(document.trial_id, span) for span in spans if span is not None)


def _texts(document: Document, spans: Sequence[Span | None]) -> list[str]:
    return [span.of(document.text) if span is not None else "" for span in spans]


# ── Arms and treatments ──────────────────────────────────────────────────────────────────────────────────────────────


def _arms(document: Document, focus: Focus) -> Claim | None:
    arms = document.facts.arms
    spans = _spans(document, "arm", len(arms))
    meant = rows_meant(focus, _texts(document, spans))
    if not meant:
        return None
    tell = _arm_told if len(meant) <= _FEW else _arm_named
    shown = "; ".join(tell(arms[at]) for at in meant[:_MOST_ROWS])
    return Claim(f"{document.trial_id}: {shown}.", _quotes(document, [spans[at] for at in meant[:_MOST_ROWS]]))


def arms_words(facts: TrialFacts) -> str:
    """'are Low dose (experimental; Fenolast) and Placebo (placebo comparator)'; '' where no arm is listed."""
    shown = [_arm_named(arm) for arm in facts.arms[:_MOST_ROWS]]
    if len(facts.arms) > _MOST_ROWS:
        shown.append(f"{len(facts.arms) - _MOST_ROWS} more")
    if not shown:
        return ""
    return f"is {shown[0]}" if len(shown) == 1 else f"are these {len(facts.arms)}: {listed(shown)}"


def _arm_named(arm: Arm) -> str:
    """'Low dose (experimental; Fenolast)': the label, the kind, and what is given where the label does not say it."""
    said = {stem(word) for word in words_of(arm.label)}
    given = [name for name in arm.interventions if not {stem(word) for word in words_of(name)} <= said]
    details = "; ".join(part for part in (readable(arm.kind), listed(given[:4])) if part)
    return f"{arm.label} ({details})" if details else arm.label


def _arm_told(arm: Arm) -> str:
    given = arm.description
    return f'{_arm_named(arm)}: "{shortened(given, 320)}"' if given else _arm_named(arm)


def _interventions(document: Document, focus: Focus) -> Claim | None:
    rows = document.facts.interventions
    spans = _spans(document, "intervention", len(rows))
    meant = rows_meant(focus, _texts(document, spans))
    if not 0 < len(meant) <= _FEW:
        return None
    shown = [
        f'{rows[at].name} ({readable(rows[at].kind)}): "{shortened(rows[at].description, 320)}"'
        if rows[at].description
        else f"{rows[at].name} ({readable(rows[at].kind)})"
        for at in meant
    ]
    return Claim(f"{document.trial_id}: {'; '.join(shown)}.", _quotes(document, [spans[at] for at in meant]))


_COMPARATORS = frozenset({"PLACEBO_COMPARATOR", "ACTIVE_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"})
_CONTROL = re.compile(r"\b(?:control|placebo|sham|comparator|standard|usual)\b", re.IGNORECASE)


def control_arms(document: Document) -> tuple[int, ...]:
    """The numbers of the comparator arms: by their kind, else by their label."""
    arms = document.facts.arms
    by_kind = tuple(at for at, arm in enumerate(arms) if arm.kind in _COMPARATORS)
    by_label = tuple(at for at, arm in enumerate(arms) if _CONTROL.search(arm.label))
    if len(by_kind) == len(arms) and by_label:
        return by_label  # where every arm is an 'active comparator', the one called control is
    return tuple(sorted({*by_kind, *by_label}))


def has_one_arm(document: Document) -> bool:
    """Whether a record lists a single arm, which is no comparator: nobody is given anything else."""
    return len(document.facts.arms) == 1 and not control_arms(document)


def _control(document: Document, focus: Focus) -> Claim | None:
    """What the comparator arms receive: each by its label and description; None when no arm is one."""
    arms = document.facts.arms
    spans = _spans(document, "arm", len(arms))
    rows = [at for at in control_arms(document) if spans[at] is not None]
    if not rows:
        return None
    texts = _texts(document, spans)
    named = [at for at in rows_meant(focus, texts) if focus.share(texts[at]) > 0.99]  # 'compared with zopiclone'
    by_kind = any(arms[at].kind in _COMPARATORS for at in rows)
    rows = [at for at in rows if at in named] or ([] if by_kind else named) or rows
    shown = "; ".join(_control_told(document, at, rows) for at in rows[:4])
    more = f"; and {len(rows) - 4} more" if len(rows) > 4 else ""
    noun = "the control arm is" if len(rows) == 1 else "the comparator arms are"
    quotes = _quotes(document, [spans[at] for at in rows[:4]])
    return Claim(f"{document.trial_id}: {noun} {shown}{more}.", (*quotes, *_given(document, rows)))


def _control_told(document: Document, at: int, rows: Sequence[int]) -> str:
    """An arm by its description, and by that of the treatments which comparators alone receive."""
    arm = document.facts.arms[at]
    told = [f'"{shortened(one.description, 260)}"' for one in _own_treatments(document, at, rows)]
    words = [f'"{shortened(arm.description, 320)}"'] if arm.description else []
    return f"{_arm_named(arm)}: {'; '.join([*words, *told])}" if words or told else _arm_named(arm)


def _own_treatments(document: Document, at: int, rows: Sequence[int]) -> list[Intervention]:
    """The described treatments of a comparator that no other kind of arm receives; all of it where it has no words.

    A treatment of several comparators (`rows`) is told with the first.
    """
    arms = document.facts.arms
    shared = {name for other, arm in enumerate(arms) if other not in rows for name in arm.interventions}
    before = {name for other in rows if other < at for name in arms[other].interventions}
    own = [one for one in document.facts.interventions if one.name in arms[at].interventions and one.description]
    return [one for one in own if one.name not in shared | before or not arms[at].description]


def _given(document: Document, rows: Sequence[int]) -> tuple[Quote, ...]:
    """The printed entries of the treatments by which `_control_told` tells the arms."""
    told = {one.name for at in rows[:4] for one in _own_treatments(document, at, rows)}
    known = document.facts.interventions
    spans = _spans(document, "intervention", len(known))
    return _quotes(document, [spans[n] for n, one in enumerate(known) if one.name in told and one.description])


# ── Outcomes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _chosen(document: Document, kind: str) -> list[tuple[Outcome, Span | None]]:
    numbers: dict[str, int] = {}
    rows = []
    fields = {field.name: field.span for field in document.fields}
    for outcome in document.facts.outcomes:
        at = numbers[outcome.kind] = numbers.get(outcome.kind, -1) + 1
        if kind in {"", outcome.kind}:
            rows.append((outcome, fields.get(f"outcome.{outcome.kind}.{at}")))
    return rows


def _outcomes(document: Document, fact: str, focus: Focus) -> Claim | None:
    """The outcomes that the focus tells apart, with their descriptions; None where it tells none apart."""
    rows = _chosen(document, fact.partition(".")[2])
    meant = rows_meant(focus, [span.of(document.text) if span else outcome.measure for outcome, span in rows])
    if not meant or len(meant) > 6:
        return None
    shown = "; ".join(f"{_outcome(rows[at][0])}{_described(rows[at][0], len(meant))}" for at in meant)
    kinds = {rows[at][0].kind for at in meant}
    label = f"{min(kinds)} outcome" if len(kinds) == 1 else "outcome"
    head = f"the {label} is" if len(meant) == 1 else f"the {label}s are"
    return Claim(f"{document.trial_id}: {head} {shown}.", _quotes(document, [rows[at][1] for at in meant]))


def how_measured(document: Document, plan: QueryPlan) -> Claim | None:
    """'How is grip strength measured?': what the outcome of that name says; None where none does."""
    focus = focus_on(plan.focus)
    if not focus or not _MEASURED.search(plan.question):
        return None
    rows = [row for row in _chosen(document, "") if row[0].description and row[1] is not None]
    named = [row for row in rows if focus.share(row[0].measure) > _ALL]
    if not 0 < len(named) <= _FEW:
        return None
    shown = "; ".join(f"{_outcome(outcome)}{_described(outcome, len(named))}" for outcome, _ in named)
    return Claim(f"{document.trial_id}: {shown}.", _quotes(document, [span for _, span in named]))


_MEASURED = re.compile(r"(?i)\bhow\b.*\b(?:measured|assessed|evaluated|determined|rated|scored|calculated)\b")
_ALL = 0.99  # share of a focus


def _outcome(outcome: Outcome) -> str:
    frame = outcome.time_frame.rstrip(".")
    return f"{outcome.measure.rstrip('.')}{f' (time frame: {frame})' if frame else ''}"


def _described(outcome: Outcome, shown: int) -> str:
    return f': "{shortened(outcome.description, 260)}"' if outcome.description and shown <= _FEW else ""


def _time_frames(document: Document, focus: Focus) -> Claim | None:
    """When the outcomes asked about are measured: those the focus tells apart, else the primary ones."""
    rows = [row for row in _chosen(document, "") if row[0].time_frame]
    if not rows:
        return None
    meant = rows_meant(focus, [span.of(document.text) if span else outcome.measure for outcome, span in rows])
    primary = [at for at, row in enumerate(rows) if row[0].kind == "primary"]
    numbers = (meant if 0 < len(meant) < len(rows) else ()) or primary or range(len(rows))
    shown = "; ".join(
        f"{rows[at][0].measure.rstrip('.')} – {rows[at][0].time_frame.rstrip('.')}" for at in list(numbers)[:8]
    )
    kinds = {rows[at][0].kind for at in numbers}
    label = f"{min(kinds)} outcome" if len(kinds) == 1 else "outcome"
    head = f"time frame of the {label}{'' if len(numbers) == 1 else 's'}"
    return Claim(f"{document.trial_id}, {head}: {shown}.", _quotes(document, [rows[at][1] for at in list(numbers)[:8]]))


# ── Sites ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def sites_meant(document: Document, focus: Focus) -> tuple[int, ...]:
    """The numbers of the sites that hold every word of the focus: a state, a city, a name."""
    if not focus:
        return ()
    texts = _texts(document, _spans(document, "site", len(document.facts.sites)))
    return tuple(at for at, text in enumerate(texts) if focus.share(text) > 0.99)


def _sites(document: Document, focus: Focus) -> Claim | None:
    """The sites that the question names; None where it names none."""
    sites = document.facts.sites
    meant = sites_meant(document, focus)
    if not meant or len(meant) == len(sites):
        return None
    spans = _spans(document, "site", len(sites))
    shown = "; ".join(_site(sites[at]) for at in meant[:8])
    more = f"; and {len(meant) - 8} more" if len(meant) > 8 else ""
    head = f'{len(meant)} of the {len(sites)} sites listed {"fits" if len(meant) == 1 else "fit"} "{focus.text}"'
    return Claim(f"{document.trial_id}: {head}: {shown}{more}.", _quotes(document, [spans[at] for at in meant[:8]]))


def _site(site: Site) -> str:
    return ", ".join(part for part in (site.facility, site.city, site.state) if part)
