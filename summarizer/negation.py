"""Does a claim deny what the call affirms, or affirm what it denies?

What is compared is one deed of one clause, not the sentence: "the card does not work" is true where somebody says so.
Of what will or must be done the last word of the call decides, and of all else a correction ("actually, ..."), since
people change their minds; of what is or was, one clause that agrees is enough.
"""

from summarizer.clauses.call import ByRoot
from summarizer.clauses.clause import Clause, Time, clauses


def contradicts(text: str, said: ByRoot) -> bool:
    """Some clause of the claim says the opposite of what the call says of the same deed and matter."""
    return any(
        _is_turned(deed, clause, said.get(deed, []))
        for clause in clauses(text)
        if clause.is_sure
        for deed in clause.affirmed | clause.denied
    )


def _is_turned(deed: str, told: Clause, known: list[Clause]) -> bool:
    comparable = [one for one in known if _is_comparable(told, one) and _speaks_of(deed, one, time=told.time)]
    close = [one for one in comparable if _is_near(deed, told, one)]
    if told.time is Time.NEXT and not close:
        close = [one for one in comparable if (one.affirmed | one.denied | one.missing) == {deed}]  # so, no fee
    verdicts = [(deed in one.affirmed) is (deed in told.affirmed) for one in close]
    if close and (told.time is Time.NEXT or close[-1].is_correction):
        return not verdicts[-1]
    return bool(verdicts) and not any(verdicts)


def _is_comparable(told: Clause, said: Clause) -> bool:
    """Sure, and of the same time and doer, as far as both are known."""
    is_same_time = told.time is said.time or Time.OPEN in (told.time, said.time)
    return said.is_sure and is_same_time and (told.subject is None or said.subject in (None, told.subject))


def _speaks_of(deed: str, said: Clause, *, time: Time) -> bool:
    """That a thing is not there counts against what will be: no fee; but a problem may be there and then not."""
    return deed in said.affirmed | said.denied or (time is Time.NEXT and deed in said.missing)


def _is_near(deed: str, told: Clause, said: Clause) -> bool:
    """At least half of what the shorter of the two names beside the deed."""
    shared = told.matter & said.matter - {deed}
    return bool(shared) and 2 * len(shared) >= min(len(told.matter), len(said.matter)) - 1
