"""Where the 47 prefectures stand on the tile map, and how a tile calls them. Pure."""

from typing import NamedTuple

from surveys.questionnaire import Text


class Place(NamedTuple):
    """A tile: its column (1 to 12) and row (1 to 13, where the second is a gap), its name, and a name of two or three
    characters where there is little room."""

    column: int
    row: int
    name: Text
    short: Text


def _place(column: int, row: int, ja: str, en: str, short: str = "") -> Place:
    return Place(column, row, Text(ja, en), Text(short or ja, en[:4]))


PLACES: dict[str, Place] = {
    "01": _place(12, 1, "北海道", "Hokkaido", "北海"),
    "02": _place(12, 3, "青森", "Aomori"),
    "03": _place(12, 4, "岩手", "Iwate"),
    "04": _place(12, 5, "宮城", "Miyagi"),
    "05": _place(11, 4, "秋田", "Akita"),
    "06": _place(11, 5, "山形", "Yamagata"),
    "07": _place(12, 6, "福島", "Fukushima"),
    "08": _place(12, 8, "茨城", "Ibaraki"),
    "09": _place(12, 7, "栃木", "Tochigi"),
    "10": _place(11, 7, "群馬", "Gunma"),
    "11": _place(11, 8, "埼玉", "Saitama"),
    "12": _place(12, 9, "千葉", "Chiba"),
    "13": _place(11, 9, "東京", "Tokyo"),
    "14": _place(11, 10, "神奈川", "Kanagawa", "神奈"),
    "15": _place(11, 6, "新潟", "Niigata"),
    "16": _place(10, 6, "富山", "Toyama"),
    "17": _place(9, 6, "石川", "Ishikawa"),
    "18": _place(8, 7, "福井", "Fukui"),
    "19": _place(10, 8, "山梨", "Yamanashi"),
    "20": _place(10, 7, "長野", "Nagano"),
    "21": _place(9, 7, "岐阜", "Gifu"),
    "22": _place(10, 9, "静岡", "Shizuoka"),
    "23": _place(9, 8, "愛知", "Aichi"),
    "24": _place(8, 9, "三重", "Mie"),
    "25": _place(8, 8, "滋賀", "Shiga"),
    "26": _place(7, 8, "京都", "Kyoto"),
    "27": _place(6, 9, "大阪", "Osaka"),
    "28": _place(6, 8, "兵庫", "Hyogo"),
    "29": _place(7, 9, "奈良", "Nara"),
    "30": _place(7, 10, "和歌山", "Wakayama", "和歌"),
    "31": _place(5, 8, "鳥取", "Tottori"),
    "32": _place(4, 8, "島根", "Shimane"),
    "33": _place(5, 9, "岡山", "Okayama"),
    "34": _place(4, 9, "広島", "Hiroshima"),
    "35": _place(3, 9, "山口", "Yamaguchi"),
    "36": _place(6, 12, "徳島", "Tokushima"),
    "37": _place(6, 11, "香川", "Kagawa"),
    "38": _place(5, 11, "愛媛", "Ehime"),
    "39": _place(5, 12, "高知", "Kochi"),
    "40": _place(2, 10, "福岡", "Fukuoka"),
    "41": _place(1, 10, "佐賀", "Saga"),
    "42": _place(1, 11, "長崎", "Nagasaki"),
    "43": _place(2, 11, "熊本", "Kumamoto"),
    "44": _place(3, 10, "大分", "Oita"),
    "45": _place(3, 11, "宮崎", "Miyazaki"),
    "46": _place(2, 12, "鹿児島", "Kagoshima", "鹿児"),
    "47": _place(1, 13, "沖縄", "Okinawa"),
}
