"""Every noun of the project as a frozen value: documents, criteria, plans, evidence, answers.

Offsets are 0-based, half-open, in Unicode code points of `Document.text`, everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rag.frozen import quick
from rag.values import Values

# ── Documents ────────────────────────────────────────────────────────────────────────────────────────────────────────


@quick
@dataclass(frozen=True, slots=True, order=True)
class Span:
    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@quick
@dataclass(frozen=True, slots=True)
class Section:
    """One named stretch of a document. `span` covers the body alone; the printed heading stands before it.

    Names: identification, summary, description, conditions, design, arms, interventions, outcomes,
    eligibility.inclusion, eligibility.exclusion, eligibility.unheaded, eligibility.fields, sponsors, locations,
    contacts, dates, other. A name may stand more than once (several inclusion lists).
    """

    name: str
    span: Span


@quick
@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stretch of canonical text came from in the file: 'line 131', a JSON pointer, an XPath, a CSV column."""

    span: Span
    place: str


@quick
@dataclass(frozen=True, slots=True)
class Field:
    """One registry field as printed in the canonical text, so that a typed fact can be quoted.

    `name` is dotted and numbered from 0: 'status', 'phase', 'enrollment', 'age.minimum', 'sponsor',
    'collaborator.0', 'arm.1', 'intervention.0', 'outcome.primary.0', 'site.3', 'country.0', 'official.0',
    'ipd_sharing' …
    """

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Arm:
    label: str
    kind: str = ""  # EXPERIMENTAL, PLACEBO_COMPARATOR …
    description: str = ""
    interventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intervention:
    name: str
    kind: str = ""  # DRUG, DEVICE, PROCEDURE …
    description: str = ""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str  # primary, secondary, other
    measure: str
    time_frame: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    facility: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An overall official, a responsible party or a contact."""

    name: str
    role: str = ""
    affiliation: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class RegistryDate:
    """A date as the registry gives it: `day` is None where only a month is known; `kind` ACTUAL or ESTIMATED or ''."""

    year: int
    month: int | None = None
    day: int | None = None
    kind: str = ""

    def __str__(self) -> str:
        return "-".join(f"{part:0{width}d}" for part, width in ((self.year, 4), (self.month, 2), (self.day, 2)) if part)

    @property
    def earliest(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """A registry age limit: `text` as printed ('6 Months'), `years` the same as an exact number of years."""

    text: str
    years: Decimal


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """The typed registry fields of one trial. Enumerations keep API v2 spelling (RECRUITING, PHASE3, RANDOMIZED…).

    None or empty means: the record does not say.
    """

    acronym: str = ""
    official_title: str = ""
    org_study_id: str = ""
    secondary_ids: tuple[str, ...] = ()
    status: str = ""
    why_stopped: str = ""
    study_type: str = ""
    phases: tuple[str, ...] = ()  # ('PHASE2', 'PHASE3'), ('NA',)
    enrollment: int | None = None
    enrollment_kind: str = ""
    start_date: RegistryDate | None = None
    primary_completion_date: RegistryDate | None = None
    completion_date: RegistryDate | None = None
    first_posted_date: RegistryDate | None = None
    last_update_date: RegistryDate | None = None
    sex: str = ""  # ALL, FEMALE, MALE
    minimum_age: AgeLimit | None = None
    maximum_age: AgeLimit | None = None
    healthy_volunteers: bool | None = None
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    allocation: str = ""
    intervention_model: str = ""
    observational_model: str = ""
    time_perspective: str = ""
    primary_purpose: str = ""
    masking: str = ""
    who_masked: tuple[str, ...] = ()
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    sponsor: str = ""
    sponsor_class: str = ""  # INDUSTRY, NIH, OTHER …
    collaborators: tuple[str, ...] = ()
    collaborator_classes: tuple[str, ...] = ()  # of those collaborators whose class the record tells
    responsible_party: Person | None = None
    officials: tuple[Person, ...] = ()
    contacts: tuple[Person, ...] = ()
    sites: tuple[Site, ...] = ()
    countries: tuple[str, ...] = ()
    has_results: bool | None = None
    data_monitoring_committee: bool | None = None
    ipd_sharing: str = ""  # YES, NO, UNDECIDED: whether data of single participants will be shared
    fda_regulated_drug: bool | None = None
    fda_regulated_device: bool | None = None
    fda_regulated: bool | None = None  # of records from before 2017, which tell no drug from a device
    expanded_access: bool | None = None  # whether there is a programme of expanded access beside the trial
    biospecimens: str = ""  # SAMPLES_WITH_DNA, SAMPLES_WITHOUT_DNA, NONE_RETAINED
    sampling_method: str = ""  # PROBABILITY_SAMPLE, NON_PROBABILITY_SAMPLE
    target_duration: str = ""  # as printed: '5 Years'


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect of the source, shown and never repaired: with every quote that proves it."""

    kind: str  # 'age_conflict', 'impossible_unit', 'contradiction', 'lost_operator' …
    message: str
    spans: tuple[Span, ...]


def registry_url(trial_id: str) -> str:
    """The record's page at the registry."""
    return f"https://clinicaltrials.gov/study/{trial_id}"


@dataclass(frozen=True, slots=True)
class Document:
    trial_id: str
    title: str
    text: str
    sections: tuple[Section, ...]  # in text order
    fields: tuple[Field, ...]  # in text order
    facts: TrialFacts
    origins: tuple[Origin, ...]  # in text order, disjoint
    source: str  # file name, with '!member' for a record inside an archive
    sha256: str  # of `text` in UTF-8

    @property
    def url(self) -> str:
        return registry_url(self.trial_id)


@quick
@dataclass(frozen=True, slots=True)
class Page:
    """What a quote is cited from: a record as it is printed, without its fields and facts."""

    trial_id: str
    title: str
    text: str
    sections: tuple[Section, ...]  # in text order
    origins: tuple[Origin, ...]  # in text order, disjoint
    source: str
    sha256: str

    @property
    def url(self) -> str:
        return registry_url(self.trial_id)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or record that was not indexed, and why."""

    source: str
    place: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one section, embedded with a context line that is never part of a quote."""

    passage_id: str  # '<trial_id>:<start>-<end>'
    trial_id: str
    section: str
    span: Span
    context: str  # '<title> — <section>'
    text: str  # span.of(document.text)


# ── Criteria ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Polarity(StrEnum):
    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


class ScopeKind(StrEnum):
    """Whom a clause concerns, when not everybody."""

    COHORT = "cohort"  # 'Part C only', 'Arm A'
    SEX = "sex"
    AGE = "age"
    CONDITION = "condition"  # 'if liver metastases', 'patients on warfarin'


@quick
@dataclass(frozen=True, slots=True)
class Scope:
    kind: ScopeKind
    text: str  # 'male', 'Part C', 'with liver metastases'
    span: Span


@quick
@dataclass(frozen=True, slots=True)
class Window:
    """A stated time: 'within 6 months', 'at least 3 years before'. `days` where it can be told exactly."""

    text: str
    span: Span
    days: Values | None = None


@quick
@dataclass(frozen=True, slots=True)
class Constraint:
    """A number limit, polarity applied: the participant's `variable` must lie in `admits` (canonical unit)."""

    variable: str  # id of criteria/data/variables.toml
    admits: Values
    unit: str  # canonical unit of the variable; '' for scores
    span: Span  # the words that state it, variable and numbers together
    stated: str  # as the source states it: '< 60 mL/min/1.73 m2' (source's own side: an exclusion states what is out)
    inferred: bool = False  # the operator was lost and inferred from the polarity


class Stance(StrEnum):
    """What a criterion does with a person who has the concept that it mentions."""

    TURNED_AWAY = "turned_away"
    REQUIRED = "required"
    EXEMPT = "exempt"  # named in an exception, a permission or a condition: such a person may join
    ASIDE = "aside"  # not about the participant's state: a relative's disease, a vaccine against it, an allergy to it


@quick
@dataclass(frozen=True, slots=True)
class State:
    """A condition, treatment or state: the participant must have it (`present`) or must not (not `present`).

    A clause holds only what is required or turned away; `Criterion.concepts` holds every mention with its stance.
    """

    concept: str  # id of criteria/data/concepts; '' for a phrase outside the lexicon
    present: bool
    span: Span
    stance: Stance = Stance.ASIDE
    doubts: tuple[str, ...] = ()  # why not firm: 'cohort' (some participants only), 'amount' (only from some number on)
    qualifier: str = ""  # 'uncontrolled', 'clinically significant'
    window: Window | None = None


@quick
@dataclass(frozen=True, slots=True)
class Unread:
    """Words that name a known variable (or `variable` '') and could not be read. Shown, never guessed."""

    variable: str
    span: Span
    reason: str


Atom = Constraint | State | Unread


@quick
@dataclass(frozen=True, slots=True)
class Clause:
    """One conjunct of a criterion: satisfied when ANY of `alternatives` is. Concerns only `scope` when given."""

    alternatives: tuple[Atom, ...]
    span: Span
    scope: tuple[Scope, ...] = ()
    exceptions: tuple[Span, ...] = ()  # 'unless …', 'except …', 'eligible if …'
    window: Window | None = None


@quick
@dataclass(frozen=True, slots=True)
class Criterion:
    """One eligibility item. A person admitted by it satisfies ALL `requires` (polarity already applied)."""

    criterion_id: str  # '<trial_id>:<start>'
    trial_id: str
    polarity: Polarity  # which list it stands in, as read (an unheaded requirement is INCLUSION)
    section: str
    span: Span  # the whole item
    requires: tuple[Clause, ...]
    headings: tuple[str, ...] = ()  # 'Renal:', 'Part B' above the item
    concepts: tuple[State, ...] = ()  # every concept that the item mentions, also inside exceptions


@dataclass(frozen=True, slots=True)
class ReadTrial:
    """All that was read from one trial's eligibility text and fields."""

    trial_id: str
    criteria: tuple[Criterion, ...]  # in text order
    findings: tuple[Finding, ...]


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Intent(StrEnum):
    TRIALS = "trials"  # which trials …
    COUNT = "count"  # how many …
    FACT = "fact"  # what is the … of …
    BOOLEAN = "boolean"  # does / is …
    EXTREME = "extreme"  # largest, strictest
    COMPARE = "compare"
    LANDSCAPE = "landscape"  # what cut-offs are used
    WHATIF = "whatif"
    SCREEN = "screen"
    DEFINITION = "definition"
    EXPLAIN = "explain"  # why is NCT… (not) listed
    CONFLICTS = "conflicts"
    CHECKLIST = "checklist"  # list every lab threshold in …
    PROSE = "prose"  # what only prose answers
    OUT_OF_SCOPE = "out_of_scope"  # medical advice, world knowledge
    AMBIGUOUS = "ambiguous"


class Asks(StrEnum):
    """What a predicate asks of a trial about a variable or a concept."""

    EXCLUDES = "excludes"  # turns away everybody in the asked range / with the concept
    ADMITS = "admits"  # states a limit and lets (some of) the asked range in
    REQUIRES = "requires"  # only the asked range / only with the concept
    MENTIONS = "mentions"  # states any limit / names the concept
    SILENT = "silent"  # says nothing about it


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison read from free text (a question or a patient description), not from a list with a polarity."""

    variable: str
    values: Values  # in canonical unit
    unit: str
    span: Span  # in the text it was read from
    stated: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A predicate on a numeric variable: asks about the set `values` (a point is {v})."""

    variable: str
    values: Values
    asks: Asks
    stated: str  # as asked, unit shown: '< 60 mL/min'
    whom: tuple[str, ...] = ()  # asked for these people only: concept ids (any of), or 'sex' for each sex its own
    some: bool = False  # of `values` admitted a part is enough: 'children younger than 12', 'a minimum below 100'


@dataclass(frozen=True, slots=True)
class Ago:
    """How long ago the asker says that something was: '4 months ago'."""

    text: str
    days: Decimal


@dataclass(frozen=True, slots=True)
class Concerns:
    """A predicate on a concept: `concepts` holds ids (any of), `text` the words asked, used alone when no id fits."""

    concepts: tuple[str, ...]
    text: str
    asks: Asks
    ago: Ago | None = None  # when somebody had it, for windows: 'within 6 months'
    lacked: bool = False  # with ADMITS: asked of people who have it not, 'accept people without gout'


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A predicate on a registry field. `values` match any-of, case-folded; `numbers` or `dates` bound a quantity.

    Fields: status, phase, study_type, sex, healthy_volunteers, country, city, sponsor, sponsor_class, collaborator,
    collaborator_class, condition, intervention, intervention_kind, allocation, masking, primary_purpose,
    intervention_model, enrollment, start_date, completion_date, primary_completion_date, first_posted_date,
    last_update_date, arms, arm_kind, sites, age.minimum, age.maximum, has_results, outcome, outcome.primary,
    outcome.secondary, data_monitoring_committee, ipd_sharing, fda_regulated, fda_regulated_drug, fda_regulated_device,
    expanded_access, biospecimens, sampling_method, investigator, contact, contact.email, contact.phone; of no record,
    but of the list told before: trial_id, list_place ('2', '-1' for the last).
    Dates are ordinals (`date.toordinal`) in `numbers`.
    """

    field: str
    values: tuple[str, ...] = ()
    numbers: Values | None = None


@dataclass(frozen=True, slots=True)
class About:
    """A predicate on topic words: title, conditions, keywords, interventions, summary."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class All:
    predicates: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any:
    predicates: tuple[Predicate, ...]


Predicate = Limit | Concerns | FieldIs | About | Not | All | Any


@dataclass(frozen=True, slots=True)
class Turn:
    role: str  # user | assistant
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    history: tuple[Turn, ...] = ()
    trial_ids: tuple[str, ...] = ()  # restrict the collection to these
    mode: str = "extractive"


@dataclass(frozen=True, slots=True)
class TrialRef:
    """Words of a question that name trials: resolved to ids (several when ambiguous, none when unknown)."""

    text: str
    trial_ids: tuple[str, ...]
    how: str  # id | acronym | title | intervention | sponsor | condition | mention | described | ordinal | previous


@dataclass(frozen=True, slots=True)
class Past:
    """A condition or treatment that a description dates: so many days ago."""

    concept: str
    days: Decimal  # at most, where it is told roughly
    least: Decimal | None = None  # at least, where it is told roughly: 'last month', 'within 4 weeks'


@dataclass(frozen=True, slots=True)
class Told:
    """The words, as stems, by which a condition or treatment is told: 'severe', 'allergic', 'asthma'."""

    concept: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """A described person: what is known, for screening. Absent means unknown."""

    numbers: tuple[Comparison, ...] = ()
    has: tuple[str, ...] = ()  # concept ids
    has_not: tuple[str, ...] = ()
    sex: str = ""
    past: tuple[Past, ...] = ()
    earlier: tuple[str, ...] = ()  # what is over: 'had carboplatin last year', 'breast cancer in 2009'
    told: tuple[Told, ...] = ()  # in the order of the text
    now: tuple[str, ...] = ()  # treatments and habits that go on: 'on insulin', 'smokes'
    lasting: tuple[Past, ...] = ()  # how many days something has gone on: 'asthma for 6 years'


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How a question was read: shown with every answer."""

    intent: Intent
    question: str  # the resolved question: follow-ups made whole
    read_as: str  # one plain sentence: 'trials where no admitted eGFR lies below 60 mL/min'
    where: Predicate | None = None  # which trials
    trials: tuple[TrialRef, ...] = ()  # trials named in the question
    facts: tuple[str, ...] = ()  # fact ids asked for: 'dose', 'sponsor', 'criterion:egfr', 'outcome.primary' …
    variables: tuple[str, ...] = ()  # for compare, landscape, checklist, conflicts
    extreme: str = ""  # largest, smallest, earliest, latest, strictest or loosest, over facts[0] or the variables
    changes: tuple[Limit, ...] = ()  # what-if: from, to
    patient: Patient | None = None
    terms: str = ""  # words for retrieval
    reason: str = ""  # for out_of_scope / ambiguous: which kind; of a screening 'refusal': what turns away is asked
    unread: tuple[str, ...] = ()  # words of the question that the reader could not place
    focus: tuple[str, ...] = ()  # words that say which part of a record is asked about: '13', 'weeks', 'arm B', 'Texas'
    top: int = 1  # how many of the ranked trials are asked for: 'the three largest'
    ordinal: int = 0  # 'the second one' is 2, 'the last one' -1: of the ordered answer to `previous`; 0 when not asked
    previous: QueryPlan | None = None  # the plan of the turn that `ordinal` or 'of those' refers to
    base: Predicate | None = None  # of a count: the trials of which a part is counted ('how many COPD trials …')
    quantifier: str = ""  # of a yes-or-no question over many trials: 'every' (of `base`) or 'some'
    counted: str = ""  # from which day 'in the last two years' was counted back
    left_out: tuple[str, ...] = ()  # sentences that tell nothing the question asks by: read, and used for nothing
    parts: tuple[QueryPlan, ...] = ()  # of a question that no one reading holds: the plans that answer it one by one


# ── Evidence and answers ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and its score: higher is better; ties by passage id."""

    passage_id: str
    score: float


class Verdict(StrEnum):
    MATCH = "match"
    PARTIAL = "partial"
    UNREAD = "unread"
    EXCLUDED = "excluded"  # screening
    POSSIBLE = "possible"  # screening
    NO_MATCH = "no_match"  # never listed
    SILENT = "silent"  # never listed: the trial says nothing
    OTHER_MEASURE = "other_measure"  # never listed: a related variable is limited (clearance for eGFR)


class Account(StrEnum):
    """For a variable and a range, the one class each trial falls into; the classes sum to the collection."""

    ALL_EXCLUDED = "all_excluded"
    PART_EXCLUDED = "part_excluded"
    CONDITIONAL = "conditional"
    RANGE_REQUIRED = "range_required"
    ADMITTED = "admitted"
    OTHER_MEASURE = "other_measure"
    NOT_STATED = "not_stated"
    UNREAD = "unread"


@quick
@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one document that carry a claim."""

    trial_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class TrialVerdict:
    trial_id: str
    verdict: Verdict
    reason: str
    quotes: tuple[Quote, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    still_open: int = 0  # points that `unknown` quotes or, in its last entry, only counts
    account: Account | None = None
    look_first: tuple[Quote, ...] = ()  # of a screening: criteria that name what was not read of the person


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with the words that prove it."""

    text: str
    quotes: tuple[Quote, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Citation:
    index: int
    trial_id: str
    title: str
    section: str
    cited_text: str
    start: int
    end: int
    document_sha256: str
    source: str
    origin: str
    url: str
    view_url: str


@quick
@dataclass(frozen=True, slots=True)
class ResultItem:
    trial_id: str
    title: str
    verdict: Verdict
    reason: str
    values: Mapping[str, str]
    citations: tuple[int, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultSet:
    total: int
    considered: int
    complete: bool
    items: tuple[ResultItem, ...]
    accounting: Mapping[str, int] = field(default_factory=dict)


class Status(StrEnum):
    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


class AbstentionReason(StrEnum):
    NO_EVIDENCE = "no_evidence"
    OUT_OF_SCOPE = "out_of_scope"
    AMBIGUOUS = "ambiguous"
    UNKNOWN_TRIAL = "unknown_trial"


@dataclass(frozen=True, slots=True)
class Abstention:
    reason: AbstentionReason
    message: str
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexInfo:
    id: str
    trials: int
    passages: int
    embedder: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What every caller gets. `answer_json` in rag.answering gives the object of CONTRACT.md."""

    id: str
    question: str
    status: Status
    answer: str
    result_set: ResultSet | None
    citations: tuple[Citation, ...]
    abstention: Abstention | None
    plan: QueryPlan
    mode: str
    warnings: tuple[str, ...]
    timings_ms: Mapping[str, float]
    index: IndexInfo
    model: str = ""
