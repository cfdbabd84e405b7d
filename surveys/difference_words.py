"""The words in which two questionnaires are compared. Pure."""

from surveys import questionnaire as q
from surveys.questionnaire import Text

ADDED, REMOVED, REWORDED, GATE = "added", "removed", "reworded", "gate"
MOVED, NUMBERED, CHANGED, YEAR = "moved", "numbered", "changed", "year"
SORTS = {
    ADDED: Text("追加", "added"),
    REMOVED: Text("削除", "removed"),
    REWORDED: Text("言い換え", "reworded"),
    GATE: Text("条件の変更", "condition changed"),
    MOVED: Text("並びの変更", "order changed"),
    NUMBERED: Text("番号の変更", "number changed"),
    CHANGED: Text("設定の変更", "setting changed"),
    YEAR: Text("年度の言葉", "year"),
}
NOUNS: dict[type, Text] = {
    q.Chapter: Text("章", "chapter"),
    q.Section: Text("項目", "section"),
    q.Question: Text("問", "question"),
    q.Option: Text("選択肢", "option"),
    q.Row: Text("行", "row"),
    q.Column: Text("列", "column"),
    q.Choice: Text("選択肢", "option"),
    q.Check: Text("点検", "check"),
    q.SoftCheck: Text("確かめ", "check to confirm"),
    q.Term: Text("用語", "term"),
    q.Derived: Text("集計だけの図表", "derived table"),
}
FIELDS = {
    "title": Text("題", "title"),
    "text": Text("文", "text"),
    "heading": Text("報告書での見出し", "heading"),
    "reference": Text("いつの状況か", "reference date"),
    "number": Text("番号", "number"),
    "help": Text("説明", "help"),
    "example": Text("例", "example"),
    "unit": Text("単位", "unit"),
    "gate": Text("条件", "condition"),
    "department": Text("主に答える課", "division"),
    "label": Text("名前", "label"),
    "term": Text("用語", "term"),
    "definition": Text("説明", "meaning"),
    "message": Text("知らせる文", "message"),
    "chapter": Text("章", "chapter"),
    "section": Text("項目", "section"),
    "kind": Text("種類", "kind"),
    "respondents": Text("答える団体", "respondents"),
    "maximum": Text("最大の数", "maximum"),
    "part_of": Text("分けて聞く表のID", "part of"),
    "group": Text("表の中のまとまり", "group"),
    "terms": Text("説明する用語", "terms"),
    "favourable": Text("取組ありとする答え", "favourable answers"),
    "source": Text("出典", "source"),
    "evidence": Text("出典の説明", "evidence"),
    "exclusive": Text("ほかと選べない", "exclusive"),
    "other_text": Text("内容を書く", "text asked"),
    "computed": Text("合計する行", "sum of"),
    "absent": Text("ないことを表す", "absent"),
    "unknown": Text("不明を選べる", "unknown"),
    "operator": Text("種類", "operator"),
    "questions": Text("問", "questions"),
    "rows": Text("行", "rows"),
    "was": Text("前回の答え", "answers last time"),
    "now": Text("今回の答え", "answers this time"),
    "other": Text("比べる問", "other question"),
    "other_row": Text("比べる行", "other row"),
    "expected": Text("比べる問の答え", "answers expected"),
    "least": Text("小さい差は見ない", "least difference"),
    "times": Text("何倍から", "times"),
}
NAMED = Text("{noun}「{name}」（{key}）", "{noun} “{name}” ({key})")
INSIDE = Text("{place}の{what}", "{place}, {what}")
SURVEY = Text("調査", "the survey")
ASKED_OF_ALL = Text("全ての団体にうかがいます。", "Asked of all bodies.")
PLACE = Text("{number}番目", "no. {number}")
YES_NO = {True: Text("はい", "yes"), False: Text("いいえ", "no")}
