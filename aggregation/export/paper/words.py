"""What the report on paper says by itself, in both languages; sentences about numbers come from elsewhere. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from surveys.era import era_date, era_year
from surveys.questionnaire import Text

Entries = Iterable[tuple[Text, Text]]
LABELS: Mapping[str, Text] = {
    "unprintable": Text(
        "〓は、この印刷の書体にない文字です。かっこの中に、その文字の番号（Unicode）を示します。",
        "〓 stands for a character that the font of this paper lacks; its number (Unicode) follows in brackets.",
    ),
    "contents": Text("目次", "Contents"),
    "listed": Text("図表一覧", "Tables and figures"),
    "notes": Text("注", "Note"),
    "small": Text(
        "5％未満の区分の数は、下の表にあります。", "Parts under 5% have no label; their numbers are in the table below."
    ),
}
REPORT = Text("地方自治情報管理概要", "Information Management in Local Government")
TITLE = Text("電子自治体の推進状況", "Progress of Digital Local Government")
MINISTRY = Text("総務省", "Ministry of Internal Affairs and Communications")
SYNTHETIC = Text("合成データ", "Synthetic data")
MADE_UP = Text(
    "この報告書の数値は、公表値を再現するために作った合成データから計算したものです。各団体の実際の回答ではありません。"
    "統計として引用しないでください。",
    "The numbers of this report were computed from synthetic data made to reproduce the published numbers. "
    "They are not the actual answers of any body; do not cite them as statistics.",
)
NOT_PUBLISHED = Text("公表前", "Not published yet")
YEAR = Text("{year}年度", "FY{year}")
FACTS: Mapping[str, Text] = {
    "reference": Text("調査の基準日", "Reference date"),
    "edition": Text("版", "Edition"),
    "published": Text("公表", "Published"),
    "run": Text("計算番号", "Run"),
    "counted": Text("数えた団体", "Bodies counted"),
    "data": Text("データの種類", "Kind of data"),
}
BODIES = Text("{count}団体", "{count} bodies")
REPORTED = Text("団体の回答", "Answers of the bodies")
CHAPTER = Text("第{number}節　{title}", "Chapter {number}: {title}")
NAME = Text("{name}{title}{year}", "{name}: {title}, {year}")
ABOUT = Text("{name}　{year}", "Digital local government, {year}")
STOP = Text("。", ". ")
INTRODUCTION = Text("はじめに", "Introduction")
OUTLINE = Text("３　本調査の概要", "3 This survey")
ASKED = Text(
    "この調査は、地方公共団体の行政情報化がどこまで進んでいるかを、都道府県{prefectures}団体と市区町村{municipalities}団体の"
    "すべてにたずね、{day}現在の状況としてまとめたものである。",
    "This survey asked all {prefectures} prefectures and {municipalities} municipalities how far they have come with "
    "information technology, as of {day}. ",
)
MISSING_NONE = Text("すべての団体から回答を得た。", "All of them responded.")
MISSING_SOME = Text(
    "回答は{responses}団体から得た（未回答{missing}団体）。", "{responses} of them responded ({missing} did not)."
)
PERIOD = Text("受付の期間は、{opened}から{closed}までである。", "Responses were taken from {opened} to {closed}.")
CHRONOLOGY = Text(
    "参考：電子自治体に関する近年の主要な取組み", "Reference: recent steps towards digital local government"
)
CHRONOLOGY_NOTE = Text(
    "月が書かれていないものは、その年の何月かを確かめられなかったものである。",
    "Where no month is given, it could not be ascertained.",
)
CHRONOLOGY_HEAD = (
    Text("年", "Year"),
    Text("総務省自治行政局における取組みなど", "Local Administration Bureau of the ministry"),
    Text("法律の施行及び政府全体の政策など", "Laws in force, and policies of the whole government"),
)
MONTH = Text("{month}　{text}", "{month}: {text}")
GLOSSARY = Text("凡例（用語の説明）", "Glossary")

ITEM = Text("区分", "Item")
COUNT = Text("団体数", "Bodies")
BASE = Text("対象団体数", "Bodies asked")
SHARE = Text("割合", "Share")
PRINTED = Text("公表値", "Published")
CHANGE = Text("差", "Change")
OF = Text("{side}（{base}団体中）", "{side} (of {base})")
SIDE_MISSING = Text("{side}{missing}団体", "{side} {missing}")
MISSING = Text("未回答：{sides}。", "No response: {sides}.")
COMMA = Text("、", ", ")
WITHHELD = Text(
    "{sides}：対象が{least}団体に満たない数値は、公表の決まりにより、載せていません。",
    "{sides}: numbers that stand on fewer than {least} bodies are left out, by the rules of publication.",
)
SOURCE = Text("公表値の出どころ：{report}の報告書　{places}", "Published values: report of {report}, {places}")
PAST = Text("過去の値の出どころ：{places}", "Past values: {places}")


def year(number: int, language: str) -> str:
    """A fiscal year: 令和2年度, FY2020."""
    return YEAR.in_language(language).format(year=number if language.startswith("en") else era_year(number))


def day(value: date, language: str) -> str:
    """令和2年4月1日（水）, 1 April 2020."""
    return f"{value.day} {value:%B %Y}" if language.startswith("en") else era_date(value)


def month(number: int, language: str) -> str:
    """4月, Apr."""
    return f"{date(2000, number, 1):%b}" if language.startswith("en") else f"{number}月"


def chapter(number: str, title: Text, language: str) -> str:
    """第１節　電子自治体の推進体制等, its number in full width as the report writes it."""
    number = number if language.startswith("en") else number.translate(_FULL_WIDTH)
    return CHAPTER.in_language(language).format(number=number, title=title.in_language(language))


_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
RULES_TITLE = Text("数え方", "How the numbers are made")
RULES: tuple[tuple[Text, Text], ...] = (
    (
        Text("数える回答", "Responses counted"),
        Text(
            "計算の時点で提出済か受理となっている回答を、最後に提出された内容で数えます。差し戻した回答は、もう一度提出されるまで"
            "数えません。重み付けや補完はしません（件数の推計の式は、その表の下にあります）。",
            "Responses that are submitted or accepted when the run is made, as they were last submitted. One that "
            "was sent back is not counted until it is submitted again. Nothing is weighted or imputed (the formula "
            "of estimated cases stands below their table).",
        ),
    ),
    (
        Text("対象団体数", "Bodies asked"),
        Text(
            "数えた団体のうち、その問をたずねた団体の数です。「いずれもない」や「不明」を選んだ団体も入ります。"
            "名簿の団体数から数えた団体数を引いた数が未回答、数えた団体数から対象団体数を引いた数が設問の対象外です。",
            "The bodies counted that were asked the question, those included that chose “none” or “unknown”. Bodies "
            "in the register less those counted gave no response; those counted less those asked were not asked.",
        ),
    ),
    (
        Text("割合", "Share"),
        Text(
            "団体数×100÷対象団体数を、小数第2位で一度だけ四捨五入します。まるめた値からは計算しません。"
            "対象団体数が0のときは値がなく、空欄にします。",
            "Bodies × 100 ÷ bodies asked, rounded half up once to one place, never from rounded parts. With no body "
            "asked there is no value, and the cell is empty.",
        ),
    ),
    (
        Text("複数回答", "Several answers"),
        Text(
            "選択肢ごとに団体を数えます。一つの団体がいくつも選べるので、割合を足すと100％を超えることがあります。",
            "Bodies are counted for each option. As a body may choose several, shares may add up to more than 100%.",
        ),
    ),
    (
        Text("空欄と0", "Empty and 0"),
        Text(
            "空欄は、値がないことを示します。0は、数えた結果が0であることを示します。",
            "An empty cell means that there is no value; 0 is a number.",
        ),
    ),
    (
        Text("公表値と差", "Published values and change"),
        Text(
            "公表値は、並べた年度の報告書に印刷された数値です。差は、この報告書の数値から公表値を引いたもので、割合についてはポイントです。"
            "印刷された割合がその団体数と合わないときは、団体数から計算し直した割合と比べます。",
            "Published values are those printed in the report of the year named. The change is this report’s number "
            "less the published one, in points for shares. Where a printed share contradicts its own count, the "
            "change is reckoned from the count.",
        ),
    ),
    (
        Text("公表する範囲", "What is published"),
        Text(
            "個別の回答を公表していない問は、対象が10団体以上の全国と団体の種類別の数値だけを公表します。"
            "引き算で小さな集まりが分かる数値も、載せません。",
            "Of a question whose individual answers are not public, only numbers for the nation and by kind of body "
            "that stand on 10 bodies or more are published, and none from which a smaller group could be "
            "subtracted.",
        ),
    ),
    (
        Text("版と訂正", "Editions and corrections"),
        Text(
            "公表した数値は、あとから動きません。訂正は、新しい版（r2、r3…）と正誤表で公表します。"
            "計算番号は、この数値を作った計算を指します。",
            "Published numbers never change by themselves. A correction is published as a new edition (r2, r3 …) "
            "with its errata. The run names the computation that made these numbers.",
        ),
    ),
)
