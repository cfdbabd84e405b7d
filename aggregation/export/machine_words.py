"""The words of the workbook for machines: its columns and what they mean, its breakdowns and signs. Pure."""

from aggregation.groups import KIND, POPULATION_BAND
from aggregation.tables import NATIONAL
from surveys.questionnaire import PREFECTURE

MISSING = "***"  # no such number; the sign that e-Stat takes for it
NATION = ("00000", "全国")
ORIGIN, THIS_FILE = "データの種類", "この資料"
BREAKDOWNS = {
    NATIONAL: "全国",
    KIND: "団体の種類",
    PREFECTURE: "都道府県",
    POPULATION_BAND: "人口規模",
}
COLUMNS = {
    "表ID": "表を指すID。年度が変わっても、同じ問の表は同じIDです。表のシートの名前です。",
    "調査年度（西暦）": "調査の年度。",
    "調査年度（和暦）": "調査の年度を元号で書いたもの。",
    "行コード": "表の行を指すコード。選択肢、事務、手続などです。",
    "行の名称": "表の行の名前。",
    "列コード": "表の列を指すコード。列が1つの表にはありません。推移の表では西暦の年です。",
    "列の名称": "表の列の名前。",
    "区分コード": "団体をどう分けたか。national、kind、prefecture、population_bandのいずれかです。",
    "区分の名称": "区分の名前。",
    "群コード": "区分のなかの、団体のまとまりを指すコード。都道府県別では2桁の都道府県コードです。",
    "群の名称": "群の名前。都道府県別では、その都道府県のなかの市区町村です。",
    "標準地域コード": "5桁の標準地域コード。全国は00000です。",
    "地域の名称": "地域の名前。",
    "名簿の団体数": "基準日の名簿にある団体の数。",
    "回答団体数": "そのうち、回答を数えた団体の数。",
    "対象団体数": "そのうち、その問をたずねた団体の数。割合の分母です。",
    "団体数": "あてはまる団体の数。",
    "割合": "団体数の、対象団体数に対する百分率。小数第1位に四捨五入しています。",
    "値": "人数や件数。単位は隣の列にあります。",
    "データの種類": "合成データ、団体の回答、公表値、名簿のいずれか。合成データは、各団体の実際の回答ではありません。",
    "注": "数値についての注。",
    "団体コード": "検査数字を含む6桁の全国地方公共団体コード。",
    "都道府県コード": "2桁の都道府県コード。",
    "この資料": "この資料が何から作られているか。",
}
