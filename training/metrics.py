"""Scores of summaries: overlap with references, and whether what they state was said.

ROUGE is Google's `rouge-score` with stemming, the mean over several references. It cannot be compared
with other implementations within ten points, and it rewards a fixed sentence; hence the other scores. The tables of
the SAMSum and DialogSum papers were made with `py-rouge`: `paper_rouge` repeats their protocol, for such tables alone.
"""

import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from nltk.tokenize import word_tokenize
from rouge_score.rouge_scorer import RougeScorer

from summarizer.clauses.call import clauses_said
from summarizer.conversation import Conversation
from summarizer.doers import is_by_its_subject
from summarizer.grounding import ground
from summarizer.obligations.agreement import follow_up_recall, has_swapped_owner, has_unsupported_follow_up
from summarizer.summary import Aspect, Draft, Statement
from summarizer.verify import unknown_names, unsaid, what_is_said
from summarizer.window import whole
from training.dataset import split_sentences

MEASURES = ("rouge1", "rouge2", "rougeL")
PAPER_MEASURES = ("rouge-1", "rouge-2", "rouge-l")  # of py-rouge
NUM_SAMPLES = 1000  # of the bootstrap
CONFIDENCE = 0.95

_SCORER = RougeScorer(list(MEASURES), use_stemmer=True)


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over the conversations of one set, in percent; words a summary."""

    rouge1: float
    rouge2: float
    rougeL: float
    rouge1_low: float
    rouge1_high: float
    unsupported_numbers: float  #: summaries with a number nobody said
    unsupported_names: float  #: summaries with a name nobody said
    wrong_person: float  #: summaries that give one person what only another said or did
    follow_up_recall: float | None  #: promises of a call that its summary tells; None if no call has one
    unsupported_follow_ups: float  #: summaries with a follow-up nobody promised
    swapped_owners: float  #: summaries in which one party owes what only the other does
    empty: float  #: conversations without a summary
    words: float


def score(
    summaries: Sequence[str], conversations: Sequence[Conversation], references: Sequence[Sequence[str]]
) -> Scores:
    """All scores of one system's summaries."""
    overlaps = [rouge(one, of) for one, of in zip(summaries, references, strict=True)]
    first = [overlap["rouge1"] for overlap in overlaps]
    low, high = interval(first)
    pairs = list(zip(summaries, conversations, strict=True))
    recalls = [recall for pair in pairs if (recall := follow_up_recall(*pair)) is not None]
    return Scores(
        **{measure: mean([overlap[measure] for overlap in overlaps]) for measure in MEASURES},
        rouge1_low=low,
        rouge1_high=high,
        unsupported_numbers=100 * mean([float(has_unsupported_number(*pair)) for pair in pairs]),
        unsupported_names=100 * mean([float(has_unsupported_name(*pair)) for pair in pairs]),
        wrong_person=100 * mean([float(has_wrong_person(*pair)) for pair in pairs]),
        follow_up_recall=100 * mean(recalls) if recalls else None,
        unsupported_follow_ups=100 * mean([float(has_unsupported_follow_up(*pair)) for pair in pairs]),
        swapped_owners=100 * mean([float(has_swapped_owner(*pair)) for pair in pairs]),
        empty=100 * mean([float(not one.strip()) for one in summaries]),
        words=mean([float(len(one.split())) for one in summaries]),
    )


def rouge(summary: str, references: Sequence[str]) -> dict[str, float]:
    """F1 in percent, the mean over the references."""
    scores = [_SCORER.score(reference, summary) for reference in references]
    return {measure: 100 * mean([one[measure].fmeasure for one in scores]) for measure in MEASURES}


def paper_rouge(summaries: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float]:
    """F1 in percent as Gliwa et al. (2019) computed it: references pooled, the mean over conversations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it finds its own files by pkg_resources, which says that its days are counted
        from rouge import Rouge

    class OfWords(Rouge):  # type: ignore[misc]
        """Without the sentence splitter that NLTK would have to download: of sentences nothing is left to split."""

        tokenize_text = staticmethod(partial(word_tokenize, preserve_line=True))

    scorer = OfWords(
        metrics=["rouge-n", "rouge-l"], max_n=2, limit_length=False, apply_avg=True, alpha=0.5, weight_factor=1.2
    )
    scores = scorer.get_scores([_one_line(one) for one in summaries], [[*map(_one_line, of)] for of in references])
    return {name: 100 * scores[theirs]["f"] for name, theirs in zip(MEASURES, PAPER_MEASURES, strict=True)}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """Bootstrap confidence interval of the mean."""
    rng = random.Random(seed)
    means = sorted(mean(rng.choices(values, k=len(values))) for _ in range(NUM_SAMPLES))
    cut = int(NUM_SAMPLES * (1 - CONFIDENCE) / 2)
    return means[cut], means[-1 - cut]


def has_unsupported_number(summary: str, conversation: Conversation) -> bool:
    """States a number, amount, date, time or reference that is not in the conversation."""
    return bool(unsaid(summary, what_is_said(conversation)))


def has_unsupported_name(summary: str, conversation: Conversation) -> bool:
    """Writes a name that is not in the conversation; `Person1` is a label of ours."""
    known = what_is_said(conversation).stems
    return any(not name.startswith("Person") for name in unknown_names(summary, known))


def has_wrong_person(summary: str, conversation: Conversation) -> bool:
    """Has a sentence about one role of which every supporting turn is another's."""
    statements = tuple(Statement(Aspect.SUMMARY, one) for one in split_sentences(summary))
    claims = ground(Draft(statements), conversation, whole(conversation))
    said = clauses_said(conversation)
    return any(claim.evidence and not is_by_its_subject(claim, conversation, said=said) for claim in claims)


def mean(values: Sequence[float]) -> float:
    """0 of nothing."""
    return sum(values) / len(values) if values else 0.0
