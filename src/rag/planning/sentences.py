"""The sentences of a question, and which of them ask.

A sentence ends at a sign, and before words that lead up to a question within it: 'I coach swimmers and was wondering
which trials …' tells something and then asks.
"""

from __future__ import annotations

from itertools import pairwise

from rag.planning import tables
from rag.planning.tables import word_set
from rag.planning.words import Line

Span = tuple[int, int]
_STOPS = frozenset(".!;:?…")
ASKING = frozenset({"which", "what", "who", "whom", "whose", "where", "when", "how", "why"})
NOUNS = frozenset({"trial", "study", "protocol", "record"})
SELVES = frozenset({"i", "we", "my", "our", "us", "me", "mine", "im"})


def sentences(line: Line) -> list[Span]:
    """The words [first, last) of each sentence, and of what leads up to a question within one."""
    led = {found.first for found in tables.asking_phrases().find(line) if _leads_in(line, found.first, found.last)}
    starts = [0, *(at for at in range(1, len(line.tokens)) if ends_before(line, at) or at in led), len(line.tokens)]
    return [(first, last) for first, last in pairwise(starts) if first < last]


def ends_before(line: Line, at: int) -> bool:
    """Whether a sentence ends right before a word: not after 'Dr.'."""
    gap = line.gap(at)
    if gap == ". " and line.tokens[at - 1].text.casefold() in _shortened():
        return False
    if gap.strip() in {"-", "–", "—"} and gap != gap.strip() and line.tokens[at].lemma in ASKING | _HELPING:
        start = max((i for i in range(1, at) if any(sign in _STOPS for sign in line.gap(i))), default=0)
        return bool(SELVES & set(line.lemmas(start, at)))  # 'my uncle has gout - which trials …', not 'gout - who …'
    return any(sign in _STOPS for sign in gap) and (gap[-1:].isspace() or "?" in gap)


def _shortened() -> frozenset[str]:
    return word_set("people.short_titles") | word_set("people.shortened")


def _leads_in(line: Line, first: int, last: int) -> bool:
    """Whether what a person tells of himself comes before words like 'was wondering', and a question behind them."""
    start = max((at for at in range(1, first + 1) if ends_before(line, at)), default=0)
    before = line.lemmas(start, first)
    told = bool((SELVES | {"he", "she"}) & set(before)) and before[:1] not in _CONDITIONS and not ASKING & set(before)
    asked = line.lemmas(last - 1, last + _NEAR)
    wanted = bool(NOUNS & set(line.lemmas(last, last + _FAR)))  # 'would be grateful for the malaria trials'
    return told and bool(wanted or ASKING & set(asked) or ("the", "one") in pairwise(asked))


_CONDITIONS = {(word,) for word in ("if", "when", "for", "as", "with", "in", "among", "given", "since", "while")}
_NEAR = 4  # words between 'was wondering' and 'which'
_FAR = 7  # words between 'am looking for' and 'trials'


def text_of(line: Line, span: Span) -> str:
    """The words of a sentence with the sign that ends it."""
    start = line.tokens[span[0]].start
    end = line.tokens[span[1]].start if span[1] < len(line.tokens) else len(line.text)
    return line.text[start:end].strip()


def is_closing(line: Line, span: Span) -> bool:
    """'What do I tell her?', 'Any idea?', 'Good morning!', 'Thanks': a sentence in which nothing is asked."""
    outside = frozenset(at for at in range(len(line.tokens)) if not span[0] <= at < span[1])
    found = tables.closing_phrases().find(line, outside)
    held = {at for one in found for at in range(one.first, one.last)}
    return bool(held) and all(at in held for at in range(*span))


def asks(line: Line, span: Span) -> bool:
    """Whether a sentence asks: by a question word, a command, a noun of trials, its mark."""
    words = line.lemmas(*span)
    seeks = ASKING & set(words) or _THE_ONES & {*pairwise(words)}
    if seeks and any(found.first == span[0] for found in tables.asking_phrases().find(line)):
        return True
    ends = "?" in (line.gap(span[1]) if span[1] < len(line.tokens) else line.text[line.tokens[-1].end :])
    if ends:
        return True
    if _is_cleft(words):
        return bool(NOUNS & set(words))
    if ASKING & set(words[:_OPENING]) or words[0] in _verbs():
        return words[0] not in SELVES or _seeks(words) or bool(_POLITELY & set(words[:_POLITE]))
    if SELVES & set(words[:_SUBJECT]):
        return _seeks(words) or _seeks_to_know(words)
    reported = bool(_REPORTING & set(words[1:_SAYING])) and words[0] not in NOUNS | {"any", "all", "every", "those"}
    told = words[0] in _MANY or reported
    return words[0] not in word_set("asides.desk") and not told and (bool(NOUNS & set(words)) or words[0] in _ANY)


def _is_cleft(words: tuple[str, ...]) -> bool:
    """'What bothers me is the tablet', which tells something; 'what I need is a list of trials' asks."""
    opening = next((at for at, word in enumerate(words[:_OPENING]) if word in {"what", "how"}), len(words))
    subject = words[opening + 1 : opening + _SUBJECT]
    verb = next((at for at, word in enumerate(subject) if word in {"is", "was", "be"}), 0)
    return bool(SELVES & set(subject[:verb]))


_REPORTING = frozenset({"said", "told", "claim", "claims", "claimed", "think", "thinks", "reckon", "reckons"})
_MANY = frozenset({"most", "many", "several", "plenty"})  # 'Most trials want it below 40.'
_SAYING = 6  # words in which somebody is said to have said something: 'one of the nurses said most trials …'
_HELPING = frozenset({"do", "doe", "is", "are", "can", "could", "has", "have"})  # '… - do any trials take it?'
_ANY = frozenset({"anything", "everything"})
_OPENING = 4  # words in which a sentence says that it asks
_SUBJECT = 6  # words in which it says who tells
_POLITE = 8  # words in which one who tells comes to a question: 'I would rather like to know which …'
_POLITELY = frozenset({"know", "wondering", "wonder", "find", "learn", "see", "ask", "check", "tell"})


def workplaces(line: Line) -> frozenset[int]:
    """The words of 'our HIV clinic', 'the tumour board': where one who asks works, nothing that trials are about."""
    named = [at for at, token in enumerate(line.tokens) if token.lemma in word_set("asides.workplaces")]
    if not named:
        return frozenset()
    own = {at for span in sentences(line) if SELVES & set(line.lemmas(*span)) for at in range(*span)}
    told = [at for at in named if at in own and line.tokens[at].text.islower()]
    return frozenset(i for at in told for i in _name_of_a_place(line, at))


def _name_of_a_place(line: Line, at: int) -> set[int]:
    """The tokens between an article or a preposition and the noun at token `at`, with it; none where nothing opens."""
    first = at
    while first and at - first < _NEAR and not line.gap(first).strip(" -"):
        if line.tokens[first - 1].lemma in _OPENS_A_PLACE:
            return {*range(first, at + 1)}
        first -= 1
    return set()


_OPENS_A_PLACE = frozenset({"a", "an", "the", "our", "my", "this", "their", "at", "in", "on", "for", "from"})


def _verbs() -> frozenset[str]:
    return word_set("intents.question_verbs") | word_set("yes_no.commands")


def _seeks(words: tuple[str, ...]) -> bool:
    """'I am looking for trials', 'we need all the studies': not 'I was in a trial', 'we write a protocol'."""
    sought = [at for at, word in enumerate(words) if word in word_set("asides.wishing")]
    sought = [at for at in sought if words[at + 1 : at + 2] != ("to",) or not _takes_part(words[at + 2 : at + 5])]
    return any(NOUNS & set(words[at + 1 : at + 8]) or _THE_ONES & {*pairwise(words[at + 1 : at + 8])} for at in sought)


def _takes_part(words: tuple[str, ...]) -> bool:
    """'wants to join', 'hopes to put me forward for': what somebody would do in a trial, and no search for any."""
    return words[:1] in _TAKES_PART or bool(SELVES & set(words[1:2]))


_TAKES_PART = {(verb,) for verb in ("join", "enter", "enrol", "enroll", "take", "go", "be", "participate", "volunteer")}


def _seeks_to_know(words: tuple[str, ...]) -> bool:
    """'I have to find out for which studies …', not 'I know what she takes', 'nobody could see why'."""
    told = [at for at in range(1, len(words)) if words[at] in _POLITELY and words[at - 1] == "to"]
    return any(ASKING & set(words[at + 1 : at + 4]) and NOUNS & set(words[at + 1 : at + 8]) for at in told)


_THE_ONES = {("those", that) for that in ("which", "that", "whose", "where")} | {("the", "one")}


def counts_trials_meant(line: Line, at: int) -> bool:
    """'the age limits of the two gout trials': how many trials are meant, and no limit."""
    behind = line.lemmas(at + 1, at + 6)
    noun = next((i for i, word in enumerate(behind) if word in NOUNS), None)
    if noun is None or line.lemmas(max(0, at - 1), at) not in {("the",), ("these",), ("those",)}:
        return False
    return line.tokens[at].text.casefold() in _FEW and not any(line.stops_at(at + 1 + i) for i in range(noun + 1))


_FEW = frozenset({"two", "three", "four", "five", "2", "3", "4", "5"})


def asks_anew(line: Line, at: int) -> bool:
    """'… some eGFR. Which COVID-19 trials …': a number behind a question word of another sentence is not of it."""
    return line.tokens[at].text in {"Which", "What", "How", "Where", "Who"} and bool(set(".?!") & set(line.gap(at)))
