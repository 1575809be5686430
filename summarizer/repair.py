"""A draft of which a statement failed is written again from that statement on, in the words of the call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from summarizer.conversation import Conversation
from summarizer.copying import CopyOnly
from summarizer.errors import ModelFailure
from summarizer.evidence import quoted
from summarizer.generate import Completion, Generator, Prompt
from summarizer.lexicon import Lexicon
from summarizer.prompt import LABELS, parse, render_completion, speaker_labels
from summarizer.rewording import Rewording
from summarizer.summary import Claim, Draft, Statement
from summarizer.words import any_of

_ENDS = (".", "!", "?", "…", "。", "！", "？", '"', "”", ")")  # what lacks them was cut off
_NOT = any_of(r"""
not|no|never|none|nothing|nobody|without|cannot|\w+n['’]t|(?:do|does|did|is|was|has|had|have|could|would|ca|wo)nt
ne|n['’]\w+|pas|jamais|rien|aucune?|sans|nicht|kein\w*|nie|ohne|nunca|nada|sin|não|sem
""")


@dataclass(frozen=True, slots=True)
class Checked:
    """The statements of a draft and, for each, its claim if that may be kept."""

    statements: tuple[Statement, ...]
    claims: tuple[Claim | None, ...]
    num_repaired: int = 0  #: of the claims to be kept, written at the second attempt

    @property
    def kept(self) -> list[Claim]:
        """In their order."""
        return [claim for claim in self.claims if claim is not None]

    @property
    def num_failed(self) -> int:
        """Statements that may not be kept."""
        return self.claims.count(None)

    @property
    def failed(self) -> list[str]:
        """What they say."""
        return [one.text for one, claim in zip(self.statements, self.claims, strict=True) if claim is None]

    @property
    def begun(self) -> tuple[Statement, ...]:
        """The statements before the first that failed."""
        return self.statements[: self.claims.index(None)] if self.num_failed else self.statements


Check = Callable[[Draft], Checked]  # of what was written for one window


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model reads of one window, and the words that it may copy."""

    text: str
    lexicon: Lexicon

    def prompt(self) -> Prompt:
        """For a first draft."""
        return Prompt(self.text, accepts=CopyOnly(self.lexicon, labels=LABELS.values()).accepts)

    def prompt_again(self, draft: Checked) -> Prompt:
        """To go on after the statements before the first that failed, otherwise and with words of the call alone."""
        copying = CopyOnly(self.lexicon, labels=LABELS.values(), strict=True)
        rewording = Rewording(draft.failed, labels=LABELS.values())
        return Prompt(
            self.text,
            begun="".join(f"{render_completion(Draft((one,)))}\n" for one in draft.begun),
            accepts=lambda written, more: copying.accepts(written, more) and rewording.accepts(written, more),
        )


def read(text: str) -> Reading:
    """A prompt's text with its lexicon."""
    return Reading(text, Lexicon(text))


def repair(
    drafts: Sequence[Checked],
    readings: Sequence[Reading],
    *,
    conversation: Conversation,
    checks: Sequence[Check],
    generate: Generator,
) -> tuple[list[Checked], list[Completion]]:
    """Drafts of which more may be kept where that was possible, and what the model wrote for it; all are asked at once.

    Where nobody is known to be an agent nothing is: half of it would read badly. Nothing is written a third time, and
    when the model fails at this, or has no time left, the first drafts stand.
    """
    better = list(drafts)
    failing = [index for index, draft in enumerate(drafts) if draft.num_failed and conversation.agents]
    try:
        completions = generate([readings[index].prompt_again(drafts[index]) for index in failing]) if failing else []
    except ModelFailure:
        return better, []
    for index, completion in zip(failing, completions, strict=True):
        again = only_retold(checks[index](parse(completion.text)), conversation)
        better[index] = _better(drafts[index], again)
    return better, completions


def only_retold(draft: Checked, conversation: Conversation) -> Checked:
    """With no other claims than whole sentences that tell what one turn says, of its speaker.

    A second attempt is not what the model thought likeliest: of 83 such claims most of those were wrong that were made
    of several turns or told of somebody else.
    """
    labels = {one: label.casefold() for one, label in speaker_labels(conversation).items()}
    kept = (claim if claim and _is_retold(claim, conversation, labels=labels) else None for claim in draft.claims)
    return replace(draft, claims=tuple(kept))


def _is_retold(claim: Claim, conversation: Conversation, *, labels: dict[str, str]) -> bool:
    if len(claim.evidence) != 1 or not claim.text.endswith(_ENDS):
        return False
    (evidence,) = claim.evidence
    speaker = labels[conversation.turns[evidence.turn].participant]
    subject = claim.text.casefold().removeprefix("the ").split(" ", 1)[0]
    denies = bool(_NOT.search(claim.text)) and not _NOT.search(quoted(evidence, conversation))
    return (subject == speaker or subject not in labels.values()) and not denies


def _better(draft: Checked, again: Checked) -> Checked:
    """The draft with its end written again, if more may be kept so."""
    num_begun = len(draft.begun)
    repaired = Checked(
        statements=draft.begun + again.statements,
        claims=draft.claims[:num_begun] + again.claims,
        num_repaired=len(again.kept),
    )
    return repaired if len(repaired.kept) > len(draft.kept) else draft
