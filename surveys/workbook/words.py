"""The fixed words of the workbook. Pure."""

from surveys.questionnaire import Text

START = Text("はじめに", "Start")
TERMS = Text("用語", "Glossary")
LISTS = "lists"

NUMBER = Text("問", "No.")
CONTENT = Text("内容", "Question")
ANSWER = Text("回答", "Answer")
SHEET = Text("シート", "Sheet")
TITLE = Text("項目", "Section")
DEPARTMENT = Text("主に答える課", "Division")
TERM = Text("用語", "Term")
MEANING = Text("説明", "Meaning")
SEVERAL = Text("複数回答", "several answers")
WHEN = Text("（「{label}」のとき）", "(if “{label}”)")
LONG = Text("500字までで書きます。", "At most 500 characters.")
WHOLE = Text("0から{maximum:,}までの整数を入れます。", "A whole number from 0 to {maximum:,}.")
KNOWN = Text(
    "件数を入れます。分からないときは「不明」を選びます。", "Enter the number, or choose “Unknown” if it is not known."
)
PICK = Text("一覧から選びます。", "Choose from the list.")
FIRST_HELP = Text(
    "色の付いたセルに答えます。灰色になったところは、答えなくてかまいません。",
    "Answer in the coloured cells. What turns grey need not be answered.",
)
STEPS = (
    Text(
        "番号の付いたシートの、色の付いたセルに答えます。選ぶところは、セルの右の▼から選びます。",
        "Answer in the coloured cells of the numbered sheets. Where there is a choice, use the ▼ beside the cell.",
    ),
    Text(
        "ほかの問の答えによって、答える必要のない問は灰色になります。空のままでかまいません。",
        "What need not be answered because of other answers turns grey and can stay empty.",
    ),
    Text(
        "途中まででもかまいません。保存して、受け取った画面から読み込むと、何が変わるかを確かめてから取り込めます。",
        "It need not be finished. Save it and upload it where you took it; you see what would change before it does.",
    ),
    Text(
        "行や列を加えたり、シートの名前を変えたりしないでください。数式ではなく、値を入れてください。",
        "Please add no lines or columns, keep the names of the sheets, and enter values rather than formulas.",
    ),
)
STEPS_TITLE = Text("書き方", "How to fill it in")
SHEETS_TITLE = Text("シートの一覧", "The sheets")
LEGEND = (
    Text("答えるセル", "answer here"),
    Text("自動で計算するセル", "computed"),
    Text("答えなくてよいところ", "need not be answered"),
)
