"""What a clause denies: the first word that tells after its "not", in French what stands between "ne" and "pas".

"I will not charge the fee" denies the charging, a deed; "no fee" that the thing is there. "I don't get it" denies
nothing that could be compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from summarizer.clauses.lexicon import (
    AFTER_NE,
    BE,
    BEFORE_A_THING,
    MAY_STAND_BEHIND,
    NEGATORS,
    SPANISH,
    TRANSPARENT,
    tells,
)
from summarizer.roots import root


@dataclass(frozen=True, slots=True)
class Denial:
    """Roots of the deeds a clause denies and of the things it says are not there."""

    deeds: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()


def denial(spoken: list[str]) -> Denial | None:
    """What the words of a clause deny; None when they deny nothing."""
    found = list(_denials(spoken))
    if not found:
        return None
    return Denial(*(frozenset().union(*(getattr(one, kind) for one in found)) for kind in ("deeds", "things")))


def _denials(spoken: list[str]) -> Iterator[Denial]:
    if between := _around_verb(spoken):
        yield between
        return
    for index, one in enumerate(spoken):
        if one in MAY_STAND_BEHIND:
            yield _behind(spoken, index)
        elif one in NEGATORS or one.endswith("n't"):
            is_kind = one in BE or (index > 0 and spoken[index - 1] in BE)  # it was not a mistake
            is_kind = (is_kind and "there" not in spoken) or (one == "no" and not SPANISH.isdisjoint(spoken))
            is_thing = one in BEFORE_A_THING and spoken[index + 1 : index + 2] != ["longer"]
            yield _ahead(spoken[index + 1 :], is_thing=is_thing, is_kind=is_kind)


def _around_verb(spoken: list[str]) -> Denial | None:
    """Nous ne remplacerons pas l'appareil; personne n'appellera."""
    ne = next((index for index, one in enumerate(spoken) if one in ("ne", "n")), None)
    if ne is None:
        return None
    end = next((index for index, one in enumerate(spoken) if one in AFTER_NE), len(spoken))
    verbs = [one for one in spoken[ne:] if tells(one)] if end < ne else [one for one in spoken[ne:end] if tells(one)]
    if verbs:
        return Denial(deeds=frozenset({root(verbs[0])}))
    return _ahead(spoken[end + 1 :], is_thing=spoken[end : end + 1] in (["aucun"], ["aucune"]))


def _behind(spoken: list[str], index: int) -> Denial:
    """Je facture pas; ich berechne das nicht; ich werde nicht zahlen."""
    if spoken[index] == "pas" and index > 0 and tells(spoken[index - 1]):
        return Denial(deeds=frozenset({root(spoken[index - 1])}))
    ahead = _ahead(spoken[index + 1 :])
    return ahead if ahead != Denial() else Denial(deeds=frozenset(root(one) for one in spoken[:index] if tells(one)))


def _ahead(spoken: list[str], *, is_thing: bool = False, is_kind: bool = False) -> Denial:
    """The first word that tells, unless another verb comes first: I don't know, I don't get it."""
    for index, one in enumerate(spoken):
        if tells(one):
            found = frozenset({root(one)})
            return Denial(things=found) if is_thing and not is_kind else Denial(deeds=found)
        is_thing = is_thing or one in BEFORE_A_THING
        if one not in TRANSPARENT and one not in BEFORE_A_THING and spoken[index + 1 : index + 2] != ["to"]:
            break
    return Denial()
