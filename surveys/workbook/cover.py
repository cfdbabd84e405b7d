"""The first sheet of the workbook and the glossary. Pure."""

from collections.abc import Iterable

from xlsxwriter.worksheet import Worksheet

from surveys.questionnaire import Questionnaire
from surveys.workbook import words
from surveys.workbook.book import Book
from surveys.workbook.layout import NUMBER, TITLE_LINE, Sheet

TEXT_WIDTH, DEPARTMENT_WIDTH, MEANING_WIDTH = 70, 44, 100


def cover(book: Book, sheets: list[Sheet], title: str, facts: Iterable[tuple[str, str]], strip: str) -> None:
    """Whose questionnaire this is, how to fill it in, and where what is."""
    page = book.page(book.say(words.START), (3, 16, TEXT_WIDTH, DEPARTMENT_WIDTH), 1)
    page.set_portrait()
    page.fit_to_pages(1, 1)
    page.write_string(0, 1, title, book.look("title"))
    at = 1
    if strip:
        for column in (1, 2, 3):
            page.write_string(at, column, strip if column == 1 else "", book.look("strip"))
        at += 1
    for name, value in facts:
        at += 1
        page.write_string(at, 1, name, book.look("line small"))
        page.write_string(at, 2, value, book.look("line wrap"))
        book.fit(page, at, (value, TEXT_WIDTH))
    at = _steps(book, page, at + 2)
    _sheets(book, page, sheets, at + 2)


def _steps(book: Book, page: Worksheet, at: int) -> int:
    """How to fill it in, and what the colours say; returns the last line used."""
    page.write_string(at, 1, book.say(words.STEPS_TITLE), book.look("heading"))
    for number, step in enumerate(words.STEPS, 1):
        page.write_string(at + number, 1, f"{number}", book.look("line"))
        page.write_string(at + number, 2, book.say(step), book.look("line wrap"))
        book.fit(page, at + number, (book.say(step), TEXT_WIDTH))
    at += len(words.STEPS) + 2
    for place, (text, look) in enumerate(zip(words.LEGEND, ("text", "computed", "aside"), strict=True)):
        page.write_blank(at + place, 1, None, book.look(look))
        page.write_string(at + place, 2, book.say(text), book.look("small"))
    return at + len(words.LEGEND)


def _sheets(book: Book, page: Worksheet, sheets: list[Sheet], at: int) -> None:
    page.write_string(at, 1, book.say(words.SHEETS_TITLE), book.look("heading"))
    for column, text in enumerate((words.SHEET, words.TITLE, words.DEPARTMENT), 1):
        page.write_string(at + 1, column, book.say(text), book.look("head"))
    for line, sheet in enumerate(sheets, at + 2):
        page.write_url(line, 1, f"internal:'{sheet.name}'!B1", book.look("line link"), sheet.name)
        page.write_string(line, 2, book.say(sheet.section.title), book.look("line wrap"))
        page.write_string(line, 3, book.say(sheet.section.department), book.look("line wrap"))
        texts = (sheet.section.title, TEXT_WIDTH), (sheet.section.department, DEPARTMENT_WIDTH)
        book.fit(page, line, *((book.say(text), width) for text, width in texts))


def glossary(book: Book, questionnaire: Questionnaire) -> None:
    """The terms of the questionnaire."""
    page = book.page(book.say(words.TERMS), (3, 30, MEANING_WIDTH), 3)
    page.write_string(f"{NUMBER}{TITLE_LINE}", book.say(words.TERMS), book.look("title"))
    for column, text in enumerate((words.TERM, words.MEANING), 1):
        page.write_string(2, column, book.say(text), book.look("head"))
    for at, term in enumerate(questionnaire.terms, 3):
        page.write_string(at, 1, book.say(term.term), book.look("line bold wrap"))
        page.write_string(at, 2, book.say(term.definition), book.look("line wrap"))
        book.fit(page, at, (book.say(term.term), 30), (book.say(term.definition), MEANING_WIDTH))
