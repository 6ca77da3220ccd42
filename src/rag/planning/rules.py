"""Facts asked for in words that no single phrase covers: rules over a question's words (`data/fact_rules.toml`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rag.planning.tables import checked, read_table
from rag.planning.words import lemma


@dataclass(frozen=True, slots=True)
class Rule:
    """A fact and the words that ask for it: one of each group of `all_of`, none of `none_of`."""

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


def facts_by_rule(lemmas: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """(fact, whether it stands alone) for every rule that holds over the words; the first `alone` one ends the list."""
    words = frozenset(lemmas) | {f"{a}_{b}" for a, b in pairwise(lemmas)}
    words |= {f"{a}_{b}_{c}" for a, b, c in zip(lemmas, lemmas[1:], lemmas[2:], strict=False)}
    found: dict[str, bool] = {}
    for rule in fact_rules():
        if not rule.none_of & words and all(group & words for group in rule.all_of):
            found.setdefault(rule.fact, rule.alone)
    return tuple(found.items())


def words_of_rules(facts: Collection[str]) -> frozenset[str]:
    """Every word by which the rules ask for one of `facts`: such a word is read, whatever rule or phrase found it."""
    return frozenset(word for rule in fact_rules() if rule.fact in facts for group in rule.all_of for word in group)
