"""Last year's questionnaire for another year: its year words move on. Pure.

A stored document has its year words filled in, so only exactly what `era.year_words` writes is recognised: the fiscal
years (令和２年度 in full width, FY2020) of the round, the one before and the one after, and the date of the round
(令和２年４月１日, 1 April 2020). A year written otherwise (令和2年度, 2020年) stays as it is.
"""

import re
from collections.abc import Callable

from surveys.era import year_words
from surveys.questionnaire import Document, map_texts

Mover = Callable[[str, str], str]  # a language and a text, to the text


def mover(year: int, to: int) -> Mover:
    """Moves the year words of the survey of a fiscal year to another one."""
    before, after = year_words(year), year_words(to)
    moved = {
        language: {word: after[language][name] for name, word in words.items()} for language, words in before.items()
    }
    patterns = {
        language: re.compile(rf"(?<!\d)(?:{'|'.join(map(re.escape, words))})(?!\d)")
        for language, words in moved.items()
    }
    return lambda language, text: patterns[language].sub(lambda found: moved[language][found[0]], text)


def for_year(document: Document, to: int) -> Document:
    """The document of a round as a start for the round of another year."""
    move = mover(document["questionnaire.toml"]["year"], to)
    found: Document = map_texts(document, move)
    found["questionnaire.toml"]["year"] = to
    return found
