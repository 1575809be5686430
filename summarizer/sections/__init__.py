"""From checked sentences and the conversation to the parts of a summary that a tenant's template asks for.

    narrative   the sentences in two lengths, and the headline
    judged      resolution, satisfaction, wrap-up code: classes that are stated only where the call shows them
    listed      follow-ups with owner and date, the tenant's details

Every part is made from the stored sentences and the conversation alone: a new template can be shown on past
conversations without the model.
"""

from collections.abc import Callable, Sequence

from summarizer.conversation import Conversation
from summarizer.headings import Headings, headings
from summarizer.orders import without_orders
from summarizer.sections.judged import disposition, resolution, satisfaction
from summarizer.sections.listed import entities, follow_ups
from summarizer.sections.made import Made, Material
from summarizer.sections.narrative import actions, concise, detailed, headline, reason
from summarizer.summary import Claim, Section, SectionName
from summarizer.template import Template

_MAKERS: dict[SectionName, Callable[[Material], Made]] = {
    SectionName.HEADLINE: headline,
    SectionName.REASON: reason,
    SectionName.ACTIONS: actions,
    SectionName.RESOLUTION: resolution,
    SectionName.FOLLOW_UPS: follow_ups,
    SectionName.CONCISE: concise,
    SectionName.DETAILED: detailed,
    SectionName.SATISFACTION: satisfaction,
    SectionName.DISPOSITION: disposition,
    SectionName.ENTITIES: entities,
}


def readers_words(template: Template, conversation: Conversation) -> Headings:
    """Our words in the template's language, or else in the conversation's."""
    return headings(template.language or conversation.language)


def sections(claims: Sequence[Claim], conversation: Conversation, template: Template) -> tuple[Section, ...]:
    """The template's sections in its order; what the conversation does not say is said to be not stated."""
    words = readers_words(template, conversation)
    material = Material(tuple(claims), without_orders(conversation), template, words)
    made = {name: _MAKERS[name](material) for name in template.sections}
    return tuple(
        Section(
            name=name,
            heading=template.headings.get(name, words.sections[name]),
            text=one.text or words.not_stated,
            is_stated=bool(one.text),
            value=one.value,
            score=one.score,
            evidence=one.evidence,
            items=one.items,
        )
        for name, one in made.items()
    )
