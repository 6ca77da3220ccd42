"""From the limits of one item to clauses: what is joined by 'or', what is turned round, whom each limit concerns."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, product
from math import prod
from operator import attrgetter

from rag.criteria.ages import ADULT_BARE
from rag.criteria.attach import attach
from rag.criteria.binding import bind
from rag.criteria.collected import is_confirmed
from rag.criteria.excused import with_excuses
from rag.criteria.itemstate import Alternative, Read, Structure, Term, against_fit, begin, grouped
from rag.criteria.joining import (
    ASKED_OF_EACH,
    are_abnormalities,
    are_both_ends,
    are_of_two_ages,
    are_transaminases,
    are_two_rows,
    are_two_ways,
    are_variants,
    counting,
    is_counted,
    propagated,
    runs_of,
    settle_joints,
    with_both_pressures,
)
from rag.criteria.lexer import tokenize
from rag.criteria.scales import with_ages_of_values, without_ages_of_scales
from rag.criteria.tables import is_row_by_sex, with_rows_apart
from rag.criteria.tokens import Kind
from rag.criteria.unmeasured import is_unmeasured
from rag.criteria.ways import Ways

# "younger than 18", "must be 18 or older", "at least 18 at the time of consent": an age that is only understood
_MAY_MEAN_AGE = re.compile(r"er than|\bolder\b|\bat (?:the )?(?:time|date|day|screening|consent|enrol|signing)")


@lru_cache(maxsize=16_384)  # registries repeat themselves: one line with a limit in five was met before
def structure_of(text: str, *, exclusion: bool, heading: str = "") -> Structure:
    """The clauses of one folded item, not to be changed. `exclusion` says in which list it stands."""
    if not heading and (is_unmeasured(text) or is_row_by_sex(text)):
        return Structure()
    tokens = with_ages_of_values(without_ages_of_scales(tokenize(text), text), text)
    tokens = with_rows_apart(tokens, text)
    if (
        not heading
        and not any(token.kind is Kind.VARIABLE or token.units for token in tokens)
        and not (_MAY_MEAN_AGE.search(text) or ADULT_BARE.search(text))
    ):
        return Structure()
    found = attach(tokens, text, heading)
    return _Builder(tokens, text, found, exclusion).build() if found.limits or found.refused else Structure()


class _Builder(Ways):
    """Builds the clauses of one item."""

    def build(self) -> Structure:
        if not self.limits:
            self._drop_refused_inside()
            return self.out
        self._settle_signs()
        self._drop_doubles()
        self._merge_sides()
        reads = self._place()
        self._drop_refused_inside()
        if reads:
            self._judge_negation(reads)
            self._scope_company(reads)
            bind(self.tokens, self.text, reads, exclusion=self.exclusion)
            self._scope_sexes(reads)
            self._scope_cohorts(reads)
            self._scope_people(reads)
            self._scope_permitted(reads)
            self._doubt(reads)
            self._relate_scoped(reads)
            self._relate_allowed(reads)
            self._doubt_unread_fallback(reads)
            self._relate_second(reads)
            self._footnotes(reads)
            self._notes_behind(reads)
            with_excuses(self.text, reads)
            self.refused_in_order = sorted(self.out.refused, key=_place)
            self.out.clauses = self._with_counted(self._clauses(reads))
        return self.out

    def _with_counted(self, clauses: list[list[Term]]) -> list[list[Term]]:
        """'at least 2 of the following: age > 60, …': each limit is one of several ways to fulfil the item."""
        found = counting(self.text, exclusion=self.exclusion)
        if found is None:
            return clauses
        words = Alternative(found.start(), found.end())
        counted = (len(clause) == 1 and is_counted(clause[0], found.end()) for clause in clauses)
        return [[*clause, words] if one else clause for one, clause in zip(counted, clauses, strict=True)]

    def _clauses(self, reads: list[Read]) -> list[list[Term]]:
        groups = grouped(reads)
        joints = [self._joint(one[-1], other[0]) for one, other in pairwise(groups)]
        joints = [
            self._settled(joint, groups[index], groups[index + 1]) for index, joint in enumerate(joints)
        ]
        rows = not self.exclusion and are_two_rows(groups, joints)
        joints = settle_joints(self.text, groups, propagated(groups, joints), exclusion=self.exclusion)
        for index in range(1, 0 if self.exclusion else len(joints)):
            low, other = groups[index][-1].limit.last, groups[index + 1][0].limit
            if joints[index - 1 : index + 1] == ["or", ""] and self._is_plain_with(low, begin(other, low)):
                joints[index] = "or"  # '≤ 1.5 or > 1.5 with direct bilirubin ≤ 1': of the second way alone
        if self.exclusion and are_abnormalities(groups, joints):
            joints = [","] * len(joints)
        for index, group in enumerate(groups[1:]):
            if group[0].fallback:
                joints[index] = "or"
            elif are_variants(groups[index], group) or are_transaminases(groups[index], group):
                joints[index] = ""
        if rows or (not self.exclusion and are_two_ways(groups, joints)):
            return [[read for group in groups for read in group]]
        clauses: list[list[Term]] = []
        for run in runs_of(groups, joints, "and" if self.exclusion else "or"):
            clauses.extend(self._run_clauses(run))
        return with_both_pressures(clauses)

    def _settled(self, joint: str, one: list[Read], other: list[Read]) -> str:
        """The joint of two groups, where what they limit tells more of it than the words between."""
        if are_transaminases(one, other):
            return ","
        if self._begins_statement(other[0].limit) or are_of_two_ages(one, other):
            return ""
        if are_variants(one, other) and not other[0].fallback:
            return ""
        if self.exclusion and joint == "and" and are_both_ends(one, other):
            return ","
        return "and" if self.exclusion and is_confirmed(self.text, one, other) else joint

    def _run_clauses(self, run: list[list[Read]]) -> list[list[Term]]:
        """Clauses of groups that are alternatives (requirements) or hold together (exclusions)."""
        extra = self._other_words(run)
        together = "or" if not self.exclusion else "and"
        sides = [self._group_terms(group, together) for group in run]
        if len(sides) == 1:
            return [[*side, *extra] for side in sides[0]]
        few = prod(map(len, sides)) <= _MOST_CLAUSES
        combined = product(*sides) if few else [tuple(side[0] for side in sides)]
        return [[term for side in combination for term in side] + list(extra) for combination in combined]

    def _group_terms(self, group: list[Read], together: str) -> list[list[Term]]:
        """A shared list as clauses: 'AST or ALT ≤ 2.5' is one with two terms, 'AST and ALT ≤ 2.5' is two."""
        join = group[0].limit.join
        if join == "pair":
            join = "slash"  # 'below 140/90' asks for both, 'above 140/90' turns either away
        negated = group[0].negated and not self.exclusion
        if join == "slash" or len(group) == 1:
            return [[read] for read in group]
        bases = {read.limit.base for read in group}
        either = not self.exclusion and not group[0].negated and against_fit(group[0].limit)  # 'AST or ALT ≥ 2 x ULN'
        if bases in ({"alt", "ast"}, {"karnofsky", "lansky"}) and not either:
            return [[read] for read in group]  # 'AST or ALT ≤ 3 x ULN' asks it of both, '> 3 x ULN' turns either away
        if not self.exclusion and not either and any(bases <= family for family in ASKED_OF_EACH):
            return [[read] for read in group]
        one_clause = (join == together) != negated
        return [list(group)] if one_clause else [[read] for read in group]


_MOST_CLAUSES = 16  # of a run: where more would come of it, one of each limit is taken
_place = attrgetter("first")  # where an unread value stands
