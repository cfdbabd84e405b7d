"""The texts of the sheet that explains the workbook. Pure."""

from surveys.questionnaire import Text

NAME = "使い方"
TITLE = Text("調査票の定義の直し方", "How to change the definition of the survey")
STEPS = (
    Text(
        "シートごとに、1行が1つのもの（項目、問、選択肢など）です。行を加え、直し、消して、保存します。",
        "On each sheet a line is one thing (a section, a question, an option). Add, change and delete lines, and save.",
    ),
    Text(
        "受け取った画面から読み込むと、直すところがシートとセルの名前で示され、何が変わるかを確かめてから取り込めます。",
        "Upload it where you took it: faults are named by sheet and cell, and you see first what would change.",
    ),
    Text(
        "IDとコードは、年度をこえて回答をつなぐ名前です。同じ意味のあいだは変えず、意味が変わったら新しいIDにします。",
        "Ids and codes join the answers of the years. Keep them while the meaning stays; a new meaning gets a new id.",
    ),
    Text(
        "新しいIDとコードは、半角の英小文字、数字、「_」「-」で書きます。いくつも書くセルでは「,」で区切ります。",
        "New ids and codes: a-z, 0-9, _ and -. Where a cell holds several, put commas between them.",
    ),
    Text(
        "日本語（日）と英語（英）は、どちらも書きます。シートの名前と1行目の見出しは変えないでください。",
        "Write both Japanese and English. Please keep the names of the sheets and the headings in the first line.",
    ),
)
SHEETS = Text("シート", "Sheets")
WORDS = Text("一覧から選ぶ言葉", "Words to choose from")
MEANINGS: dict[str, Text] = {
    "single-choice": Text("1つだけ選ぶ", "one option"),
    "multiple-choice": Text("当てはまるものを全て選ぶ", "all options that apply"),
    "matrix": Text("表。行ごとに列を1つ選ぶ", "a table: one column in each row"),
    "tick-matrix": Text("表。当てはまる行に印を付ける", "a table: rows that apply are ticked"),
    "matrix-integer": Text("表。行ごとに数を入れる", "a table: a number in each row"),
    "procedures": Text(
        "表。手続ごとに有無、オンライン、件数を答える", "a table: whether a procedure exists, is online, and its cases"
    ),
    "both": Text("都道府県と市区町村", "prefectures and municipalities"),
    "prefecture": Text("都道府県だけ", "prefectures only"),
    "municipality": Text("市区町村だけ", "municipalities only"),
    "is_one_of": Text("元の問で、答えのどれかを選んだ", "one of the answers was chosen"),
    "any_row_is": Text("元の表で、1行でも答えのどれかを選んだ", "one of the answers was chosen in any row"),
    "any_option_except": Text("元の問で、答え以外を1つでも選んだ", "anything but the answers was chosen"),
    "at_most": Text("左が右以下", "left is at most right"),
    "equal": Text("左と右が同じ", "left equals right"),
    "tenfold": Text("前回の10倍以上か10分の1以下", "ten times the last number or more, a tenth or less"),
    "outside_peers": Text("同じ種類の団体の幅から大きく外れる", "far outside the range of its peers"),
    "gone": Text("前回の答えがなくなった", "an answer of last time is gone"),
    "unplanned": Text("予定していたのに、予定がなくなった", "what was planned is no longer planned"),
    "implies": Text("2つの答えが合わない", "two answers do not go together"),
    "report-2020": Text("令和２年度の報告書", "the report of 2020"),
    "report-other-year": Text("ほかの年度の報告書", "a report of another year"),
    "web-page": Text("ウェブページ", "a web page"),
    "domain-knowledge": Text("一般の知識による案", "a proposal from general knowledge"),
    "ministry": Text("総務省が決めたもの", "decided by the ministry"),
    "yes": Text("はい", "yes"),
    "no": Text("いいえ", "no"),
}
