"""A question without what belongs to talk and letters: greetings, excuses, 'um', 'you know', 'Yours sincerely, Ann'."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.planning.bidding import bid_plainly
from rag.planning.findings import is_occupation
from rag.planning.lexicon import find_concept_marks, find_variables
from rag.planning.tables import word_set
from rag.planning.words import read_line

_GREETING = (
    r"(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|dear \w+|sorry|excuse me|"
    r"(?:just )?(?:a |one )?(?:quick|small|short) (?:one|question))"
)
_ASKS = (
    r"(?=(?:and |so |please )?(?:what|which|who|whom|whose|where|whereabouts|when|why|how|is|are|does|do|did|was|were|"
    r"can|could|may|will|would|should|has|have|tell|give|name|list)\b)"
)
_GREETS = re.compile(
    rf"(?is)^\W*(?:{_GREETING}(?: \w+){{0,2}}[.!,]\s*)*(?P<told>{_GREETING}\b[^?:.!]{{0,80}}?(?::|\s[-–—])\s*){_ASKS}"
)
# What a person tells of somebody is no greeting.
_TELLS = re.compile(
    r"(?i)\d|\b(?:have|has|had|having|patients?|mother|father|mum|dad|son|daughter|wife|husband|old|with|suffer\w*|"
    r"diagnos\w*)\b"
)


# 'um', 'er' within small letters; 'you know' set off by signs or between words, not 'do you know', 'you know which'.
_SOUNDS = r"u{1,4}m{1,4}|u{1,4}h{1,4}m?|erm{1,4}|hm{2,4}"
_HESITATES = re.compile(rf"(?<![\w'’.-])(?<!\d )(?:{_SOUNDS})\b(?!['’-])[,.…]{{0,4}} ?")
_YOU_KNOW = re.compile(
    r"(?i)(?<!do )(?<!did )(?<!would )(?<!if )(?<!what )(?<!that )(?<!all )(?<!let )(?<!as )[,–—-]?\s{0,2}\byou know\b"
    r"(?!\s+(?:of|about|which|what|who|whether|if|how|where|when|why)\b)\s*,?"
)
# 'Kind regards, Ann K.' at the end of a letter: a name is written with a capital, 'thanks, LYRA-2' has none.
_NAME = r"(?:[A-Z](?:\.|[a-z'’-]+\.?)|[A-Z]{2}(?=\s*$))"
_CLOSES = (
    r"(?i:yours (?:faithfully|sincerely|truly)|(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many|good) "
    r"(?:regards|wishes|thanks(?: in advance)?)|regards|sincerely|all the best|cheers|best|ta|love|"
    r"(?:many )?thanks?(?: (?:you|so much|ever so much|a lot|in advance|very much|again))*)"
)
_SIGNED = re.compile(
    rf"(?:(?<=[.?!,;])|\n)\s{{0,4}}{_CLOSES}(?:(?: and|,| &) {_CLOSES})?\s*[,.!\n–-]\s*"
    rf"{_NAME}(?:[ ,]+{_NAME}){{0,3}}\W*$"
)
_ADDRESSEE = r"(?:(?i:sir|madam|all|team|colleagues?|doctor)|[A-Z][\w.'’-]*)"
_SALUTES = re.compile(rf"^\W*[Dd]ear {_ADDRESSEE}(?:[ /]+(?:or |and )?{_ADDRESSEE})*\s*[,:\n–-]\s*")
# '(I have had enough of these!)': somebody speaks, and names no number
_SPEAKS = r"(?:[a-z]+,? ){0,2}(?:i|we|my|our|he|she|his|her|they|you|don['’]?t)\b"
_IN_BRACKETS = re.compile(rf"(?i) ?\({_SPEAKS}[^()\d]{{1,120}}\)")
_IN_DASHES = re.compile(rf"(?i)\s[-–—]\s(?!which|what|who){_SPEAKS}[^\d.?!:;–—-]{{0,60}}\s[-–—]\s(?=[a-z]|I\b)")
_AS_ONE = re.compile(r"(?i)^\W*as (?:a|an|the) [^,.?!\d]{3,90}, (?=(?:i|we|can|could|which|what|tell|show|please)\b)")
# 'For budgeting: how many …', 'for my talk on Friday: which …'
_DESK = (
    r"(?:budget(?:ing)?|planning|benchmarking|feasibility|workshops?|courses?|lessons?|manuscripts?|reports?|talks?|slides?|presentations?|grants?|reviews?|meetings?|audits?"
    r"|papers?|thesis|lectures?|seminars?|newsletters?|leaflets?|posters?|tables?|spreadsheets?|questionnaires?|interest"
    r"|curiosity|completeness|minutes|committees?|boards?|records|reference|boss|appendix|website)"
)
_FOR_ONE = re.compile(
    rf"(?i)(?:^\W*|(?<=[.!] ))(?:for|(?:while |when |in )?(?:preparing|drafting|writing|compiling|revising|planning)) "
    rf"(?:[\w'’-]+ ){{0,5}}{_DESK}"
    r"(?: (?:on|due|next|this|of|at|for|in|that|which) [\w'’ ]{2,60}?)?"
    r"(?:[:,] (?=(?:how many|which|what|who|where|list|trials|studies|all|any|is there|are there|show|tell|name)\b)"
    r"|,? (?=(?:i|we)(?:['’]d| would| should)? (?:[a-z]+ ){0,2}(?:want|need|like|look|seek|require|after|am|are)\b))"
)
# 'I need the stroke ones', not 'the really tiny ones'
_ONES = re.compile(
    r"(?i)\b(need|want|like|show me|give me|list|looking for|see)( just| only| all)? (?:the|those) "
    r"((?:[\w-]+ ){1,3})ones(?! (?:that|which|who|for|with|in|on|of)\b)"
)
# 'I had an ulcer, which healed. Could I …?': what is told asks nothing; not 'I want trials, which …'
_BESIDE = re.compile(
    r"\b((?:I|My|He|She|His|Her|We|Our|They|It|The|A|An|One)\b"
    r"(?!(?:[’'\w]+ ){0,6}(?:trials?|study|studies|protocols?|want|need|ones)\b)[^.?!:;,]{2,120}), "
    r"(?:which|who) (?=[^.?!:;]{2,80}[.!] )"
)
# 'right so the thing is', 'ok listen,' before anything is asked or told
_OPENER = (
    r"(?:ok|okay|right|so|well|hey|oh|anyway|listen|look|now|honestly|hm{1,4}|m{2,4}|ah|aha|alright|cool|great|fine)"
)
_OPENS = re.compile(
    rf"(?i)^\W*(?:{_OPENER}[,.!…\s]+){{0,4}}(?:{_OPENER}(?:[,.!…]+\s*|\s+(?=(?:i|we|my|the thing|so)\b))"
    r"|(?:so )?(?:the thing|the point|my problem|my question) is(?: (?:that|this))?[,:]?\s+)"
)


# 'a story from the clinic: man of 58', 'Referral: 61-year-old woman': what is told of somebody, and no name of a trial
_TOLD_OF = re.compile(
    r"^\W*(?:[A-Z]?[a-z'’]+ ){0,4}"
    r"(?i:story|case|e-?mail|mail|note|letter|referral|message|query|puzzler|puzzle|one|call|vignette|patient)"
    r"(?: [a-z'’]+){0,5}\s?(?::|[-–—] )\s*"
    r"(?=(?i:(?:an? |the |our |my )?(?:[a-z-]+ ){0,2}"
    r"(?:\d{1,3}\b|man|woman|lady|gentleman|boy|girl|chap|guy|bloke|male|female|child|baby|[fm] \d)))"
)


# 'Midwife here.', 'Historian of science asking: …', 'Accounts department: …'
_INTRODUCES = re.compile(
    r"^\W*(?:I['’]?m |I am )?(?i:an? |the |your )?"
    r"(?P<role>[A-Za-z](?:(?!\b(?:which|who|trials?|stud(?:y|ies)|protocols?|is|are|has|with|in|on)\b)"
    r"[A-Za-z'’ -]){2,50}?)(?:,? (?:here|speaking|writing|asking)(?:,? sorry [^.?!]{1,40})?(?:[.!:;]| [-–—]) +"
    r"|(?: department| desk| office| secretariat| library): +)(?=\w)"
)


def _introduced(match: re.Match[str]) -> str:
    """Nothing for who it is that asks; the words as they stand where they name an illness: 'Gout patient here.'"""
    role = read_line(match["role"])
    works = bool(role.tokens) and is_occupation(role.tokens[-1].lemma)
    return match[0] if find_concept_marks(role) and not works else ""


def as_written(text: str) -> str:
    """The text without the sounds of speech, and without the first and last line of a letter."""
    text = _INTRODUCES.sub(_introduced, text)
    text = _TOLD_OF.sub("", _OPENS.sub("", _SIGNED.sub("", _SALUTES.sub("", text))))
    text = _IN_DASHES.sub(_as_told, _IN_BRACKETS.sub(_as_told, text))
    text = _BESIDE.sub(r"\1, and this ", text) if text.rstrip().endswith("?") else text
    text = _TO_WHOM.sub(r"\1 me ", text)
    text = _ONES.sub(_as_trials, _FOR_ONE.sub(_unless_told, text))
    return _without_role(bid_plainly(_YOU_KNOW.sub(" ", _HESITATES.sub("", text))))


def _unless_told(match: re.Match[str]) -> str:
    """'For my talk:' in front of a question; as it is where it names a condition, a measure or what trials are like."""
    line = read_line(match[0])
    told = find_concept_marks(line) or find_variables(line) or (_OF_TRIALS | _CHOOSING) & set(line.lemmas())
    return match[0] if told else ""


def _as_trials(match: re.Match[str]) -> str:
    """'need stroke trials' for 'need the stroke ones', where it is a condition or a treatment that they are of."""
    named = find_concept_marks(read_line(match[3]))
    return f"{match[1]}{match[2] or ''} {match[3]}trials" if named else match[0]


def _without_role(text: str) -> str:
    """The text without 'As a keen gardener with gout,' before a question that names what it asks about."""
    found = _AS_ONE.match(text)
    if found is None:
        return text
    role, rest = read_line(found.group()), read_line(text[found.end() :])
    words = rest.lemmas()
    own = {"me", "my", "us", "such"} & set(words) or any(
        (a in _MAY | _AUXILIARY and b in _SPEAKERS) or (a in _SPEAKERS and b in _MAY) for a, b in pairwise(words)
    )  # 'as a smoker, which trials can I join?' is of the smoker
    asked = {mark.value for mark in find_concept_marks(rest)}
    more = any(mark.value not in asked for mark in find_concept_marks(role))  # "as an add-on to insulin, …"
    if own or more or not (_SPEAKERS & set(words) or _BIDS & set(words[:3])):
        return text
    return text[found.end() :] if asked or find_variables(rest) else text


# 'show the students the ones with …': whom the answer is for
_TO_WHOM = re.compile(
    r"(?i)(?<=\bto )(show|give|tell|send|teach|hand) (?:the|my|our|some|a|an|his|her|their) (?:[a-z-]+ ){0,2}"
    r"(?:students?|boss|director|team|class|group|committee|board|editor|audience|readers?|members?|professor|"
    r"supervisor|registrars?|residents?|trainees?|nurses?|colleagues?) "
    r"(?=(?:the|which|what|how|all|those|some|every)\b)"
)


_SPEAKERS = frozenset({"i", "we"})
_MAY = frozenset({"can", "could", "may", "might", "should", "qualify", "join", "enter"})
_AUXILIARY = frozenset({"do", "be", "would", "will"})
_BIDS = frozenset({"tell", "show", "you", "list", "find", "please"})


def _as_told(match: re.Match[str]) -> str:
    """What stands in brackets or between dashes where it tells of a condition, a measure, trials, somebody's sex or age
    or a place, or wishes for something; else nothing.
    """
    line = read_line(match[0])
    idle = word_set("patients.months") | word_set("sheet.weekdays") | {"i"}
    names = [token.text for token in line.tokens[1:] if token.text[0].isupper() and token.lemma not in idle]
    chosen = (_OF_TRIALS | _CHOOSING | word_set("intents.sexes")) & set(line.lemmas())
    told = find_concept_marks(line) or find_variables(line) or chosen or names
    return match[0] if told else "" if match[0].endswith(")") else " - "


_OF_TRIALS = frozenset(
    {"trial", "study", "phase", "recruiting", "which", "what", "who", "list", "exclude", "excluding"}
)
_CHOOSING = frozenset(
    {"want", "need", "mean", "prefer", "only", "must", "open", "closed", "completed", "adult", "child", "kid", "baby"}
    | {"toddler", "infant", "teenager", "teen", "adolescent", "elderly", "old", "young", "newborn", "one", "those"}
)


def without_greeting(text: str) -> str:
    """The words that ask, where a greeting is set off before them by a colon or a dash; else the text."""
    found = _GREETS.match(text)
    return text[found.end() :] if found and not _TELLS.search(found.group()) else text
