"""Sections that are lists: who still has to do what, and the details that a tenant wants of every contact."""

from summarizer.entities import entities as wanted_entities
from summarizer.evidence import quoted
from summarizer.figures import due
from summarizer.follow_ups import FollowUp
from summarizer.follow_ups import follow_ups as owed
from summarizer.sections.made import Made, Material, in_order, told
from summarizer.summary import Aspect, Item


def follow_ups(material: Material) -> Made:
    """What is still to be done, by whom and by when; without any that the rules find, the summary's own sentences."""
    items = tuple(_item(one, material) for one in owed(material.conversation))
    if not items:
        return told([claim for claim in material.claims if claim.aspect is Aspect.FOLLOW_UPS])
    return Made(
        text=" ".join(_line(item, material) for item in items),
        evidence=in_order(part for item in items for part in item.evidence),
        items=items,
    )


def entities(material: Material) -> Made:
    """Each detail as it was said, or not at all."""
    found = wanted_entities(material.conversation, material.template.entities)
    items = tuple(Item(one.name, one.value, evidence=() if one.evidence is None else (one.evidence,)) for one in found)
    labels = {one.name: one.label for one in material.template.entities}
    said = [f"{labels[item.name]}: {item.text}" for item in items if item.text is not None]
    return Made(text="; ".join(said), evidence=in_order(part for item in items for part in item.evidence), items=items)


def _item(one: FollowUp, material: Material) -> Item:
    """The day is read from the whole sentence, which may name it before the deed."""
    conversation = material.conversation
    day = None
    if conversation.started_at is not None:
        words = quoted(one.evidence, conversation)
        day = due(words, language=conversation.language, said_on=conversation.started_at.date())
    return Item(one.owner, one.action, due=day, evidence=(one.evidence,))


def _line(item: Item, material: Material) -> str:
    owner = material.words.owner(item.name)
    day = "" if item.due is None else f" ({material.words.due(item.due)})"
    return f"{owner}: {item.text}{day}."
