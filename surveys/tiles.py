"""Where the 47 prefectures stand on the tile map, and how a tile calls them. Pure."""

from typing import NamedTuple

from surveys.questionnaire import Text


class Place(NamedTuple):
    """A tile: its column (1 to 12) and row (1 to 13, where the second is a gap), its name, and one of two or three
    characters for where there is little room."""

    column: int
    row: int
    name: Text
    short: Text


SOFT_HYPHEN = "\u00ad"


def _place(column: int, row: int, ja: str, en: str, short_en: str, short_ja: str = "") -> Place:
    """A hyphen says where a long English name may be broken."""
    return Place(column, row, Text(ja, en.replace("-", SOFT_HYPHEN)), Text(short_ja or ja, short_en))


PLACES: dict[str, Place] = {
    "01": _place(12, 1, "北海道", "Hok-kaido", "HKD", "北海"),
    "02": _place(12, 3, "青森", "Aomori", "AOM"),
    "03": _place(12, 4, "岩手", "Iwate", "IWT"),
    "04": _place(12, 5, "宮城", "Miyagi", "MYG"),
    "05": _place(11, 4, "秋田", "Akita", "AKT"),
    "06": _place(11, 5, "山形", "Yama-gata", "YGT"),
    "07": _place(12, 6, "福島", "Fuku-shima", "FKS"),
    "08": _place(12, 8, "茨城", "Ibaraki", "IBR"),
    "09": _place(12, 7, "栃木", "Tochigi", "TCG"),
    "10": _place(11, 7, "群馬", "Gunma", "GNM"),
    "11": _place(11, 8, "埼玉", "Saitama", "SIT"),
    "12": _place(12, 9, "千葉", "Chiba", "CHB"),
    "13": _place(11, 9, "東京", "Tokyo", "TKY"),
    "14": _place(11, 10, "神奈川", "Kana-gawa", "KNG", "神奈"),
    "15": _place(11, 6, "新潟", "Niigata", "NGT"),
    "16": _place(10, 6, "富山", "Toyama", "TYM"),
    "17": _place(9, 6, "石川", "Ishi-kawa", "ISK"),
    "18": _place(8, 7, "福井", "Fukui", "FKI"),
    "19": _place(10, 8, "山梨", "Yama-nashi", "YMN"),
    "20": _place(10, 7, "長野", "Nagano", "NGN"),
    "21": _place(9, 7, "岐阜", "Gifu", "GIF"),
    "22": _place(10, 9, "静岡", "Shizu-oka", "SZO"),
    "23": _place(9, 8, "愛知", "Aichi", "AIC"),
    "24": _place(8, 9, "三重", "Mie", "MIE"),
    "25": _place(8, 8, "滋賀", "Shiga", "SIG"),
    "26": _place(7, 8, "京都", "Kyoto", "KYT"),
    "27": _place(6, 9, "大阪", "Osaka", "OSK"),
    "28": _place(6, 8, "兵庫", "Hyogo", "HYG"),
    "29": _place(7, 9, "奈良", "Nara", "NAR"),
    "30": _place(7, 10, "和歌山", "Waka-yama", "WKY", "和歌"),
    "31": _place(5, 8, "鳥取", "Tottori", "TTR"),
    "32": _place(4, 8, "島根", "Shi-mane", "SMN"),
    "33": _place(5, 9, "岡山", "Oka-yama", "OKY"),
    "34": _place(4, 9, "広島", "Hiro-shima", "HRS"),
    "35": _place(3, 9, "山口", "Yama-guchi", "YGC"),
    "36": _place(6, 12, "徳島", "Toku-shima", "TKS"),
    "37": _place(6, 11, "香川", "Kagawa", "KGW"),
    "38": _place(5, 11, "愛媛", "Ehime", "EHM"),
    "39": _place(5, 12, "高知", "Kochi", "KUC"),
    "40": _place(2, 10, "福岡", "Fuku-oka", "FKO"),
    "41": _place(1, 10, "佐賀", "Saga", "SAG"),
    "42": _place(1, 11, "長崎", "Naga-saki", "NSK"),
    "43": _place(2, 11, "熊本", "Kuma-moto", "KMM"),
    "44": _place(3, 10, "大分", "Oita", "OIT"),
    "45": _place(3, 11, "宮崎", "Miya-zaki", "MYZ"),
    "46": _place(2, 12, "鹿児島", "Kago-shima", "KGS", "鹿児"),
    "47": _place(1, 13, "沖縄", "Oki-nawa", "OKN"),
}
