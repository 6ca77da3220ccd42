"""The form of a question: about all trials or one, yes or no, about a person, about anything we know at all."""

from __future__ import annotations

from itertools import pairwise

from rag.planning import tables
from rag.planning.came_out import asks_of_earlier_work
from rag.planning.marks import Kind, names_the_topic
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.types import About, All, Any, Asks, FieldIs, Limit, Not, Predicate


def asks_about_trials(sheet: Sheet) -> bool:
    """'which trials', 'list studies', 'any trial that', 'who lets in …', or bare criteria with no trial named."""
    lemmas = sheet.line.lemmas()
    nouns = {at for at, word in enumerate(lemmas) if word in {"trial", "study", "rct", "record", "protocol"}}
    named = says_trials(sheet) if sheet.refs else speaks_of_trials(sheet)  # 'who reviewed the protocols in LYRA?'
    plural = named or any(token.text.casefold() == "ones" for token in sheet.line.tokens[:3])
    if sheet.refs and asks_of_earlier_work(sheet.line.text):
        return False  # 'what did earlier trials show, according to LYRA?'
    if sheet.refs and not plural:
        either = len(sheet.refs) > 1 and lemmas[:1] == ("which",) and has_trial_near(nouns, 2)
        return either and bool(sheet.bare.cues) and sheet.bare.where is not None
    if lemmas[:1] and lemmas[0] in {"which", "what", "who"} and has_trial_near(nouns, 6):
        return True
    restricts = sheet.reading.where is not None
    listed = sheet.has("list", "any_trial") and (plural or restricts) and not (sheet.facts and sheet.refs)
    if listed and (nouns or sheet.has("list")):
        return True
    many = plural or "research" in lemmas
    return (many and (restricts or bool(sheet.past))) or _asks_whom(sheet) or _is_bare(sheet) or _asks_which(sheet)


def has_consequence(sheet: Sheet) -> bool:
    """'In which trials does a bilirubin above 2 mean that you can't take part?': what follows, no word's meaning."""
    return asks_about_trials(sheet) and any(part.cue is not None and part.cue.passive for part in sheet.reading.parts)


def opens_with_trials(sheet: Sheet) -> bool:
    """'Which trials …', 'list phase 3 studies': the noun stands right behind the question word."""
    lemmas = sheet.line.lemmas()
    asks = [at for at, word in enumerate(lemmas[:4]) if word in {"which", "what", "list", "show", "find"}]
    return any(
        set(lemmas[at + 1 : at + 3]) & {"trial", "study"} or _names_trials(lemmas[at + 1 : at + 7]) for at in asks
    )


def _names_trials(after: tuple[str, ...]) -> bool:
    """'which phase 3 trials …', with nothing but what describes the trials before the noun."""
    end = next((at for at, word in enumerate(after) if word in {"trial", "study"}), -1)
    other = word_set("cues.be") | word_set("cues.auxiliaries") | word_set("intents.bounds")
    return end >= 0 and not set(after[:end]) & other


def is_of_a_field(sheet: Sheet, at: int) -> bool:
    """The 'number of' of 'number of arms = 3'."""
    return any(mark.first <= at < mark.last for mark in sheet.kinds(Kind.FIELD))


def counts_trials(sheet: Sheet) -> bool:
    """'A count of phase 3 trials', 'the number of records that …', not 'the platelet count of 100'."""
    lemmas = sheet.line.lemmas()
    ends = [at + 2 for at, pair in enumerate(pairwise(lemmas)) if pair in _COUNTED_UP]
    nouns = {"trial", "study", "protocol", "record"}
    return not sheet.refs and any(nouns & set(lemmas[end : end + 6]) for end in ends)


_COUNTED_UP = {(word, "of") for word in ("count", "total", "tally", "number")}


def counts_what_does(sheet: Sheet) -> bool:
    """'How many only admit men?': a verb right after 'how many', so trials are counted."""
    lemmas = sheet.line.lemmas()
    at = next((i + 2 for i in range(len(lemmas)) if lemmas[i : i + 2] == ("how", "many")), len(lemmas))
    verb = any(cue.first == at for cue in sheet.reading.cues)
    verb = verb or bool(set(lemmas[at : at + 1]) & word_set("intents.counted_do"))
    return verb and sheet.reading.where is not None


def speaks_of_trials(sheet: Sheet) -> bool:
    """Whether 'trials', 'studies' or 'protocols' stands in the plural."""
    return any(t.lemma in _NOUNS and t.text.casefold().endswith("s") for t in sheet.line.tokens)


def says_trials(sheet: Sheet) -> bool:
    """Whether trials or studies, in these words, stand in the plural."""
    return any(t.lemma in {"trial", "study"} and t.text.casefold().endswith("s") for t in sheet.line.tokens)


_NOUNS = frozenset({"trial", "study", "protocol", "rct"})
# 'which trials', 'which of these', 'which ones', at any place of the question.
_WHICH = {(word, noun) for word in ("which", "what") for noun in (*_NOUNS, "record", "one", "of")} | {
    ("whose", "criteria"),
    ("whose", "eligibility"),
}


def _asks_which(sheet: Sheet) -> bool:
    """'… : which trial?', 'excluded where?', 'Where is an INR over 1.7 a no-go?': which trials, asked at either end."""
    lemmas = sheet.line.lemmas()
    if sheet.refs or sheet.reading.where is None:
        return False
    if _asks_of_a_topic(sheet):
        return True
    if (
        lemmas[-1:] == ("where",)
        or ("anywhere" in lemmas and sheet.reading.cues)
        or ("where" in lemmas and _asks_where(sheet))
    ):
        return True
    if _is_told(sheet):
        return True
    asks = lemmas[-1] == "which" or any(pair in _WHICH for pair in pairwise(lemmas))
    asks = asks or ("who" in lemmas and _asks_of_fields(sheet, among=frozenset()))
    asks = asks or ("which" in lemmas and _asks_of_fields(sheet))
    whats = lemmas[:1] == ("what",) and lemmas[1:2] in {("'s",), ("is",)}
    asks = asks or (whats and _is_told_first(sheet) and _asks_of_fields(sheet))
    told = lemmas[0] in {"which", "what"} and lemmas[1:2] in {("have",), ("has",), ("are",), ("were",), ("was",)}
    return sheet.bare.where is not None and (asks or (told and _asks_of_fields(sheet)))


def _is_told_first(sheet: Sheet) -> bool:
    """'What's recruiting in Portugal?': a status right behind."""
    return any(mark.first < 4 and getattr(mark.value, "field", "") == "status" for mark in sheet.kinds(Kind.FIELD))


def _asks_of_a_topic(sheet: Sheet) -> bool:
    """'Is anybody studying migraine?', 'are there any on obesity?', 'which have to do with obesity?': no fact asked."""
    lemmas = sheet.line.lemmas()
    if any(fact not in {"sites", "interventions"} for fact in sheet.facts) or sheet.reading.cues or sheet.terms:
        return False
    anybody = bool({"who", "anyone", "anybody", "someone", "somebody", "anywhere"} & set(lemmas))
    studied = anybody and bool(word_set("forms.studying") & set(lemmas))
    things = lemmas[0] in {"which", "what"} and bool({"been", "being", "were"} & set(lemmas))  # 'which vaccines …'
    studied = studied or (things and bool(word_set("forms.studied") & set(lemmas)) and not names_one(sheet))
    opens = [at for at in range(len(lemmas)) if lemmas[at : at + 3] == ("are", "there", "any")]
    pronoun = any(lemmas[at + 3 : at + 4] in {("on",), ("about",), ("for",), ("with",), ("that",)} for at in opens)
    which = lemmas[0] == "which" and (lemmas[1:5] == ("have", "to", "do", "with") or lemmas[1:3] == ("are", "about"))
    return studied or pronoun or which or (lemmas[0] == "which" and lemmas[1:3] == ("deal", "with"))


_PLACES = frozenset({"country", "city", "state", "place", "facility"})


def names_one(sheet: Sheet) -> bool:
    """Whether one trial is spoken of: 'it', 'the trial', 'this study', an arm or a group of one."""
    words = {token.text.casefold() for token in sheet.line.tokens}
    return bool({"it", "its", "trial", "study", "arm", "group", "arms", "groups"} & words)


def _asks_of_fields(sheet: Sheet, among: frozenset[str] = _PLACES) -> bool:
    """'Who is recruiting?', 'where is the masking quadruple?': fields not in `among` are told, and no fact is asked."""
    told = set(fields_of(sheet.bare.where)) - among if sheet.bare.where is not None else set()
    asked = [mark.value for mark in sheet.kinds(Kind.FACT)]
    where = {"sites"} if "where" in sheet.line.lemmas() else set()
    return bool(told) and all(fact in where or is_spoken_for(sheet, fact) for fact in asked)


def _is_told(sheet: Sheet) -> bool:
    """'Blood pressure 170/110 at the first visit: barred from …?': a condition turned away or let in, nothing asked."""
    asks = {"which", "what", "who", "when", "why", "how", "it", "its"} & set(sheet.line.lemmas())
    opens = bool(word_set("intents.question_verbs") & set(sheet.line.lemmas(0, 1)))
    judged = [part.cue for part in sheet.bare.parts if part.cue is not None and part.cue.asks in _JUDGING]
    return not asks and any(cue.passive for cue in judged) and not opens and not says_the_trial(sheet)


_JUDGING = frozenset({Asks.EXCLUDES, Asks.ADMITS})


def _asks_where(sheet: Sheet) -> bool:
    """'Where is an INR over 1.7 a no-go?', 'where is … the primary outcome?': in which trials, not at which sites."""
    if word_set("forms.locating") & set(sheet.line.lemmas()):
        return False
    if _asks_of_fields(sheet):
        return True
    outcomes = any(getattr(mark.value, "field", "").startswith("outcome") for mark in sheet.kinds(Kind.FIELD))
    governed = any(part.cue is not None for part in sheet.reading.parts)
    people = any(getattr(mark.value, "field", "") in {"healthy_volunteers", "sex"} for mark in sheet.kinds(Kind.FIELD))
    obliged = "must" in sheet.line.lemmas() and bool(sheet.limits)  # 'where must the ECOG be 0 or 1?'
    return outcomes or obliged or bool(sheet.reading.cues and (sheet.variables or sheet.concepts or governed or people))


def lays_out(sheet: Sheet) -> bool:
    """'Put the two stroke studies side by side: enrolment': facts or limits of the few trials that a topic names."""
    chosen = any(not isinstance(part.predicate, Limit) for part in sheet.reading.parts)
    told = bool(sheet.facts or sheet.variables) and not sheet.limits and not sheet.has("count")
    governed = any(cue.asks is not Asks.MENTIONS and cue.asks is not Asks.REQUIRES for cue in sheet.reading.cues)
    several = speaks_of_trials(sheet) and sheet.has("laid_out")
    return several and chosen and told and not governed and not sheet.refs


def has_trial_near(nouns: set[int], within: int) -> bool:
    return any(at <= within for at in nouns)


def _asks_whom(sheet: Sheet) -> bool:
    """'Who lets in …', 'which exclude …', 'what excludes …': a verb of criteria right after the question word."""
    lemmas = sheet.line.lemmas()
    pointed = {("one",), ("trial",), ("study",)}  # "does that one take …"
    starts = [at for at, word in enumerate(lemmas) if word in {"which", "who", "what"}]
    starts += [at for at, word in enumerate(lemmas) if word == "that" and lemmas[at + 1 : at + 2] not in pointed]
    lists = {"criteria", "criterion", "exclusion", "inclusion"}
    verbs = [cue for cue in sheet.reading.cues if not lists & set(lemmas[cue.first : cue.last])]
    return (
        not sheet.refs
        and sheet.bare.where is not None
        and any(at < cue.first <= at + 5 for at in starts for cue in verbs)
    )


def _is_bare(sheet: Sheet) -> bool:
    """Keywords only: criteria or field values, no question word, no verb, no trial named."""
    lemmas = sheet.line.lemmas()
    if sheet.refs or not lemmas or {"which", "what", "who", "when", "where", "why", "how"} & set(lemmas):
        return False
    restricts = any(mark.kind in {Kind.LIMIT, Kind.FIELD, Kind.CUE} for mark in sheet.marks)
    restricts = restricts or (bool(sheet.kinds(Kind.AGES)) and not {"one", "them"} & set(lemmas))
    restricts = restricts or _is_subject(sheet) or bool(sheet.reading.cues)  # 'no smokers'
    restricts = restricts or any(names_the_topic(sheet.line, at) for at in range(len(lemmas)))
    return (
        restricts
        and lemmas[0] not in word_set("intents.question_verbs")
        and all(is_spoken_for(sheet, mark.value) for mark in sheet.kinds(Kind.FACT))
        and sheet.reading.where is not None
    )


def _is_subject(sheet: Sheet) -> bool:
    """'atopic dermatitis or eczema': nothing but conditions and treatments of the collection."""
    topics = [part for part in sheet.reading.parts if isinstance(part.predicate, About | Any)]
    words = {token.lemma for part in topics for token in sheet.line.tokens[part.first : part.last]}
    held = {attribute for word in words for attribute in sheet.index.holds(word).values()}
    short = len(sheet.line.tokens) <= _SHORT and not sheet.terms and not sheet.has("person", "first_person")
    return short and len(topics) == len(sheet.reading.parts) > 0 and bool(held & {"condition", "intervention"})


_SHORT = 8  # words of a question that only names its subject


# A fact's name beside a condition on it: 'enrollment of 1000 or more', 'sites in Germany or Russia'.
_CONDITIONS = {
    "sites": ("country", "city", "state", "place", "facility", "sites", "country_count"),
    "countries": ("country", "country_count"), "cities": ("city", "place", "city_count"), "site_count": ("sites",),
    "arms": ("arms", "arm_kind"), "control": ("arm_kind",), "sponsor": ("sponsor", "sponsor_class", "collaborator"),
    "collaborators": ("collaborator", "collaborator_count"), "who_masked": ("who_masked", "masking"),
    "masking": ("masking", "who_masked"), "minimum_age": ("age.minimum",), "maximum_age": ("age.maximum",),
    "ages": ("age.minimum", "age.maximum"), "interventions": ("intervention_kind", "intervention_count"),
    "design": ("masking", "allocation", "intervention_model", "observational_model", "time_perspective", "who_masked"),
    "status": ("status", "start_date"), "enrollment": ("enrollment", "enrollment_kind"),
    "completion_date": ("completion_date", "primary_completion_date"),
    "outcome": ("outcome", "outcome.primary", "outcome.secondary"), "results": ("has_results",),
    "outcome.primary": ("outcome.primary", "primary_outcome_count"),
    "outcome.secondary": ("outcome.secondary", "secondary_outcome_count"),
}  # fmt: skip


def is_spoken_for(sheet: Sheet, fact: str) -> bool:
    """Whether a condition of the question is on the field that the fact names."""
    if fact in {"eligibility", "inclusion", "exclusion"} and sheet.reading.cues:
        return True  # 'recruiting, no mention of pregnancy in the criteria'
    wanted = _CONDITIONS.get(fact, (fact,))
    return any(field in wanted for part in sheet.reading.parts for field in fields_of(part.predicate))


def fields_of(predicate: Predicate) -> tuple[str, ...]:
    """The registry fields that a predicate asks about."""
    if isinstance(predicate, All | Any):
        return tuple(field for part in predicate.predicates for field in fields_of(part))
    if isinstance(predicate, Not):
        return fields_of(predicate.predicate)
    return (predicate.field,) if isinstance(predicate, FieldIs) else ()


def is_known(sheet: Sheet) -> bool:
    """Whether the question holds a word of the collection or of the field."""
    if sheet.refs or sheet.marks or sheet.terms or sheet.extremes or sheet.has("conflicts", "checklist"):
        return True
    stop = tables.stop_words()
    words = [t.lemma for t in sheet.line.tokens if t.lemma not in stop and not t.lemma.isdigit()]
    return any(sheet.index.knows(word) or word in tables.fields_of_medicine() for word in words) or bool(
        {"trial", "study", "record", "protocol"} & set(sheet.line.lemmas())
    )


def speaks_of_one(sheet: Sheet) -> bool:
    """Whether one person is spoken of ('a patient', 'my mother', 'I'), not a class ('patients with asthma')."""
    lemmas = sheet.line.lemmas()
    asked = {at for at in range(1, len(lemmas)) if lemmas[at] == "me" and lemmas[at - 1] in word_set("intents.telling")}
    asked |= {at for at, word in enumerate(lemmas) if word == "i" and _only_asks(lemmas[at + 1 : at + 3])}
    mine = any(word in {"i", "me", "my", "mine", "myself"} and at not in asked for at, word in enumerate(lemmas))
    articled = any(
        word in {"a", "an"} and (word_set("cues.people") - {"who", "them"}) & set(lemmas[at + 1 : at + 5])
        for at, word in enumerate(lemmas)
    )
    return mine or articled or bool(word_set("intents.one_person") & set(lemmas))


def _only_asks(after: tuple[str, ...]) -> bool:
    """'I need …', 'I am looking for …', 'I was wondering': the asker, not the person asked about."""
    if after[:1] in {("am",), ("have",)}:
        return after[1:] in {("looking",), ("searching",), ("interested",), ("trying",), ("after",), ("to",)}
    return after[:1] in {(word,) for word in word_set("intents.asking")}


def has_person(sheet: Sheet) -> bool:
    return sheet.has("person", "first_person")


def seeks_any_trial(sheet: Sheet) -> bool:
    """'I have had docetaxel. Is there anything newer?': a person with an illness looks for whatever there is."""
    seeks = bool(word_set("forms.seeking") & set(sheet.line.lemmas()))
    judges = any(cue.asks is not Asks.ADMITS for cue in sheet.reading.cues)
    return seeks and not judges and not sheet.refs and bool(sheet.concepts) and has_person(sheet)


def describes_person(sheet: Sheet) -> bool:
    """Whether a person is described by a number, an age or a condition."""
    return sheet.has("person") and bool(sheet.limits or sheet.concepts or sheet.kinds(Kind.AGES))


def says_the_trial(sheet: Sheet) -> bool:
    lemmas = sheet.line.lemmas()
    return any(
        lemmas[at : at + 2]
        in {
            ("the", "trial"),
            ("the", "study"),
            ("this", "trial"),
            ("that", "trial"),
            ("that", "study"),
            ("this", "study"),
            ("the", "same"),
            ("that", "one"),
            ("this", "one"),
        }
        for at in range(len(lemmas))
    )


def narrows(lemmas: tuple[str, ...]) -> bool:
    """'limit that to …', 'narrow it down to …', 'exclude the completed ones'."""
    verbs = {"limit", "narrow", "restrict", "filter", "keep", "exclude", "drop", "remove", "leave", "reduce", "trim"}
    verbs |= {"weed", "sort", "throw", "discard", "omit", "skip", "take", "kick", "cut"}
    pronouns = {"that", "this", "it", "them", "those", "these", "down", "the", "list", "out", "just", "only"}
    start = next((at for at, word in enumerate(lemmas) if word not in word_set("yes_no.fillers")), 0)
    return len(lemmas) > start + 2 and lemmas[start] in verbs and lemmas[start + 1] in pronouns
