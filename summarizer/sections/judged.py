"""Classes and codes: stated only where the conversation shows them, with how likely they are right."""

from summarizer.disposition import choose
from summarizer.outcome import outcome
from summarizer.satisfaction import satisfaction as felt
from summarizer.sections.made import Made, Material, in_order, told
from summarizer.summary import Aspect, Item


def resolution(material: Material) -> Made:
    """How it ended: a class where the call shows one, and what the summary says of it."""
    said = told([claim for claim in material.claims if claim.aspect is Aspect.RESOLUTION])
    judged = outcome(material.conversation)
    if judged.outcome is None:
        return said
    return Made(
        text=said.text or material.words.outcomes[judged.outcome],
        value=judged.outcome,
        score=judged.confidence,
        evidence=in_order([*said.evidence, *judged.evidence]),
    )


def satisfaction(material: Material) -> Made:
    """How the customer felt at the end, where they say so."""
    found = felt(material.conversation)
    if found is None:
        return Made()
    return Made(text=material.words.moods[found.feeling], value=found.feeling, evidence=(found.evidence,))


def disposition(material: Material) -> Made:
    """A wrap-up code of the tenant's list, or the likeliest three when none is likely enough."""
    template = material.template
    if not template.codes:
        return Made()
    choice = choose(material.conversation, template.codes, threshold=template.code_threshold)
    labels = {one.code: one.label for one in template.codes}
    items = tuple(Item(one.code, labels[one.code], score=one.confidence) for one in choice.candidates)
    if choice.chosen is None:
        return Made(items=items)
    return Made(text=labels[choice.chosen.code], value=choice.chosen.code, score=choice.chosen.confidence, items=items)
