"""What a trial's limits say of a range asked about, by hand-made criteria: the rules of the contract as tables."""

from decimal import Decimal

import pytest

from rag.evidence.limits import account, judge_limit
from rag.evidence.stated import FIELDS, read_stated
from rag.types import Account, Asks, Clause, Constraint, Criterion, Limit, Polarity, Scope, ScopeKind, Span, Unread
from rag.types import Verdict as V  # noqa: N817 - a table is read by its columns
from rag.values import Values, above, at_least, at_most, below, between, exactly

HERE = Span(0, 5)
LATER = Span(6, 12)


def d(text: str) -> Decimal:
    return Decimal(text)


def limit_on(variable: str, admits: Values, stated: str = "") -> Constraint:
    return Constraint(variable, admits, "mL/min", HERE, stated or admits.describe())


def clause(*atoms: Constraint | Unread, scope: Scope | None = None, exception: bool = False) -> Clause:
    return Clause(atoms, HERE, (scope,) if scope else (), (HERE,) if exception else ())


def trial(*clauses: Clause) -> tuple[Criterion, ...]:
    return (Criterion("NCT00000001:0", "NCT00000001", Polarity.EXCLUSION, "eligibility.exclusion", HERE, clauses),)


def egfr(admits: Values) -> Clause:
    return clause(limit_on("egfr", admits))


MEN, WOMEN = (Scope(ScopeKind.SEX, sex, HERE) for sex in ("male", "female"))
CONTROLS = Scope(ScopeKind.COHORT, "Inclusion criteria for controls", HERE)
PART_C = Scope(ScopeKind.COHORT, "Part C", HERE)
OR_BRANCH = clause(limit_on("serum_creatinine", at_most(d("1.5"))), limit_on("egfr", at_least(d("60"))))
CLEARANCE = clause(limit_on("creatinine_clearance", at_least(d("60"))))
BELOW_60 = below(d("60"))


@pytest.mark.parametrize(
    ("criteria", "asked", "verdict", "class_"),
    [
        # one firm limit: below, at, above the range
        (trial(egfr(at_least(d("60")))), BELOW_60, V.MATCH, Account.ALL_EXCLUDED),
        (trial(egfr(at_least(d("90")))), BELOW_60, V.MATCH, Account.ALL_EXCLUDED),
        (trial(egfr(above(d("60")))), at_most(d("60")), V.MATCH, Account.ALL_EXCLUDED),
        (trial(egfr(at_least(d("60")))), at_most(d("60")), V.PARTIAL, Account.PART_EXCLUDED),
        (trial(egfr(at_least(d("45")))), BELOW_60, V.PARTIAL, Account.PART_EXCLUDED),
        (trial(egfr(at_most(d("90")))), BELOW_60, V.NO_MATCH, Account.ADMITTED),
        # a required range turns away below it and above it
        (trial(egfr(between(d("20"), d("45")))), BELOW_60, V.PARTIAL, Account.PART_EXCLUDED),
        (trial(egfr(below(d("60")))), BELOW_60, V.NO_MATCH, Account.RANGE_REQUIRED),
        # two firm limits bind together
        (trial(egfr(at_least(d("30"))), egfr(at_least(d("60")))), BELOW_60, V.MATCH, Account.ALL_EXCLUDED),
        # one branch of an OR, a cohort, an exception: never more than partial
        (trial(OR_BRANCH), BELOW_60, V.PARTIAL, Account.CONDITIONAL),
        (trial(clause(limit_on("egfr", at_least(d("60"))), scope=PART_C)), BELOW_60, V.PARTIAL, Account.CONDITIONAL),
        (trial(clause(limit_on("egfr", at_least(d("60"))), exception=True)), BELOW_60, V.PARTIAL, Account.CONDITIONAL),
        # clauses for men and for women together bind everybody
        (
            trial(
                clause(limit_on("egfr", at_least(d("60"))), scope=MEN),
                clause(limit_on("egfr", at_least(d("70"))), scope=WOMEN),
            ),
            BELOW_60,
            V.MATCH,
            Account.ALL_EXCLUDED,
        ),
        (trial(clause(limit_on("egfr", at_least(d("60"))), scope=MEN)), BELOW_60, V.PARTIAL, Account.CONDITIONAL),
        # a limit with an exception and the limit of those excepted bind everybody together
        (
            trial(
                Clause((limit_on("egfr", at_least(d("70"))),), HERE, (), (LATER,)),
                Clause((limit_on("egfr", at_least(d("60"))),), HERE, (Scope(ScopeKind.CONDITION, "if old", LATER),)),
            ),
            BELOW_60,
            V.MATCH,
            Account.ALL_EXCLUDED,
        ),
        (
            trial(
                Clause((limit_on("egfr", at_least(d("70"))),), HERE, (), (LATER,)),
                Clause((limit_on("egfr", at_least(d("50"))),), HERE, (Scope(ScopeKind.CONDITION, "if old", LATER),)),
            ),
            BELOW_60,
            V.PARTIAL,
            Account.PART_EXCLUDED,
        ),
        # unread, another measure, nothing
        (trial(clause(Unread("egfr", HERE, "no number"))), BELOW_60, V.UNREAD, Account.UNREAD),
        (trial(CLEARANCE), BELOW_60, V.OTHER_MEASURE, Account.OTHER_MEASURE),
        (trial(clause(limit_on("platelets", at_least(d("100"))))), BELOW_60, V.SILENT, Account.NOT_STATED),
        # a point
        (trial(egfr(at_least(d("45")))), exactly(d("50")), V.NO_MATCH, Account.ADMITTED),
        (trial(egfr(at_least(d("45")))), exactly(d("44")), V.MATCH, Account.ALL_EXCLUDED),
    ],
)  # fmt: skip
def test_excludes(criteria: tuple[Criterion, ...], asked: Values, verdict: V, class_: Account) -> None:
    stated = read_stated(criteria, "egfr")
    judged = judge_limit(stated, Limit("egfr", asked, Asks.EXCLUDES, asked.describe()))
    assert (judged.verdict, judged.account) == (verdict, class_)
    assert account(stated, asked) == class_


@pytest.mark.parametrize(
    ("criteria", "asked", "verdict"),
    [
        (trial(egfr(at_least(d("45")))), exactly(d("50")), V.MATCH),
        (trial(egfr(at_least(d("45")))), exactly(d("45")), V.MATCH),
        (trial(egfr(above(d("45")))), exactly(d("45")), V.NO_MATCH),
        (trial(egfr(at_least(d("45")))), between(d("30"), d("60")), V.PARTIAL),
        (trial(OR_BRANCH), exactly(d("50")), V.PARTIAL),
        (trial(OR_BRANCH), exactly(d("70")), V.MATCH),
        (trial(clause(limit_on("platelets", at_least(d("100"))))), exactly(d("50")), V.SILENT),
    ],
)
def test_admits(criteria: tuple[Criterion, ...], asked: Values, verdict: V) -> None:
    judged = judge_limit(read_stated(criteria, "egfr"), Limit("egfr", asked, Asks.ADMITS, asked.describe()))
    assert judged.verdict == verdict


@pytest.mark.parametrize(
    ("criteria", "asked", "verdict"),
    [
        (trial(egfr(at_least(d("45")))), BELOW_60, V.MATCH),
        (trial(egfr(at_least(d("60")))), BELOW_60, V.NO_MATCH),
        (trial(egfr(at_most(d("90")))), BELOW_60, V.NO_MATCH),  # no floor at all
        (trial(OR_BRANCH), BELOW_60, V.PARTIAL),
        (trial(CLEARANCE), BELOW_60, V.OTHER_MEASURE),
    ],
)
def test_a_floor_below_a_value_lets_in_some_below_it(
    criteria: tuple[Criterion, ...], asked: Values, verdict: V
) -> None:
    limit = Limit("egfr", asked, Asks.ADMITS, "a minimum below 60", some=True)
    assert judge_limit(read_stated(criteria, "egfr"), limit).verdict is verdict


@pytest.mark.parametrize(("stated", "verdict"), [("to 17", V.MATCH), ("from 8", V.MATCH), ("from 18", V.NO_MATCH)])
def test_children_younger_than_12_are_let_in_where_some_of_them_are(stated: str, verdict: V) -> None:
    ages = trial(clause(limit_on("age", at_least(d("8"))))) if stated == "from 8" else trial(AGE[stated])
    young = Limit("age", below(d("12")), Asks.ADMITS, "younger than 12 years", some=True)
    assert judge_limit(read_stated(ages, "age"), young).verdict is verdict


def test_the_ages_of_one_group_keep_nobody_out_of_a_trial_whose_fields_let_them_in() -> None:
    field = Criterion("T:9", "T", Polarity.INCLUSION, FIELDS, HERE, (clause(limit_on("age", at_least(d("2")))),))
    donors = trial(clause(limit_on("age", at_least(d("8"))), scope=CONTROLS))
    five = Limit("age", exactly(d("5")), Asks.ADMITS, "5")
    assert judge_limit(read_stated((field, *donors), "age"), five).verdict is V.MATCH
    assert judge_limit(read_stated(donors, "age"), five).verdict is V.PARTIAL
    assert judge_limit(
        read_stated((field, *trial(clause(limit_on("age", at_least(d("8")))))), "age"), five
    ).verdict is (V.NO_MATCH)


@pytest.mark.parametrize(
    ("asks", "verdict"),
    [(Asks.REQUIRES, V.MATCH), (Asks.MENTIONS, V.MATCH), (Asks.SILENT, V.NO_MATCH)],
)
def test_other_ways_of_asking(asks: Asks, verdict: V) -> None:
    stated = read_stated(trial(egfr(at_least(d("60")))), "egfr")
    assert judge_limit(stated, Limit("egfr", at_least(d("45")), asks, "≥ 45")).verdict == verdict


@pytest.mark.parametrize(
    ("variable", "admits", "asked", "verdict", "class_"),
    [
        ("ecog", at_most(d("1")), between(d("0"), d("1")), V.MATCH, Account.RANGE_REQUIRED),
        ("ecog", at_most(d("2")), between(d("0"), d("1")), V.PARTIAL, Account.ADMITTED),
        ("karnofsky", at_least(d("70")), between(d("70"), d("100")), V.MATCH, Account.RANGE_REQUIRED),
        ("egfr", at_most(d("60")), between(d("0"), d("60")), V.PARTIAL, Account.ADMITTED),  # a measure has no last step
    ],
)
def test_a_scale_ends_at_its_last_steps(
    variable: str, admits: Values, asked: Values, verdict: V, class_: Account
) -> None:
    stated = read_stated(trial(clause(limit_on(variable, admits))), variable)
    judged = judge_limit(stated, Limit(variable, asked, Asks.REQUIRES, ""))
    assert (judged.verdict, judged.account) == (verdict, class_)


def test_silence_is_a_match_of_silent_only() -> None:
    stated = read_stated((), "egfr")
    assert judge_limit(stated, Limit("egfr", BELOW_60, Asks.SILENT, "")).verdict == V.MATCH
    assert judge_limit(stated, Limit("egfr", BELOW_60, Asks.MENTIONS, "")).verdict == V.SILENT


def test_a_limit_for_the_only_sex_enrolled_binds_everybody() -> None:
    criteria = trial(clause(limit_on("egfr", at_least(d("60"))), scope=WOMEN))
    asked = Limit("egfr", BELOW_60, Asks.EXCLUDES, "< 60")
    assert judge_limit(read_stated(criteria, "egfr", "FEMALE"), asked).verdict == V.MATCH
    assert judge_limit(read_stated(criteria, "egfr", "MALE"), asked).verdict == V.SILENT


def test_rounding_of_a_converted_unit_is_no_difference() -> None:
    creatinine = trial(clause(limit_on("serum_creatinine", at_most(d("1.5")), "> 1.5 mg/dL")))
    asked = Limit("serum_creatinine", above(d("133") / d("88.42")), Asks.EXCLUDES, "> 133 µmol/L")
    assert judge_limit(read_stated(creatinine, "serum_creatinine"), asked).verdict == V.MATCH


def test_bounds_given_in_the_same_unit_stay_exact() -> None:
    asked = Limit("egfr", below(d("60.1")), Asks.EXCLUDES, "< 60.1 mL/min")
    assert judge_limit(read_stated(trial(egfr(at_least(d("60")))), "egfr"), asked).verdict == V.PARTIAL


def test_reasons_say_what_is_turned_away() -> None:
    def reason(criteria: tuple[Criterion, ...]) -> str:
        return judge_limit(read_stated(criteria, "egfr"), Limit("egfr", BELOW_60, Asks.EXCLUDES, "< 60")).reason

    assert reason(trial(egfr(at_least(d("60"))))) == "excludes eGFR < 60 mL/min"
    assert reason(trial(egfr(at_least(d("30"))))) == "excludes only eGFR < 30 mL/min"
    assert reason(trial(clause(limit_on("egfr", at_least(d("60"))), scope=PART_C))) == (
        "excludes only eGFR < 60 mL/min for Part C"
    )


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        # a looser limit for some adds nothing to the one that binds everybody
        (trial(egfr(at_least(d("60"))), clause(limit_on("egfr", at_least(d("30"))), scope=PART_C)), "eGFR ≥ 60 mL/min"),
        (
            trial(egfr(at_least(d("30"))), clause(limit_on("egfr", at_least(d("60"))), scope=PART_C)),
            "eGFR ≥ 30 mL/min and eGFR ≥ 60 mL/min for Part C",
        ),
        (trial(clause(limit_on("egfr", at_least(d("60"))), scope=CONTROLS)), "eGFR ≥ 60 mL/min for controls"),
        (
            trial(
                *(clause(limit_on("egfr", at_least(d(n))), scope=PART_C) for n in ("10", "20", "30", "40", "50", "60"))
            ),
            "eGFR ≥ 10 mL/min for Part C and eGFR ≥ 20 mL/min for Part C and eGFR ≥ 30 mL/min for Part C and "
            "eGFR ≥ 40 mL/min for Part C and 2 more limits for some",
        ),
    ],
)
def test_what_is_required_is_told_once(criteria: tuple[Criterion, ...], told: str) -> None:
    asked = Limit("egfr", BELOW_60, Asks.MENTIONS, "")
    assert judge_limit(read_stated(criteria, "egfr"), asked).reason == f"requires {told}"


AGE = {name: clause(limit_on("age", admits)) for name, admits in (
    ("from 18", at_least(d("18"))), ("18 to 70", between(d("18"), d("70"))), ("to 17", at_most(d("17"))),
    ("from 65", at_least(d("65"))),
)}  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "required", "verdict"),
    [
        ("to 17", below(d("18")), V.MATCH),
        ("18 to 70", below(d("18")), V.NO_MATCH),  # it turns away who is over 70, and takes no child
        ("from 65", above(d("60")), V.MATCH),
        ("18 to 70", above(d("60")), V.NO_MATCH),  # open to others too: no trial "only for people over 60"
        ("from 18", above(d("60")), V.NO_MATCH),
    ],
)
def test_a_trial_that_takes_others_too_does_not_require_an_age(stated: str, required: Values, verdict: V) -> None:
    asked = Limit("age", required, Asks.REQUIRES, "")
    assert judge_limit(read_stated(trial(AGE[stated]), "age"), asked).verdict is verdict


def test_an_age_asked_of_some_alone_is_required_in_part() -> None:
    some = trial(AGE["from 18"], clause(limit_on("age", at_least(d("65"))), scope=PART_C))
    assert judge_limit(read_stated(some, "age"), Limit("age", above(d("60")), Asks.REQUIRES, "")).verdict is V.PARTIAL


def test_who_admits_nothing_of_a_range_does_not_require_it() -> None:
    asked = Limit("egfr", above(d("90")), Asks.REQUIRES, "")
    assert judge_limit(read_stated(trial(egfr(between(d("30"), d("60")))), "egfr"), asked).verdict is V.NO_MATCH
