"""Sentences of the right kind of fact that are of something else: they are near what is asked, and do not answer it.

A level that is measured is no level that is needed, 'visits' without a number are not counted, what one must have done
to join is no course of the treatment, and the place of a trial is not where its vaccine is made.
"""

from __future__ import annotations

from collections.abc import Sequence

import re2

from rag.answering.alike import others_of
from rag.answering.counted import read_counted
from rag.answering.entries import has_one_arm
from rag.answering.facts import RULES
from rag.answering.finish import section_of
from rag.answering.focus import focus_on
from rag.answering.pieces import stems_of
from rag.answering.prose_facts import load_prose_facts
from rag.answering.weighing import telling
from rag.criteria.lexer import tokenize
from rag.criteria.lexicon import load_variables
from rag.evidence.stems import stem, words_of
from rag.planning.lexicon import find_variables, is_alike
from rag.planning.of_the_course import asks_what_is_done
from rag.planning.tables import word_set
from rag.planning.words import read_line
from rag.types import Claim, Document, Intent, QueryPlan


def neighbour_told(document: Document, plan: QueryPlan, claims: Sequence[Claim]) -> str:
    """What the claims leave unsaid, as what the record does; '' where they may answer."""
    quotes = tuple(quote for claim in claims for quote in claim.quotes)
    words = " ".join(quote.span.of(document.text) for quote in quotes)
    return (
        of_no_limit(document, plan, claims, words)
        or _uncounted(plan, words)
        or of_the_criteria(document, plan, claims, words)
        or _of_ages(plan, words)
        or _of_other_places(plan, words)
        or _of_nobody_else(document, plan)
        or _of_the_sex(plan, claims)
        or _of_some_who(plan, words)
        or _of_no_item(document, plan, claims)
        or _of_no_entry(document, plan, claims, words)
    )


def of_no_limit(document: Document, plan: QueryPlan, claims: Sequence[Claim], words: str) -> str:
    """'What HbA1c is needed?': a sentence that says when it is measured, or has figures of another quantity."""
    if not plan.facts or not all(fact.startswith("criterion:") for fact in plan.facts):
        return ""
    if _DIGIT.search(words) and _speaks_of_one(plan.facts, words):
        return ""
    if not _NEEDED.search(plan.question) or plan.unread:  # 'which heart rate monitor …': something else is asked
        return ""
    bare = all(claim.text.startswith((f'{document.trial_id}: "', f"{document.trial_id}, ")) for claim in claims)
    return "states no such limit" if bare else ""


def _speaks_of_one(facts: Sequence[str], words: str) -> bool:
    """Whether one of the quantities asked about is named, or a figure stands in a unit of it."""
    asked = [load_variables()[fact.removeprefix("criterion:")] for fact in facts]
    named = {found.value for found in find_variables(read_line(words))}
    if any(is_alike(one, variable.id) for one in named for variable in asked):
        return True
    units = {unit.id for token in tokenize(words) for unit in token.units}
    return any(units & variable.factors.keys() for variable in asked)


def of_no_control(document: Document, plan: QueryPlan, words: str) -> bool:
    """'What did the controls receive?' of a single arm: words that speak of no control, placebo or other group."""
    return "control" in plan.facts and has_one_arm(document) and not _COMPARED.search(words)


_COMPARED = re2.compile(
    r"(?i)\b(?:control(?:s|led)?\b|compar|placebo|sham|untreated|usual care|standard (?:of )?care|histori|versus|vs\b)"
)


def of_no_author(plan: QueryPlan, words: str) -> bool:
    """'Who wrote the protocol?': a committee that approved it. 'Who makes the drug?': whoever pays for the trial."""
    unmade = "maker" in plan.facts and not _MADE.search(words)
    return unmade or (bool(_WHO_WROTE.search(plan.question)) and not _WRITTEN.search(words))


MAKING = r"mak(?:es?|ing)\b|made\b|manufactur\w*|produc\w*|suppl\w+|sells?\b|distribut\w*"
_MADE = re2.compile(
    rf"(?i)\b(?:{MAKING}|provid|donat|formulat|market|purchas|obtain|brand|from\b|inc\b|ltd\b"
    r"|gmbh\b|corp|pharma|laborator|compan)|[®™]"
)


_WHO_WROTE = re2.compile(r"(?i)\bwho(?: has| had)? (?:wrote|written|authored|drafted|drew up|drawn up|composed)\b")
_WRITTEN = re2.compile(r"(?i)\b(?:writ\w+|wrote|author\w*|draft\w*|dr[ae]wn? up|compos\w+|prepared|designed)\b")


def of_nothing_new(plan: QueryPlan, words: str) -> bool:
    """'Which dose of vitamin D?': a heading that says 'Vitamin D', and no word that the question does not say.

    Yes or no may be asked of a criterion of one word.
    """
    told = stems_of(words) - _LABELS
    return plan.intent is not Intent.BOOLEAN and told <= stems_of(plan.question)


_LABELS = stems_of(
    "a an the of in on at to for by with and or is are other name intervention drug biological device procedure arm "
    "group label outcome measure primary secondary experimental comparator i ii iii iv v vi"
)  # around a name: no answer is told by them


_NEEDED = re2.compile(
    r"(?i)\b(?:need\w*|requir\w*|limit\w*|cut-?offs?|thresholds?|min\w*|max\w*|must|levels?|counts?|values?|allow\w*|"
    r"lowest|highest|least|most|above|below|enter|join|ask\w*|accept\w*|range)\b"
)
_DIGIT = re2.compile(
    r"(?:^|[^\w.-])[<>≤≥=~]{0,2}\s?\d|\b(?i:normal|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)


def _uncounted(plan: QueryPlan, words: str) -> str:
    """'How many visits?': a sentence whose only number is of days."""
    counted = read_counted(plan.question)
    if counted is None or counted.is_time or any(fact in RULES for fact in plan.facts) or counted.head in _units():
        return ""
    return "" if _NUMBER.search(_OF_UNITS.sub(" ", words)) else "does not tell how many"


def _units() -> frozenset[str]:
    return frozenset(stem(word) for word in word_set("unheld.units"))


_NUMBER = re2.compile(
    r"(?i)(?:^|[^\w.])\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    r"fifty|hundred|once|twice|thrice|single|both|half|no|none|each|every|daily|weekly|monthly)\b"
)
_OF_UNITS = re2.compile(
    r"(?i)\d[\d.,]*(?:\s*(?:-|–|to|or|and|±)\s*\d[\d.,]*)?[\s-]*(?:%|percent|per cent|mg|mcg|µg|ug|g|kg|ml|l|iu|"
    r"cm|mm|gy|h|hrs?|hours?|min|minutes?|seconds?|d|days?|weeks?|months?|years?|yrs?)\b"
)


def of_the_criteria(document: Document, plan: QueryPlan, claims: Sequence[Claim], words: str) -> str:
    """'How long is each session?': a criterion on what somebody did before tells no course of the trial."""
    first = [claim.quotes[0] for claim in claims if claim.quotes]
    if not first or not (_asks_of_the_course(plan) if plan.facts else asks_what_is_done(plan)):
        return ""
    if _WILLING.search(words) or any(not section_of(document, quote).startswith("eligibility") for quote in first):
        return ""
    return "tells this only of who may join"


def _asks_of_the_course(plan: QueryPlan) -> bool:
    return set(plan.facts) <= _COURSE and not _OF_JOINING.search(plan.question)


_COURSE = frozenset({"duration", "how_long", "dose", "schedule", "visits", "route", "titration", "administration"})
_OF_JOINING = re2.compile(
    r"(?i)\b(?:must|may|might|can|could|would|should|have to|has to|had to|need\w*|requir\w*|allow\w*|permit\w*|"
    r"accept\w*|toler\w*|too (?:much|many|long|high|low)|still|ago|off|before|beforehand|prior|previous\w*|earlier|"
    r"past|history|last|joi?n\w*|enter\w*|entry|enrol\w*|eligib\w*|inclu\w*|exclu\w*|exempt\w*|kept out|take part|"
    r"get in\w*|qualif\w*|ceiling|cap|limit\w*|max\w*|min\w*|ok|okay|keep|stop\w*|since|criteri\w*|willing|"
    r"disqualif\w*|barred|ruled?|above|below|taken out|turned away|left out)\b"
)
_WILLING = re2.compile(r"(?i)\b(?:willing\w*|able|agree\w*|accept\w*|consent\w*|availab\w*|commit\w*)\b")


def _of_ages(plan: QueryPlan, words: str) -> str:
    """'How long is the wait?': the years of somebody's age are no time that anything takes."""
    if not plan.facts or not set(plan.facts) <= _TIMES or not _AGE.search(words):
        return ""
    return "" if _TIME.search(_AGE.sub(" ", words)) else "tells no such time"


_TIMES = frozenset({"duration", "how_long", "washout", "follow_up"})
_AGE = re2.compile(
    r"(?i)\b(?:ages?|aged)\b[^.;,\d]{0,20}\d+(?:\s*(?:-|–|to|and)\s*\d+)?\s*(?:years?|months?)?|"
    r"\b\d+(?:\s*(?:-|–|to|and)\s*\d+)?[\s-]*(?:years?|months?)[\s-]*(?:old|of age)\b"
)
_TIME = re2.compile(r"(?i)\b(?:seconds?|min|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?|nights?|until|daily)\b")


def _of_other_places(plan: QueryPlan, words: str) -> str:
    """'Where is the vaccine made?': the sites of the trial say where it runs, and nothing of what it uses."""
    if not plan.facts or not set(plan.facts) <= _PLACES:
        return ""
    if plan.intent is Intent.BOOLEAN and plan.focus and not names_a_place(plan):
        return "tells where its sites are, and no more of this"
    asked = _DONE.search(plan.question)
    if asked is None or stem(asked.group(1).casefold()) in {stem(one) for one in _WORD.findall(words.casefold())}:
        return ""
    return f"does not tell where anything is {asked.group(1).casefold()}"


def names_a_place(plan: QueryPlan) -> bool:
    """Whether some word asked about stands where a place does: 'in texas', 'a lyon site', or has a capital."""
    words = {word for words in plan.focus for word in words_of(words)}
    placed = {word for pair in _PLACED.findall(plan.question) for word in pair}
    return any(word[:1].isupper() for word in words) or bool(words & placed)


_PLACED = re2.compile(
    r"(?i)\b(?:in|at|near|from|around|to|outside|within)\s+(?:the\s+|a\s+)?(\w+)|"
    r"\b(\w+)\s+(?:site|cent(?:re|er)|hospital)"
)
_PLACES = frozenset({"sites", "site_count", "cities", "countries"})
_WORD = re2.compile(r"\w+")
_DONE = re2.compile(
    r"(?i)\bwhere(?:abouts)?\b[^?.;]*\b(manufactured|made|produced|bought|purchased|sold|stored|kept|archived|analy[sz]ed|"
    r"shipped|sent|grown|harvested|placed|applied|injected|inserted|implanted|published|presented|developed|invented|"
    r"prepared|sourced|buy|purchase)\b"
)


def _of_nobody_else(document: Document, plan: QueryPlan) -> str:
    """'Who funds it besides the university?' of a record that lists the sponsor alone."""
    if not set(plan.facts) & {"sponsor", "collaborators"} or document.facts.collaborators:
        return ""
    return "lists nobody else" if _BESIDES.search(plan.question) else ""


_BESIDES = re2.compile(r"(?i)\b(?:besides|apart from|other than|in addition to|alongside|aside from)\b")


def _of_the_sex(plan: QueryPlan, claims: Sequence[Claim]) -> str:
    """'Which ferritin do the men need?': that they are men is no answer."""
    if "sex" not in plan.facts or not (plan.unread or len(plan.facts) > 1) or _ASKS_SEX.search(plan.question):
        return ""
    alone = all(": the eligible sex" in claim.text for claim in claims)
    return "tells no more than the sex" if alone and _WHICH.search(plan.question) else ""


def _of_some_who(plan: QueryPlan, words: str) -> str:
    """'How many patients flared?': the size of the trial is none of those to whom something happened."""
    did = _DID.search(plan.question) if plan.facts == ("enrollment",) else None
    if did is None or _JOINED.search(did.group(1)) or stem(did.group(1)) in map(stem, words_of(words)):
        return ""
    return f"does not tell how many {did.group(1).casefold()}"


# What some of them did, behind the people who are counted: 'how many patients flared', 'how many people found a job'.
_DID = re2.compile(
    r"(?i)\bhow many (?:of )?(?:the |these |those |its |enrolled )*"
    r"(?:participants|patients|subjects|people|persons|volunteers|children|kids|infants|babies|women|men|adults|pts) "
    r"(?:(?:who|that|have|had|has|ever|actually|later|then|finally) )*"
    r"([a-z]{3,}ed|caught|went|found|got|fell|felt|gave|broke|quit|slept|ate|grew|saw|kept|lost|won|became)\b"
)
# What all of them do: such a verb counts the whole trial.
_JOINED = re2.compile(
    r"(?i)\b(?:join|enrol|enter|participat|recruit|randomi[sz]|regist|includ|sign|volunteer|consent|start|complet|finish|"
    r"end|need|plan|want|requir|expect|screen|treat|stud[iy]|assign|allocat|attend|involv|test|examin|invit|approach|"
    r"contact|us|admit|accept|follow|analy[sz]|evaluat|assess|investigat|observ|survey|interview|dos|accru|target)\w*ed$"
)


def _of_no_item(document: Document, plan: QueryPlan, claims: Sequence[Claim]) -> str:
    """'How heavy may somebody be?': the whole list of criteria, where none of them speaks of what is asked."""
    if not plan.facts or not set(plan.facts) <= _CRITERIA or not plan.focus or not _ONE_THING.search(plan.question):
        return ""
    listed = " ".join(claim.text for claim in claims)
    there = {stem(word) for word in words_of(listed)}
    asked = [stem(word) for words in plan.focus for word in words_of(words)]
    held = any(one in there or others_of(one, document.text) & there for one in asked)
    whole = all(_WHOLE_LIST.search(claim.text) for claim in claims)
    return "" if not whole or held or focus_on(plan.focus).share(listed) > 0 else "states no such criterion"


_CRITERIA = frozenset({"inclusion", "exclusion", "eligibility"})
_ONE_THING = re2.compile(r"(?i)\bhow\b|\bwhat is the \w+est\b|\b(?:minimum|maximum|least|most)\b")
_WHOLE_LIST = re2.compile(r"^\S+, the \d+ ")
_WHICH = re2.compile(r"(?i)\b(?:which|what|how (?:much|many|high|low|often|long)) [a-z]+")
_ASKS_SEX = re2.compile(
    r"(?i)\b(?:sex|sexes|gender|genders|both|only|allow\w*|accept\w*|open|eligib\w*|join|enrol\w*|take|takes|includ\w*|"
    r"exclud\w*|can|may|admit\w*|recruit\w*|who|people|patients|participants)\b"
)


def _of_no_entry(document: Document, plan: QueryPlan, claims: Sequence[Claim], words: str) -> str:
    """'Where on the body does it sit?': the sites of the trial; 'how are they split?': its arms.

    Such a list that holds nothing of what is asked is no answer: of 43 on other records not one was. A word that the
    whole record does not use chooses no entry: 'where would my nephew have to travel?' asks for the sites.
    """
    own = telling(focus_on(plan.focus), document)
    if not plan.facts or not set(plan.facts) <= ENTRIES.keys() or own.labels:
        return ""  # 'the third one' has its row
    said = " ".join([*(claim.text for claim in claims), words])
    if own.weight < _FOUR_LETTERS or own.share(said) > 0 or f'{document.trial_id}: "' in said:
        return ""  # a sentence is quoted, and no list
    there = {stem(word) for word in words_of(said)}
    if any(others_of(one, document.text) & there for one in own.stems):
        return ""
    used = {stem(word) for word in words_of(document.text)}
    of_entries = own.stems & used - _EVERY_ENTRY
    asked = [word for words in plan.focus for word in words_of(words) if stem(word) in of_entries]
    return f'lists no {ENTRIES[plan.facts[0]]} with "{asked[-1]}"' if asked else ""


# Lists of the registry, by what one entry is called.
ENTRIES = {
    "arms": "arm", "interventions": "treatment", "sites": "site", "cities": "site", "conditions": "condition",
    "sex": "sex",
}  # fmt: skip
# 'With which other drug …?': any of them is one.
_EVERY_ENTRY = stems_of("drug medicine medication treatment therapy agent compound product")
_FOUR_LETTERS = 0.5  # weight of a focus of one word of four letters


def no_size(document: Document, plan: QueryPlan, said: str) -> str:
    """A share of all the ill is no size of a trial, and the size that is planned none that was reached so far."""
    if plan.facts != ("enrollment",):
        return ""
    if _SO_FAR.search(plan.question) and document.facts.enrollment_kind != "ACTUAL":
        return "gives no number reached so far"
    words = _PER_CENT.sub(" ", said.replace(", sample size:", ""))
    told = document.facts.enrollment is not None or load_prose_facts()["enrollment"].cued(words)
    return "" if told else "states no such number"


_SO_FAR = re2.compile(r"(?i)\b(?:so far|to date|up to now|until now|by now|yet)\b")
_PER_CENT = re2.compile(r"(?i)\d[\d.,]*\s?(?:%|per ?cent\b)")


def of_another_limit(plan: QueryPlan, text: str) -> bool:
    """Whether a limit is asked about, and a sentence names other measures alone: 'eGFR', and 'LVEF ≤ 25 %'."""
    asked = {fact.partition(":")[2] for fact in plan.facts if fact.startswith("criterion:")}
    if not asked or len(asked) < len(plan.facts):
        return False
    named = {found.value for found in find_variables(read_line(text))}
    return bool(named) and not any(is_alike(one, other) for one in named for other in asked)
