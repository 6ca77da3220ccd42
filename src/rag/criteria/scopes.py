"""Stretches of an item that say whom or when a limit concerns: conditions, exceptions, reasons, cohorts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.criteria.brackets import (
    ANYBODY,
    asks_words,
    closing_values,
    enclosing,
    is_before_value,
    is_behind_label,
    is_of_age,
    is_of_people,
    names_group,
)
from rag.criteria.idle import is_of_reason, lets_in
from rag.criteria.limits import Limit, is_beyond
from rag.criteria.openings import (
    EXCEPTS,
    PREFIX_ENDS,
    RegionKind,
    is_value_label,
    kind_at,
    may_open,
    says_of_people,
)
from rag.criteria.resuming import begins_run_on
from rag.criteria.tokens import Kind, Token
from rag.criteria.treated import BOUNDARIES, LABELLED


@dataclass(slots=True)
class Region:
    kind: RegionKind
    first: int
    last: int  # exclusive
    start: int
    end: int
    text: str
    prefix: bool = False
    sentence: bool = False  # it begins a sentence: 'However, …'
    age: bool = False
    label: bool = False  # '(liver metastases: ≤ 5)': of the next value alone
    row: bool = False  # 'Age: 2 to 6 years; maximum …': of the whole row of a table
    idle: bool = False  # 'If GFR < 60, confirmation is required': it limits nobody


_LABEL_WORDS = 5  # 'Adult study participants (': the words of a label before its age


def find_regions(
    tokens: Sequence[Token], text: str, limits: Sequence[Limit], *, exclusion: bool = False
) -> list[Region]:
    """Conditions, exceptions and reasons in order, not overlapping."""
    opens = enclosing(tokens)
    aging = [limit for limit in limits if limit.base == "age"]
    ages = {min(limit.first, limit.subject) for limit in aging}
    aged = {limit.last for limit in aging}
    aged |= {last + 1 for last in aged}  # past '… of age'
    valued = {limit.first for limit in limits}
    ends = closing_values(tokens, limits) if exclusion else {limit.last for limit in limits}
    found: list[Region] = []
    at = 0
    row = _age_row(tokens, limits)
    if row:
        found.append(_region(tokens, text, RegionKind.CONDITION, (0, row)))
        found[0].prefix, found[0].row, at = True, True, row
    while at < len(tokens):
        kind = kind_at(tokens, at, ends, opens, exclusion=exclusion) if may_open(tokens, at) else None
        if kind is RegionKind.CONDITION and at in aged and tokens[at].value in ("with", "on", "receiving", "taking"):
            kind = None  # 'aged 18 to 75 with type 2 diabetes' describes everybody
        if kind is None and at in ages and at and tokens[at - 1].kind is Kind.OPEN and at - 1 in ends:
            kind = RegionKind.CONDITION  # 'Karnofsky ≥ 50 (> 16 years of age)'
        if kind is None and {at + 1, at + 2} & ages and at and tokens[at - 1].kind is Kind.OPEN and at - 1 in ends:
            kind = RegionKind.CONDITION  # 'Lansky ≥ 50 (adolescents aged ≤ 16)', '(study candidates ≥ 13 years)'
        if kind is None and ((at + 2 in ages and is_of_people(tokens, at, ends)) or names_group(tokens, at, limits)):
            kind = RegionKind.CONDITION  # 'Karnofsky > 50 % of subjects > 16 years of age', '(over 10 years)'
        if kind is None or (kind is RegionKind.CONDITION and is_of_reason(text, tokens[at].start)):
            at += 1
            continue
        last = _end(tokens, at, kind, limits, opens[at])
        last = next((i for i in range(at + 2, last) if begins_run_on(tokens, i, text)), last)
        predicate = kind is RegionKind.EXCEPTION and says_of_people(tokens, at)
        first = _predicate_start(tokens, at, found, opens[at], ends, exclusion) if predicate else at
        region = _region(tokens, text, kind, (first, max(last, at + 1)))
        region.prefix = (
            first > 0 and tokens[first - 1].kind is Kind.OPEN and _value_inside(tokens, region.last, valued)
        ) or (
            (_is_capital_if(tokens, first, text) or _begins(tokens, first, ends))
            and _value_ahead(tokens, region.last, valued, leads=first == 0 and tokens[0].value in ("for", "in"))
            and (kind is not RegionKind.EXCEPTION or opens[first] < 0 or first == 1)
        )
        region.label = kind is RegionKind.CONDITION and (
            is_value_label(tokens, at, ends)
            or _is_label_of_next(tokens, region, valued)
            or is_before_value(tokens, region.first, region.last, limits)
        )
        region.prefix = region.prefix or region.label or _begins_again(tokens, region, limits)
        region.prefix = region.prefix or _is_heading_run_on(tokens, region, text)
        if not region.prefix and tokens[at].value in ANYBODY and (
            _holds_range(region, aging) or _is_whole_sentence(tokens, region, limits)
        ):
            at += 1
            continue  # 'patients aged 18 to 75 must give consent': an age limit like any other
        region.idle = (
            kind is RegionKind.CONDITION
            and not region.prefix
            and _starts_statement(tokens, first, region.last, opens, capital=_is_capital_if(tokens, first, text))
        )
        if region.idle and lets_in(text, region.end, beyond=is_beyond(limits, region.first, region.last)):
            region.kind, region.idle = RegionKind.EXCEPTION, False
            found.append(region)
            at = region.last
            continue
        region.sentence = first == 0 or tokens[first - 1].kind in BOUNDARIES or tokens[at].value == "however"
        found.append(region)
        at = region.last
    return found


def _is_label_of_next(tokens: Sequence[Token], region: Region, valued: Collection[int]) -> bool:
    """'ANC ≥ 1,000 With marrow involvement: ANC ≥ 500': a condition with a colon is of the value behind it."""
    last = region.last
    colon = last < len(tokens) and tokens[last].kind is Kind.COLON and tokens[region.first].value in ("with", "without")
    return colon and any(index in valued for index in range(last + 1, last + 4))


def _is_whole_sentence(tokens: Sequence[Token], region: Region, limits: Sequence[Limit]) -> bool:
    """'Obesity (body mass index). Individuals with BMI of 26 or more.': a sentence that is nothing but a limit."""
    begins = region.first > 0 and tokens[region.first - 1].kind is Kind.STOP
    ends = region.last >= len(tokens) or tokens[region.last].kind is Kind.STOP
    inside = [limit for limit in limits if region.first < limit.first < region.last]
    plain = (Kind.GLUE, Kind.VARIABLE)
    return begins and ends and bool(inside) and all(
        token.kind in plain for token in tokens[region.first + 1 : inside[0].first]
    )


def _is_heading_run_on(tokens: Sequence[Token], region: Region, text: str) -> bool:
    """'Bilirubin ≤ 1.5 x ULN For patients without warfarin: INR ≤ 1.5': the full stop before a label is lost."""
    ends = tokens[region.last : region.last + 1]
    colon = bool(ends) and ends[0].kind is Kind.COLON
    return region.kind is RegionKind.CONDITION and colon and text.startswith(("For ", "In "), region.start)


def _holds_range(region: Region, limits: Sequence[Limit]) -> bool:
    """Whether a limit with two ends stands in a region."""
    inside = [limit.stated.intervals for limit in limits if region.first < limit.first < region.last]
    return any(one[0].low is not None and one[-1].high is not None for one in inside)


def _begins_again(tokens: Sequence[Token], region: Region, limits: Sequence[Limit]) -> bool:
    """'ALT < 2.5, for patients with metastases, ALT < 5': a condition between commas before the same names again."""
    first, last = region.first, region.last
    if not first or last >= len(tokens) or tokens[first - 1].kind is not Kind.COMMA:
        return False
    then = tokens[last].value == "then" and any(0 < limit.first - last <= _THEN_REACH for limit in limits)
    earlier = {limit.base for limit in limits if limit.last <= first}
    named = {token.value for token in tokens[last : last + 4] if token.kind is Kind.VARIABLE}
    again = tokens[last].kind in (Kind.COMMA, Kind.VARIABLE) and bool(earlier & named)
    again = again or (tokens[first].value in ("for", "in") and _bare_value(tokens, last, limits))
    return region.kind is RegionKind.CONDITION and (then or again)


_THEN_REACH = 2  # tokens: '…, if the liver is involved then ≤ 5'
_ROW_JOINTS = frozenset({Kind.SEMICOLON, Kind.DASH})


def _age_row(tokens: Sequence[Token], limits: Sequence[Limit]) -> int:
    """'Age 6 to 10: ≤ 1.0 mg/dL', 'Adults (≥ 18 years): …', a row of a table: where its age part ends, or 0."""
    first = limits[0] if limits else None
    if first is None or first.base != "age" or (len(limits) > 1 and limits[1].base == "age"):
        return 0  # 'Less than 4 years of age; greater than 90 years of age' is no row
    ahead = tokens[: min(first.first, first.subject)]
    if len(ahead) > 1 and not (len(ahead) <= _LABEL_WORDS and ahead[-1].kind is Kind.OPEN):
        return 0
    last = first.last
    stop = min(len(tokens), first.last + 3)
    while last < stop and (tokens[last].kind is Kind.CLOSE or tokens[last].value in ("age", "old")):
        last += 1
    following = tokens[last : last + 2]
    by_sex = any(one.value == "serum_creatinine" for one in tokens[last + 2 : last + 3])
    by_sex = by_sex and any(token.kind is Kind.SEX for token in tokens)
    joints = _ROW_JOINTS | {Kind.COMMA} if by_sex else _ROW_JOINTS
    if len(following) == 2 and following[0].kind in joints and following[1].kind is Kind.COMPARE:
        last += 1  # 'Age: 1 to < 2 years; maximum creatinine: 0.6'
    elif not following or following[0].kind is not Kind.COLON:
        return 0
    return last if any(token.kind is Kind.NUMBER for token in tokens[last:]) else 0


def _starts_statement(
    tokens: Sequence[Token], first: int, last: int, opens: Sequence[int], *, capital: bool
) -> bool:
    """Whether an 'if' begins a statement whose consequence is words: '. If GFR < 60, confirmation is required'."""
    begins = capital or first == 0 or tokens[first - 1].kind in (*BOUNDARIES, Kind.DASH, Kind.OPEN, Kind.COLON)
    goes_on = last < len(tokens) and tokens[last].kind is not Kind.CLOSE and tokens[last].kind not in BOUNDARIES
    return begins and goes_on and opens[first] == opens[min(last, len(opens) - 1)]


def _region(tokens: Sequence[Token], text: str, kind: RegionKind, span: tuple[int, int]) -> Region:
    first, last = span
    start, end = tokens[first].start, max(tokens[last - 1].end, tokens[last - 1].unit_end)
    age = any(token.kind is Kind.VARIABLE and token.value == "age" for token in tokens[first:last])
    return Region(kind, first, last, start, end, text[start:end], age=age or is_of_age(text[start:end]))



def _end(tokens: Sequence[Token], at: int, kind: RegionKind, limits: Sequence[Limit], opened: int) -> int:
    """Where a region ends (exclusive): its parenthesis, its sentence, a comma, or the next limited variable."""
    depth = 0
    index = at + 1
    while index < len(tokens):
        token = tokens[index]
        if token.kind is Kind.OPEN:
            depth += 1
        elif token.kind is Kind.CLOSE:
            if depth == 0 and opened >= 0:
                return index
            depth = max(0, depth - 1)
        elif depth == 0:
            goes_on = token.kind is Kind.COMMA and index + 1 < len(tokens) and tokens[index + 1].value in _GOES_ON
            if opened >= 0 and token.kind is Kind.AND:  # '(may join if WBC > 2 and ANC > 1)': both are asked of them
                goes_on = any(one.kind is Kind.IF for one in tokens[at:index])
            if kind is RegionKind.EXCEPTION:
                if _ends_exception(tokens, index, at, limits) and not goes_on:
                    return index
            elif _ends_condition(tokens, index, at, limits):
                return index
            index += goes_on
        index += 1
    return index


_OF_CANCERS = {"gleason", "psa"}  # 'except skin cancer, or Gleason 6 prostate cancer': a member of the exception
_GOES_ON = frozenset({"with", "if", "provided", "as", "so", "defined"})
_JOINING = (Kind.AND, Kind.OR, Kind.COMMA)


def _ends_exception(tokens: Sequence[Token], index: int, at: int, limits: Sequence[Limit]) -> bool:
    token = tokens[index]
    if tokens[at].value == "exceptions" and any(one.kind is Kind.COLON for one in tokens[at + 1 : at + 4]):
        return token.kind is Kind.STOP  # 'Exceptions include: skin cancer; prostate cancer (Gleason < 6)'
    if token.kind in BOUNDARIES or (token.kind is Kind.COLON and index - at > 1):
        return True
    if token.kind is Kind.VARIABLE and tokens[index - 1].kind is Kind.WORD:  # '… up to 5 is permissible Creatinine ≤ 2'
        inside = {limit.base for limit in limits if at < limit.first < index}
        return bool(inside) and any(one.name == index < one.first and one.base not in inside for one in limits)
    if token.kind not in _JOINING:
        return False
    seen = {limit.base for limit in limits if limit.first < at}
    if not seen and token.kind is Kind.AND and tokens[at].value == "unless":
        return False  # 'HIV unless CD4 > 350 and viral load < 50': both are asked of whom it lets in
    return _new_subject(tokens, index, limits, seen | _OF_CANCERS) or _shared_value(tokens, index, limits, at)


def _ends_condition(tokens: Sequence[Token], index: int, at: int, limits: Sequence[Limit]) -> bool:
    token = tokens[index]
    if token.kind in (*BOUNDARIES, Kind.COMMA) or token.value == "then":
        return True
    if token.kind is Kind.COLON or token.value in ("must", "should", "required", "need", "can", "may"):
        valued = token.kind is Kind.COLON and any(limit.first == index + 1 for limit in limits)
        return index - at > 1 or valued or tokens[at].value in LABELLED
    if (token.kind is Kind.EXCEPT and token.value in EXCEPTS) or _begins_next(tokens, index, at, limits):
        return True
    inside = [limit.base for limit in limits if at < limit.first < index]
    if token.kind is Kind.OR and tokens[at].kind is Kind.IF and inside and inside != ["age"]:
        return False  # 'if ANC < 1 or platelets < 75', not 'if under 16 or Karnofsky ≥ 50 if over 16'
    if token.kind in _JOINING:
        return _new_subject(tokens, index, limits, set()) or _shared_value(tokens, index, limits, at)
    worded = any(one.kind is Kind.WORD for one in tokens[at + 1 : index])
    named = any(one.kind is Kind.VARIABLE for one in tokens[at + 1 : index])
    again = tokens[at].kind is not Kind.IF and _named_again(tokens, index, at, limits)
    return worded and (again or (not named and _bare_value(tokens, index, limits)))


def _begins_next(tokens: Sequence[Token], index: int, at: int, limits: Sequence[Limit]) -> bool:
    """'if bilirubin > 1.5 x ULN AST ≤ 2.5 x ULN', '… if on two drugs - Age 19 to 76': the next row or statement."""
    token, before = tokens[index], tokens[index - 1]
    if token.kind is Kind.DASH:
        return before.end < token.start and _new_subject(tokens, index, limits, set())
    last = index - 1 if before.kind is Kind.CLOSE else index
    counted = [one.kind for one in tokens[index + 1 : index + 3]]  # '100,000 platelets/mm3'
    if counted[:1] == [Kind.SLASH] and counted[1:] != [Kind.VARIABLE]:
        return False
    ended = token.kind is Kind.VARIABLE and any(at < limit.first and limit.last == last for limit in limits)
    return ended and any(
        limit.name == index < limit.first <= index + _NAME_REACH and limit.base != "age" for limit in limits
    )


_NAME_REACH = 16  # tokens between a name and its value: 'AST (SGOT) and ALT (SGPT) ≤ …'


def _named_again(tokens: Sequence[Token], index: int, at: int, limits: Sequence[Limit]) -> bool:
    """'(in patients with Gilbert's syndrome bilirubin ≤ 3)': a name told before the region, again with a value."""
    if tokens[index].kind is not Kind.VARIABLE:
        return False
    earlier = {limit.base for limit in limits if limit.last <= at}
    return any(limit.subject == index and limit.base in earlier for limit in limits)


def _new_subject(tokens: Sequence[Token], joint: int, limits: Sequence[Limit], seen: set[str]) -> bool:
    """Whether a limit with its own variable follows a joint at once, other than those in `seen`."""
    for limit in limits:
        if 0 < limit.subject - joint <= 4 and limit.first > joint and limit.base not in seen:
            return all(
                token.kind in (Kind.GLUE, Kind.AND, Kind.OR, Kind.OPEN, Kind.NOT)
                for token in tokens[joint + 1 : limit.subject]
            )
    return False


def _shared_value(tokens: Sequence[Token], joint: int, limits: Sequence[Limit], start: int) -> bool:
    """'6.5-9.5 % for those on one drug and 7.0-10.0 % for …': a second value of the variable before the region."""
    return any(
        0 < limit.first - joint <= 2
        and 0 <= limit.name < start
        and limit.base != "age"
        and all(token.kind in (Kind.GLUE, Kind.AND, Kind.OR) for token in tokens[joint + 1 : limit.first])
        for limit in limits
    )


def _bare_value(tokens: Sequence[Token], index: int, limits: Sequence[Limit]) -> bool:
    """'for patients with liver metastases ≤ 5 x ULN': the value belongs to the variable before, the region ends."""
    return any(limit.first == index and limit.subject < index and limit.base != "age" for limit in limits)


def _predicate_start(
    tokens: Sequence[Token], at: int, found: Sequence[Region], opened: int, ends: Collection[int], exclusion: bool
) -> int:
    """Where the words begin of which '… are eligible' is said."""
    floor = max(opened, found[-1].last - 1 if found else -1)
    index = at
    while index - 1 > floor and tokens[index - 1].kind not in BOUNDARIES and not _is_note(tokens, index):
        if tokens[index - 1].kind is Kind.BUT and not (exclusion and tokens[index].kind is Kind.COMPARE):
            break  # not the 'but' of '> 112 but < 118 ms are acceptable', said of those who are else turned away
        index -= 1
        if index in ends and tokens[index].kind is Kind.DASH:
            return index + 1  # 'hemoglobin ≥ 8 - may be waived if …'
    return index


def _is_note(tokens: Sequence[Token], index: int) -> bool:
    """'… ≤ 1.5 x ULN Note: …': where a remark begins."""
    return index > 1 and tokens[index - 1].kind is Kind.COLON and tokens[index - 2].value == "note"


def _begins(tokens: Sequence[Token], first: int, ends: set[int]) -> bool:
    """Whether a region opens a statement that no value leads to."""
    return not _follows_value(tokens, first, ends) and _begins_words(tokens, first)


def _follows_value(tokens: Sequence[Token], first: int, ends: set[int]) -> bool:
    index = first
    while (
        index > 0 and (tokens[index - 1].kind in (Kind.OPEN, Kind.GLUE, Kind.CLOSE, Kind.COMMA)) and index not in ends
    ):
        index -= 1
    return index in ends


def _begins_words(tokens: Sequence[Token], first: int) -> bool:
    """Whether a region opens a statement: at the start, after a boundary or a joint."""
    if first and tokens[first - 1].kind is Kind.CLOSE and (
        tokens[first].value in ANYBODY or is_behind_label(tokens, first)
    ):
        return True  # '(…) Patients on protease inhibitors may have …', '(Japan only) For subjects under 18, …'
    return first == 0 or tokens[first - 1].kind in (*PREFIX_ENDS, Kind.OPEN, Kind.AND, Kind.OR, Kind.BUT, Kind.DASH)


def _is_capital_if(tokens: Sequence[Token], first: int, text: str) -> bool:
    """'… by echocardiogram If unsatisfactory, …': a capital where the full stop was lost."""
    return tokens[first].kind is Kind.IF and text[tokens[first].start].isupper()


def _value_inside(tokens: Sequence[Token], last: int, valued: set[int]) -> bool:
    """Whether a value follows before the parenthesis closes."""
    for index in range(last, len(tokens)):
        if index in valued:
            return True
        if tokens[index].kind is Kind.CLOSE:
            return False
    return False


def _value_ahead(tokens: Sequence[Token], last: int, valued: set[int], *, leads: bool) -> bool:
    """Whether a value follows in the statement; one that 'For … patients,' leads may be a list."""
    ends = frozenset({Kind.STOP}) if leads else BOUNDARIES
    for index in range(last, len(tokens)):
        if index in valued:
            return True
        if tokens[index].kind in ends or asks_words(tokens, index):
            return False
    return False
