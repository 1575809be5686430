"""The whole story on one screen: one conversation in, one grounded summary out."""

import time
from dataclasses import replace

from summarizer.content import why_none
from summarizer.conversation import Conversation
from summarizer.fallback import extract
from summarizer.generate import Completion, Generator
from summarizer.grounding import ground
from summarizer.prompt import fit, parse, render
from summarizer.redaction import reveals
from summarizer.roles import with_believed_roles, without_unknown_roles
from summarizer.summary import Aspect, Claim, Summary, Usage
from summarizer.verify import Said, verified, what_is_said
from summarizer.window import Window, join

MIN_KEPT = 0.5  # share of a draft's statements that must survive, or the model cannot be trusted with this call


def summarize(conversation: Conversation, generate: Generator) -> Summary:
    """A grounded summary, or an extractive one that says it is, or the reason why there is none.

    Raises ModelFailure when the model cannot write.
    """
    reason = why_none(conversation)
    if reason is not None:
        return Summary((), reason=reason)
    started = time.monotonic()
    conversation = with_believed_roles(conversation)
    cuts = fit(conversation, count_tokens=generate.count_tokens, max_prompt_tokens=generate.max_prompt_tokens)
    completions = generate([render(conversation, cut) for cut in cuts])
    said = what_is_said(conversation)
    parts = [
        check(completion.text, conversation, cut, said=said) for completion, cut in zip(completions, cuts, strict=True)
    ]
    return Summary(join(parts), usage=_usage(completions, seconds=time.monotonic() - started))


def check(completion: str, conversation: Conversation, window: Window, *, said: Said) -> list[Claim]:
    """What of one completion the window proves and may be kept; quotations instead when that is too little."""
    draft = parse(completion)
    ordered = said.ordered.turns if said.ordered else frozenset()
    proved = verified(ground(draft, conversation, window), conversation, said=said)
    kept = [claim for claim in proved if not reveals(claim.text)]
    is_enough = kept and len(kept) >= MIN_KEPT * len(draft.statements) and _says_why(kept, ordered=ordered)
    if not is_enough:
        return extract(conversation, window, avoid=ordered)
    return [replace(claim, text=without_unknown_roles(claim.text, conversation)) for claim in kept]


def _says_why(claims: list[Claim], *, ordered: frozenset[int]) -> bool:
    """Without a reason or a narrative, or with orders alone as evidence, what is left tells nothing of the call."""
    return any(claim.aspect in (Aspect.REASON, Aspect.SUMMARY) for claim in claims) and any(
        part.turn not in ordered for claim in claims for part in claim.evidence
    )


def _usage(completions: list[Completion], *, seconds: float) -> Usage:
    return Usage(
        seconds=seconds,
        prompt_tokens=sum(one.prompt_tokens for one in completions),
        completion_tokens=sum(one.completion_tokens for one in completions),
        num_windows=len(completions),
    )
