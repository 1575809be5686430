"""The whole story on one screen: one conversation in, one grounded summary out."""

import time
from dataclasses import replace
from functools import partial

from summarizer.content import why_none
from summarizer.conversation import Conversation
from summarizer.fallback import extract
from summarizer.generate import Completion, Generator
from summarizer.grounding import ground
from summarizer.headings import Headings
from summarizer.language import with_believed_language
from summarizer.legs import with_legs
from summarizer.naming import with_agents_named
from summarizer.prompt import fit, parse, render
from summarizer.redaction import reveals
from summarizer.repair import Checked, read, repair
from summarizer.roles import with_believed_roles, without_unknown_roles
from summarizer.scoring import score
from summarizer.sections import readers_words, sections
from summarizer.summary import Aspect, Claim, Draft, Summary, Usage, mean_score
from summarizer.template import Template
from summarizer.verify import Said, verified, what_is_said
from summarizer.waiting import without_waiting
from summarizer.window import Window, join

MIN_KEPT = 0.5  # share of a draft's statements that must survive, or the model cannot be trusted with this call


def summarize(conversation: Conversation, generate: Generator, template: Template | None = None) -> Summary:
    """A grounded summary, or an extractive one that says it is, or the reason why there is none.

    Raises ModelFailure when the model cannot write.
    """
    reason = why_none(conversation)
    if reason is not None:
        return Summary((), reason=reason)
    started = time.monotonic()
    template = template or Template()
    conversation = believed(conversation)
    cuts = fit(conversation, count_tokens=generate.count_tokens, max_prompt_tokens=generate.max_prompt_tokens)
    readings = [read(render(conversation, cut, notes_language=template.language)) for cut in cuts]
    said = what_is_said(conversation)
    checks = [partial(check, conversation=conversation, window=cut, said=said) for cut in cuts]
    completions = generate([reading.prompt() for reading in readings])
    drafts = [one(parse(completion.text)) for one, completion in zip(checks, completions, strict=True)]
    drafts, written_again = repair(drafts, readings, conversation=conversation, checks=checks, generate=generate)
    claims = _claims(drafts, conversation, cuts, said=said, template=template)
    usage = _usage([*completions, *written_again], drafts, seconds=time.monotonic() - started)
    return Summary(
        claims,
        usage=usage,
        sections=sections(claims, conversation, template),
        language=readers_words(template, conversation).language,
    )


def believed(conversation: Conversation) -> Conversation:
    """The same conversation with the legs, the roles and the language that what is said bears out."""
    return with_believed_language(with_believed_roles(without_waiting(with_legs(conversation))))


def check(draft: Draft, conversation: Conversation, window: Window, *, said: Said) -> Checked:
    """Which statements of one completion the window proves, and may be kept."""
    proved = (verified([claim], conversation, said=said) for claim in ground(draft, conversation, window))
    kept = ([claim for claim in claims if not reveals(claim.text, conversation)] for claims in proved)
    return Checked(draft.statements, tuple(next(iter(claims), None) for claims in kept))


def _claims(
    drafts: list[Checked], conversation: Conversation, cuts: list[Window], *, said: Said, template: Template
) -> tuple[Claim, ...]:
    """What may be kept, and quotations from windows of which too little may; from all when the score is too low."""
    ordered = said.ordered.turns if said.ordered else frozenset()
    words = readers_words(template, conversation)
    quotations = [partial(extract, conversation, cut, avoid=ordered, words=words) for cut in cuts]
    parts = [
        [_told(claim, conversation, words) for claim in draft.kept] if _is_enough(draft, ordered=ordered) else quote()
        for draft, quote in zip(drafts, quotations, strict=True)
    ]
    claims = join(parts)
    return claims if mean_score(claims) >= template.min_score else join([quote() for quote in quotations])


def _told(claim: Claim, conversation: Conversation, words: Headings) -> Claim:
    """A claim as a reader gets it: with its score, saying which agent, and no role that nobody is known to have."""
    scored = replace(claim, score=score(claim, conversation))
    named = with_agents_named(scored, conversation, words)
    return replace(named, text=without_unknown_roles(named.text, conversation))


def _is_enough(draft: Checked, *, ordered: frozenset[int]) -> bool:
    """Most of the draft may be kept, and tells why: with orders alone as evidence it tells nothing of the call."""
    kept = draft.kept
    return (
        len(kept) >= MIN_KEPT * len(draft.statements)
        and any(claim.aspect in (Aspect.REASON, Aspect.SUMMARY) for claim in kept)
        and any(part.turn not in ordered for claim in kept for part in claim.evidence)
    )


def _usage(completions: list[Completion], drafts: list[Checked], *, seconds: float) -> Usage:
    return Usage(
        seconds=seconds,
        prompt_tokens=sum(one.prompt_tokens for one in completions),
        completion_tokens=sum(one.completion_tokens for one in completions),
        num_windows=len(drafts),
        num_statements=sum(len(one.statements) for one in drafts),
        num_repaired=sum(one.num_repaired for one in drafts),
        num_dropped=sum(one.num_failed for one in drafts),
    )
