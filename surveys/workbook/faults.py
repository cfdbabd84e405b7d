"""Every message about a file that somebody uploads: what is wrong, where, and how to mend it. Pure."""

from dataclasses import dataclass

from surveys.questionnaire import Text


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the sheet and cell where it is; both empty for the file as a whole."""

    message: Text
    sheet: str = ""
    cell: str = ""

    def in_language(self, language: str) -> str:
        """シート「10」のE9：…"""
        message = self.message.in_language(language)
        if not self.sheet:
            return message
        if language.startswith("en"):
            return f"Sheet {self.sheet}{f', {self.cell}' if self.cell else ''}: {message}"
        return f"シート「{self.sheet}」{f'の{self.cell}' if self.cell else ''}：{message}"


class Refused(ValueError):
    """A file that is refused whole; `faults` says why."""

    def __init__(self, *faults: Fault | Text) -> None:
        self.faults = [fault if isinstance(fault, Fault) else Fault(fault) for fault in faults]
        super().__init__("\n".join(str(fault.message) for fault in self.faults))


def _instead(ja: str, en: str) -> Text:
    """A file of another sort."""
    return Text(
        f"{ja}この画面から受け取ったExcelブック（.xlsx）を選んでください。",
        f"{en} Please choose the Excel workbook (.xlsx) that you took from this page.",
    )


def _again(ja: str, en: str) -> Text:
    """A file that cannot be relied on."""
    return Text(
        f"{ja}この画面から調査票をもう一度受け取り、回答を写してから読み込んでください。",
        f"{en} Please take the questionnaire from this page again, copy your answers into it and upload that.",
    )


# The file as a whole
NO_FILE = Text("ファイルが選ばれていません。記入した調査票を選んでください。", "No file is chosen yet; choose one.")
EMPTY = Text(
    "ファイルの中身が空です。Excelで開けるかを確かめ、保存し直してから選んでください。",
    "The file is empty. See whether Excel opens it, save it again and choose it.",
)
TOO_LARGE = Text(
    "ファイルが大きすぎます（5MBまで）。画像や余分なシートを除いて保存し直してください。",
    "The file is too large (5 MB at most). Take out pictures and extra sheets and save it again.",
)
UNKNOWN_FILE = _instead("Excelのファイルではありません。", "This is not an Excel file.")
PASSWORD = Text(
    "パスワードで保護されているため、開けません。Excelでパスワードを外し、保存し直してから読み込んでください。",
    "The file is protected with a password. Take the password off in Excel, save it and upload it again.",
)
XLS = Text(
    "古い形式のExcelファイル（.xls）です。Excelで開き、「Excelブック（.xlsx）」の形式で保存し直してください。",
    "This is an old Excel file (.xls). Open it in Excel and save it as an Excel workbook (.xlsx).",
)
DOC = _instead("古い形式のWordの文書（.doc）です。", "This is an old Word document (.doc).")
PPT = _instead("古い形式のPowerPointの資料（.ppt）です。", "This is an old PowerPoint file (.ppt).")
OLD_OFFICE = _instead("古い形式のOfficeのファイルです。", "This is an old Office file.")
PDF = _instead("PDFです。回答を読み取れません。", "This is a PDF, from which answers cannot be read.")
IMAGE = _instead("画像です。回答を読み取れません。", "This is a picture, from which answers cannot be read.")
RTF = _instead("リッチテキスト（.rtf）です。", "This is a rich text document (.rtf).")
HTML = _instead("ウェブページとして保存されたファイルです。", "This was saved as a web page.")
XML = _instead("XMLのファイルです。", "This is an XML file.")
CSV = Text(
    "CSVなどのテキストファイルです。受け取ったExcelブック（.xlsx）に記入し、その形式のまま保存してください。",
    "This is a text file such as CSV. Fill in the Excel workbook (.xlsx) you took and save it in that format.",
)
ARCHIVE = Text(
    "圧縮されたファイルです。中のExcelブックを取り出してから選んでください。",
    "This is a compressed archive. Unpack it and choose the Excel workbook inside.",
)
TRUNCATED = Text(
    "ファイルが途中で切れています。送り直してもらうか、Excelで開いて保存し直してください。",
    "The file is cut off. Have it sent again, or open it in Excel and save it again.",
)
DAMAGED = Text(
    "ファイルが壊れていて読めません。Excelで開いて保存し直すか、調査票をもう一度受け取ってください。",
    "The file is damaged. Open it in Excel and save it again, or take the questionnaire again.",
)
TOO_MANY_PARTS = _again("ファイルの中の部品が多すぎます。", "The file has too many parts.")
ZIP_PASSWORD = Text(
    "圧縮にパスワードが掛かっています。パスワードを外して取り出したExcelブックを選んでください。",
    "The archive has a password. Unpack it and choose the Excel workbook inside.",
)
BOMB = _again(
    "開くと極端に大きくなるファイルのため、開いていません。", "The file would grow far too large when opened."
)
TOO_MANY_CELLS = Text(
    "セルが多すぎます。列や行の全体に付けた書式や、余分なシートを除いて保存し直してください。",
    "There are too many cells. Take out formats of whole rows or columns and extra sheets, and save it again.",
)
ENTITIES = _again(
    "使えない書き方（XMLの実体宣言）が含まれています。", "The file has XML entities, which are not taken."
)
ODS = Text(
    "OpenDocument形式（.ods）です。「Excel（.xlsx）」の形式で保存し直してください。",
    "This is an OpenDocument file (.ods). Save it as Excel (.xlsx).",
)
DOCX = _instead("Wordの文書（.docx）です。", "This is a Word document (.docx).")
PPTX = _instead("PowerPointの資料（.pptx）です。", "This is a PowerPoint file (.pptx).")
NUMBERS = Text(
    "Numbersのファイルです。Numbersの「書き出す」でExcel（.xlsx）にしてから選んでください。",
    "This is a Numbers file. Export it to Excel (.xlsx) in Numbers and choose that.",
)
XLSB = Text(
    "バイナリ形式のExcelファイル（.xlsb）です。「Excelブック（.xlsx）」の形式で保存し直してください。",
    "This is a binary Excel file (.xlsb). Save it as an Excel workbook (.xlsx).",
)
MACRO = Text(
    "マクロが含まれています。「Excelブック（.xlsx）」の形式で保存し直すと、マクロが外れます。",
    "The file contains macros. Save it as an Excel workbook (.xlsx), which takes them out.",
)
EXTERNAL = Text(
    "ほかのファイルへのリンクが含まれています。Excelの「データ」の「リンクの編集」で解除してください。",
    "The file has links to other files. Break them in Excel under Data, Edit Links.",
)
EMBEDDED = Text(
    "ほかのファイルや部品が埋め込まれています。取り除いて保存し直してください。",
    "Other files or controls are embedded. Take them out and save it again.",
)
ZIPPED = Text(
    "ExcelブックがZIPにまとめられています。取り出してから、Excelブックを選んでください。",
    "The Excel workbook is inside a ZIP. Take it out and choose it.",
)
NO_WORKBOOK = _instead("ZIPのファイルですが、Excelブックではありません。", "This ZIP is not an Excel workbook.")
STRICT = Text(
    "「Strict Open XML」の形式です。ふつうの「Excelブック（.xlsx）」の形式で保存し直してください。",
    "This is saved as Strict Open XML. Save it as an ordinary Excel workbook (.xlsx).",
)

# Whose it is
NO_STAMP = _instead("この調査の調査票ではありません。", "This is not a questionnaire of this survey.")
STAMP_DELETED = _again(
    "調査票の控え（隠しシート「stamp」）がなくなっています。", "The hidden sheet “stamp” of the questionnaire is gone."
)
STAMP_DAMAGED = _again(
    "調査票の控え（隠しシート「stamp」）が書き換えられています。", "The hidden sheet “stamp” has been altered."
)
OTHER_FORMAT = _again("この調査票は、別の版のシステムで作られています。", "Another version of the system made this.")
OTHER_DEFINITION = _again(
    "この調査票を受け取ったあとに、調査の問が変わりました。", "The questions have changed since this was taken."
)
OTHER_KIND = _again(
    "この調査票を受け取ったあとに、団体の種類が変わりました。", "The kind of the body has changed since this was taken."
)


def foreign(name: str, code: str, own: str) -> Text:
    return Text(
        f"{name}（{code}）の調査票です。{own}の調査票を選んでください。",
        f"This is the questionnaire of {name} ({code}). Please choose the one of {own}.",
    )


def other_year(given: str, wanted: str, given_en: int, wanted_en: int) -> Text:
    return Text(
        f"{given}年度の調査票です。{wanted}年度のものを受け取り、写してから読み込んでください。",
        f"This is the {given_en} form; please use the {wanted_en} one.",
    )


# The sheets
SHEET_MISSING = _again("このシートがなくなっています。", "This sheet is gone.")
MOVED = _again(
    "この行から、行や列の並びが受け取ったときと違います。行や列を加えたり、除いたり、移したりしたものは読み込めません。",
    "From this line on, lines or columns are not where they were. Added, deleted or moved ones cannot be read.",
)


def renamed(name: str) -> Text:
    return Text(
        f"このシートの名前が「{name}」に変わっています。元の名前に戻してください。",
        f"This sheet is now called “{name}”. Please give it its name back.",
    )


def copied(name: str) -> Text:
    return Text(
        f"このシートの写し「{name}」があり、どちらを読み込むか決められません。使わない方を削除してください。",
        f"There is a copy of this sheet, “{name}”. Please delete the one that is not to be read.",
    )


def merged(cells: str) -> Text:
    return Text(
        f"セル{cells}が結合されています。結合を解除してから、回答を確かめてください。",
        f"The cells {cells} are merged. Please take them apart and check the answers.",
    )


# The cells
FORMULA = Text(
    "数式が入っています。計算した結果の値を、直接入れてください。",
    "There is a formula. Please enter its result itself.",
)
BOOLEAN = Text("TRUEやFALSEは読み込めません。入れ直してください。", "TRUE and FALSE cannot be read; enter it again.")
DATE = Text(
    "日付になっています。セルを空にしてから入れ直すか、頭に「'」を付けて入れてください。",
    "This is a date. Empty the cell and enter it again, or begin with an apostrophe.",
)
PERCENT = Text("％の付いた数字は読み込めません。件数や人数を入れてください。", "Enter a number, not a percentage.")
DECIMAL = Text("小数は入れられません。整数を入れてください。", "Enter a whole number, without decimals.")
NEGATIVE = Text("0より小さい数字は入れられません。0以上を入れてください。", "Enter 0 or a larger number.")


def error_value(value: str) -> Text:
    return Text(
        f"Excelのエラー「{value}」になっています。セルを空にしてから入れ直してください。",
        f"The cell holds the Excel error “{value}”. Empty it and enter the answer again.",
    )


def no_choice(value: str, labels: tuple[str, ...]) -> Text:
    return Text(
        f"「{value}」は選べません。「{'」「'.join(labels)}」から選び直してください。",
        f"“{value}” is not a choice; please pick one of: {', '.join(labels)}.",
    )


def no_tick(value: str) -> Text:
    return Text(
        f"「{value}」は読み取れません。当てはまるときは「○」を選び、当てはまらないときは空にしてください。",
        f"“{value}” cannot be read. Choose ○ if it applies and leave the cell empty if not.",
    )
