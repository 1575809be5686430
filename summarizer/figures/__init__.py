"""Figures of a text as values, written or spoken, in six languages: does a claim state what was said?

languages  which language a text is in, by its function words
digits     spoken numbers in digits: everything below reads only digits
numbers    1.234,50 and 1,234.50 as plain decimals
amounts    a value with its unit: money, percent, spans of time
dates, calendar_words              the day that is meant, and by when something is due
times      minutes since midnight
references order and case numbers, written or spelled
compare    all of them at once, and what of a claim nobody said
"""

from summarizer.figures.amounts import Amount, amounts
from summarizer.figures.compare import Figure, Figures, figures, figures_of_turns, is_reference, spelled, union
from summarizer.figures.dates import Dated, dates, due
from summarizer.figures.languages import language_of
from summarizer.figures.numbers import numbers
from summarizer.figures.references import references
from summarizer.figures.times import Time, times

__all__ = [
    "Amount",
    "Dated",
    "Figure",
    "Figures",
    "Time",
    "amounts",
    "dates",
    "due",
    "figures",
    "figures_of_turns",
    "is_reference",
    "language_of",
    "numbers",
    "references",
    "spelled",
    "times",
    "union",
]
