"""A small made-up collection for the planner, and plans written in one short line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.planning import make_plan
from rag.types import About, All, Concerns, FieldIs, Limit, Not, Predicate, QueryPlan, Question, Turn


@dataclass(frozen=True)
class Summary:
    trial_id: str
    title: str
    acronym: str = ""
    official_title: str = ""
    org_study_id: str = ""
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    sponsor: str = ""
    collaborators: tuple[str, ...] = ()
    status: str = ""
    phases: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    secondary_ids: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collection:
    trials: tuple[Summary, ...]
    newest_day: date = date(2026, 3, 31)

    def summaries(self) -> tuple[Summary, ...]:
        return self.trials


TRIALS = Collection(
    (
        Summary(
            "NCT90000001",
            "Tocilizumab Beside Thrombectomy in Large Vessel Stroke",
            "LYRA-2",
            "",
            "HLD-2201",
            ("Acute Ischemic Stroke",),
            ("Tocilizumab", "Placebo"),
            "Halden Pharma Inc.",
            ("Northfield University",),
            "RECRUITING",
            ("PHASE3",),
            ("Portugal", "Spain"),
            ("Lisbon", "Porto", "Madrid"),
            ("TOPAZ", "Alentejo", "Hospital Santa Clara"),
            ("M44-071", "EORG-IRISTA-3"),
            ("Spain",),  # a site gives its country as its state
        ),
        Summary(
            "NCT90000002",
            "Intra-arterial Albumin After Thrombectomy",
            "",
            "",
            "NF-ALB-07",
            ("Stroke",),
            ("Human albumin",),
            "Northfield University",
            (),
            "NOT_YET_RECRUITING",
            ("PHASE2",),
            ("Portugal",),
            ("Lisbon",),
        ),
        Summary(
            "NCT90000003",
            "Balloon Angioplasty or Stenting for Intracranial Stenosis",
            "BRIDGE",
            "",
            "",
            ("Stroke",),
            ("Balloon angioplasty", "Stenting"),
            "Coastal Medical College",
            (),
            "ACTIVE_NOT_RECRUITING",
            ("NA",),
            ("Canada",),
            ("Halifax",),
        ),
        Summary(
            "NCT90000004",
            "Dapagliflozin in Type 1 Diabetes With Albuminuria",
            "SUGARLOAF",
            "",
            "",
            ("Type 1 Diabetes", "Albuminuria"),
            ("Dapagliflozin", "Placebo"),
            "Halden Pharma Inc.",
            (),
            "RECRUITING",
            ("PHASE2",),
            ("Denmark",),
            ("Aarhus",),
        ),
        Summary(
            "NCT90000005",
            "Roxadustat for Anemia of Kidney Disease on Dialysis",
            "",
            "",
            "RXD-881",
            ("Anemia", "End Stage Renal Disease"),
            ("Roxadustat", "Darbepoetin alfa"),
            "Mistral Therapeutics GmbH",
            (),
            "COMPLETED",
            ("PHASE3",),
            ("Germany", "Japan"),
            ("Berlin", "Osaka"),
        ),
        Summary(
            "NCT90000006",
            "Afatinib Before Surgery in Head and Neck Cancer",
            "KESTREL",
            "",
            "",
            ("Head and Neck Cancer",),
            ("Afatinib",),
            "Coastal Medical College",
            ("Halden Pharma Inc.",),
            "TERMINATED",
            ("PHASE2",),
            ("Canada",),
            ("Toronto",),
        ),
        Summary(
            "NCT90000007",
            "Pembrolizumab After Progression in Lung Cancer",
            "",
            "",
            "",
            ("Non-small Cell Lung Cancer",),
            ("Pembrolizumab",),
            "National Cancer Institute (NCI)",
            (),
            "COMPLETED",
            ("PHASE2",),
            ("United States",),
            ("Houston",),
        ),
        Summary(
            "NCT90000008",
            "Apixaban Against Aspirin in Atrial Fibrillation",
            "MERIDIAN",
            "",
            "",
            ("Atrial Fibrillation",),
            ("Apixaban", "Aspirin"),
            "Mistral Therapeutics GmbH",
            (),
            "COMPLETED",
            ("PHASE3",),
            ("Germany", "France"),
            ("Berlin", "Lyon"),
        ),
        Summary(
            "NCT90000009",
            "Walking Groups for Older Adults With Heart Failure",
            "",
            "",
            "",
            ("Heart Failure",),
            ("Walking group",),
            "Northfield University",
            (),
            "RECRUITING",
            ("NA",),
            ("Norway",),
            ("Bergen",),
        ),
        Summary(
            "NCT90000010",
            "Remdesivir in Children With COVID-19",
            "",
            "",
            "",
            ("COVID-19",),
            ("Remdesivir",),
            "Halden Pharma Inc.",
            (),
            "COMPLETED",
            ("PHASE2", "PHASE3"),
            ("United States", "Italy"),
            ("Boston", "Milan"),
        ),
        Summary(
            "NCT90000011",
            "Metformin in Pregnancy With Polycystic Ovary Syndrome",
            "",
            "",
            "",
            ("Polycystic Ovary Syndrome",),
            ("Metformin",),
            "Northfield University",
            (),
            "RECRUITING",
            ("PHASE4",),
            ("Norway",),
            ("Bergen", "Oslo"),
        ),
        Summary(
            "NCT90000012",
            "Mepolizumab for Severe Asthma",
            "AIRWELL",
            "",
            "",
            ("Severe Asthma",),
            ("Mepolizumab",),
            "Mistral Therapeutics GmbH",
            (),
            "WITHDRAWN",
            ("PHASE3",),
            ("France",),
            ("Lyon",),
        ),
    )
)


def plan_of(text: str, collection: Collection = TRIALS) -> QueryPlan:
    """The plan of the last of the turns in `text`, which ' || ' separates."""
    *history, question = text.split(" || ")
    return make_plan(Question(question, tuple(Turn("user", turn) for turn in history)), collection)


def written(plan: QueryPlan) -> str:
    """The plan in one line: intent, predicate, trials, facts and what else is set."""
    parts = [plan.intent.value]
    if plan.where is not None:
        parts.append(short(plan.where))
    for ref in plan.trials:
        ids = "+".join(str(int(trial[-2:])) for trial in ref.trial_ids) or "none"
        parts.append(f"@{ids}:{ref.how}")
    for name in ("facts", "variables", "unread"):
        values = getattr(plan, name)
        if values:
            parts.append(f"{name}={','.join(values[:6])}")
    parts += [f"{name}={getattr(plan, name)}" for name in ("extreme", "reason", "ordinal") if getattr(plan, name)]
    if plan.quantifier == "every":
        parts.append(f"every={short(plan.base) if plan.base is not None else 'trial'}")
    parts += [f"top={plan.top}"] if plan.top > 1 else []
    parts += [f"parts={len(plan.parts)}"] if plan.parts else []
    if plan.changes:
        parts.append("changes=" + ">".join(change.values.describe() for change in plan.changes))
    if plan.patient:
        person = plan.patient
        known = (
            [f"{n.variable}={n.values.describe()}" for n in person.numbers]
            + list(person.has)
            + [f"no {c}" for c in person.has_not]
            + [f"{past.concept} {past.days:.0f} days ago" for past in person.past]
        )
        parts.append(f"person={';'.join([person.sex, *known] if person.sex else known)}")
    return " | ".join(parts)


def short(predicate: Predicate) -> str:
    """'excludes egfr < 60', 'phase=PHASE3', 'about(stroke)', '(… & …)'; six parts at most."""
    if isinstance(predicate, Limit):
        whom = f" for {'/'.join(predicate.whom)}" if predicate.whom else ""
        some = "some " if predicate.some else ""
        return f"{predicate.asks.value} {some}{predicate.variable} {predicate.values.describe()}{whom}"
    if isinstance(predicate, Concerns):
        ago = f" {predicate.ago.days:.0f} days ago" if predicate.ago else ""
        without = "people without " if predicate.lacked else ""
        return f"{predicate.asks.value} {without}{'/'.join(predicate.concepts) or repr(predicate.text)}{ago}"
    if isinstance(predicate, FieldIs):
        return (
            f"{predicate.field}={'/'.join(predicate.values)}{predicate.numbers.describe() if predicate.numbers else ''}"
        )
    if isinstance(predicate, About):
        return f"about({predicate.text})"
    if isinstance(predicate, Not):
        return f"not {short(predicate.predicate)}"
    sign = " & " if isinstance(predicate, All) else " or "
    shown = [short(part) for part in predicate.predicates]
    return f"({sign.join(shown[:6])}{' …' if len(shown) > 6 else ''})"
