"""Question understanding without a language model: `make_plan` reads a question, `read_patient` a described person."""

from rag.planning.freely import read_again
from rag.planning.of_the_found import found_by_then
from rag.planning.patients import not_read, read_patient
from rag.planning.plan import make_plan
from rag.planning.vocabulary import TrialSummary, Vocabulary

__all__ = ["TrialSummary", "Vocabulary", "found_by_then", "make_plan", "not_read", "read_again", "read_patient"]
