"""Every message about an uploaded definition: what is wrong and how to mend it. Pure.

Those about the file as a whole are `surveys.workbook.faults`.
"""

from surveys.definition_book.columns import Column
from surveys.questionnaire import Text

NO_FILE = Text("ファイルが選ばれていません。直した調査票を選んでください。", "No file is chosen yet; choose one.")
NOT_OURS = Text(
    "調査票のファイルではありません。この画面から受け取った調査票を直して、選んでください。",
    "This is not the definition of a survey. Take it from this page, change it and choose it.",
)
SHEET_MISSING = Text(
    "このシートがありません。名前を元に戻すか、調査票をもう一度受け取って写してください。",
    "This sheet is missing. Give it its name back, or take the definition again and copy your changes into it.",
)
TWO_TITLES = Text("この行は余分です。調査の年度と名前は1行だけです。", "This line is one too many.")
GATE_TWICE = Text(
    "この問の条件は、上の行にもあります。1つの問に条件は1行だけです。",
    "This question already has a line above; a question has one.",
)
BRACES = Text(
    "「{」は使えません。年度は「令和３年度」のように、そのまま書いてください。",
    "“{” cannot be used. Write the year itself.",
)
NOT_IN_COLUMN = Text(
    "列の中の選択肢には書けません。空にしてください。", "A choice inside a column has none of this. Please empty it."
)


def column_missing(column: Column) -> Text:
    return Text(
        f"「{column.heading.ja}」の列がありません。見出しを元に戻してください。",
        f"The column “{column.heading.en}” is missing. Please give it its heading back.",
    )


def unknown_column(heading: str) -> Text:
    return Text(
        f"「{heading}」という列はありません。この列を消すか、見出しを元に戻してください。",
        f"There is no column “{heading}”. Please delete it, or give it its heading back.",
    )


def empty(column: Column) -> Text:
    return Text(
        f"「{column.heading.ja}」が空です。入れてください。", f"“{column.heading.en}” is empty; please fill it in."
    )


def no_word(column: Column, value: str) -> Text:
    return Text(
        f"{column.heading.ja}「{value}」はありません。{'、'.join(column.words)}から選んでください。",
        f"“{value}” is no word for “{column.heading.en}”; please pick one of {', '.join(column.words)}.",
    )


def no_code(value: str) -> Text:
    return Text(
        f"「{value}」は使えません。半角の英小文字、数字、「_」「-」だけで、英小文字か数字から始めてください。",
        f"“{value}” cannot be used: only a-z, 0-9, _ and -, beginning with a letter or a digit.",
    )


def no_number(value: str) -> Text:
    return Text(f"「{value}」は数字ではありません。整数を入れてください。", f"“{value}” is not a whole number.")


def not_there(sheet: str, value: str, lines: int) -> Text:
    return Text(
        f"「{value}」がシート「{sheet}」にありません。IDを直すか、このシートの「{value}」の行（{lines}行）を消してください。",
        f"There is no “{value}” on the sheet {sheet}. Correct the id, or delete its lines here ({lines}).",
    )


def file_twice(value: str) -> Text:
    return Text(f"並び「{value}」は、上の行にもあります。別の名前にしてください。", f"“{value}” is there twice.")


def reserved(value: str) -> Text:
    return Text(f"並び「{value}」は使えません。別の名前にしてください。", f"“{value}” cannot be used as a name here.")


def other_year(given: int, wanted: int) -> Text:
    return Text(
        f"{given}年度の調査票です。この調査は{wanted}年度です。年度を直すか、{wanted}年度の調査票を選んでください。",
        f"This is the definition of {given}; this survey is that of {wanted}.",
    )
