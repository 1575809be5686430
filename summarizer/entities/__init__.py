"""The details that a tenant wants of each contact, copied from the conversation and never worked out.

wanted   what is wanted and what was found
call     the sentences of a conversation with their words, and which of them name a label
values   where the references, amounts, dates and numbers of a turn stand
answers  which value belongs to which label: beside it, in the answer to a question, or in a correction
phrases  what is told in words: the clause behind the label, or a short answer
choices  which of a tenant's choices was said last and not denied
search   all of them at once
"""

from summarizer.entities.search import entities
from summarizer.entities.wanted import Entity, Wanted

__all__ = ["Entity", "Wanted", "entities"]
