"""Facts asked for in words that no single phrase covers: rules over a question's words (`data/fact_rules.toml`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rag.planning.tables import checked, read_table
from rag.planning.words import lemma


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked for (a fact, a reason) and the words that ask: one of each group of `all_of`, none of `none_of`."""

    fact: str
    all_of: tuple[frozenset[str], ...]
    none_of: frozenset[str]
    alone: bool


@cache
def fact_rules() -> tuple[Rule, ...]:
    rules = []
    for row in read_table("fact_rules")["rule"]:
        checked(row, file="fact_rules", required=("fact", "all"), optional=("none", "alone"))
        groups = tuple(_words(group) for group in row["all"])
        rules.append(Rule(row["fact"], groups, _words(row.get("none", "")), row.get("alone", False)))
    return tuple(rules)


def _words(text: str) -> frozenset[str]:
    return frozenset("_".join(lemma(part) for part in word.split("_")) for word in text.split())


@cache
def scope_rules() -> tuple[Rule, ...]:
    rules = []
    for row in read_table("scope_rules")["rule"]:
        checked(row, file="scope_rules", required=("reason", "all"), optional=("none",))
        rules.append(
            Rule(row["reason"], tuple(_words(group) for group in row["all"]), _words(row.get("none", "")), False)
        )
    return tuple(rules)


def facts_by_rule(lemmas: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """(fact, whether it stands alone) for every rule that holds over the words."""
    found: dict[str, bool] = {}
    for rule in _holding(fact_rules(), lemmas):
        found.setdefault(rule.fact, rule.alone)
    return tuple(found.items())


def reason_by_rule(lemmas: tuple[str, ...]) -> str:
    """Why the words are out of scope by the first rule that holds, '' when none does."""
    return next((rule.fact for rule in _holding(scope_rules(), lemmas)), "")


def _holding(rules: tuple[Rule, ...], lemmas: tuple[str, ...]) -> Iterator[Rule]:
    words = frozenset(lemmas) | {f"{a}_{b}" for a, b in pairwise(lemmas)}
    words |= {f"{a}_{b}_{c}" for a, b, c in zip(lemmas, lemmas[1:], lemmas[2:], strict=False)}
    return (rule for rule in rules if not rule.none_of & words and all(group & words for group in rule.all_of))


def words_of_rules(facts: Collection[str]) -> frozenset[str]:
    """Every word by which the rules ask for one of `facts`: such a word is read, whatever rule or phrase found it."""
    return frozenset(word for rule in fact_rules() if rule.fact in facts for group in rule.all_of for word in group)
