"""Where a questionnaire does not fit the table definitions, so that a table is missing or poorer. Pure."""

from collections.abc import Iterator, Sequence

from aggregation.tables import ALL, PROCEDURE_COLUMNS, Series, TableSpec, codes_of, kind_of
from surveys.questionnaire import Derived, Question, Questionnaire, Text

GONE = Text(
    "この問が調査票にないので、この表は作られません。",
    "the questionnaire has no question with this id, so there is no such table",
)
NO_SERIES = Text(
    "調査票の「集計だけの図表」にありますが、作り方の決まった表ではありません。",
    "the questionnaire has a [[derived]] entry, but there is no series with this id",
)
NOT_DERIVED = Text(
    "調査票の「集計だけの図表」にないので、この表は作られません。",
    "the questionnaire has no [[derived]] entry for this series, so there is no such table",
)
IN_PARTS = Text(
    "分けて聞けるのはproceduresの問だけなので、この表は作られません。",
    "only procedures can be asked in parts, so there is no such table",
)
NO_TOP = Text(
    "上位の行だけを載せる表ですが、問の種類がmatrixではありません。",
    "printed_top is for a matrix, which the question is not",
)
NO_LABELS = Text(
    "行や列の名前が決めてありますが、問の種類がproceduresではありません。",
    "row, column and row_order are for procedures, which the question is not",
)


def misfits(specs: Sequence[TableSpec], questionnaire: Questionnaire) -> list[str]:
    """Every misfit, a sentence each, for commands. What can be made of it is made."""
    return [f"table {id}: {what.en}" for id, what in _misfits(specs, questionnaire)]


def in_words(specs: Sequence[TableSpec], before: Questionnaire | None, after: Questionnaire) -> list[Text]:
    """The same for pages, with the names of the tables; also what is lost with each question of the round before."""
    found = [*_misfits(specs, after)]
    told = {id for id, _ in found}
    gone = [id for id in (before.parts if before else ()) if id not in after.parts and id not in told]
    found += [(id, GONE) for id in gone]
    rounds = [each for each in (after, before) if each]
    return [
        Text(f"表「{name.ja}」：{what.ja}", f"Table “{name.en}”: {what.en}.")
        for id, what in found
        for name in [_name(id, rounds)]
    ]


def _name(id: str, rounds: Sequence[Questionnaire]) -> Text:
    """第5図　CIOの任命（fig-05）; the id alone of what no round has."""
    for questionnaire in rounds:
        if id in questionnaire.derived_by_id or id in questionnaire.parts:
            found: Derived | Question = questionnaire.derived_by_id.get(id) or questionnaire.parts[id][0]
            number, title = found.number or Text("", ""), found.title
            return Text(f"{number.ja}　{title.ja}（{id}）".strip(), f"{number.en} {title.en} ({id})".strip())
    return Text(id, id)


def _misfits(specs: Sequence[TableSpec], questionnaire: Questionnaire) -> Iterator[tuple[str, Text]]:
    own = {spec.id: spec for spec in specs if spec.series is None}
    derived = {spec.id: spec.series for spec in specs if spec.series is not None}
    yield from ((id, GONE) for id in own if id not in questionnaire.parts)
    for id, parts in questionnaire.parts.items():
        yield from ((id, what) for what in _question_misfits(own.get(id, TableSpec(id)), parts))
    for id, series in derived.items():
        yield from ((id, what) for what in _series_misfits(id, series, questionnaire))
    yield from ((id, NO_SERIES) for id in questionnaire.derived_by_id if id not in derived)


def _question_misfits(spec: TableSpec, parts: Sequence[Question]) -> Iterator[Text]:
    kind, (_, columns) = kind_of(parts), codes_of(parts)
    if kind is None:
        yield IN_PARTS
    if spec.printed_top is not None and kind != "matrix":
        yield NO_TOP
    elif spec.printed_top is not None:
        for code in [code for code in spec.printed_top.columns if code not in columns]:
            yield Text(
                f"列「{code}」がないので、上位の行を決められません。",
                f"printed_top: the question has no column {code!r}, so no rows are ranked",
            )
    if kind == "procedures":
        yield from _unlabelled(spec, parts)
    elif spec.rows or spec.columns or spec.row_order:
        yield NO_LABELS


def _unlabelled(spec: TableSpec, parts: Sequence[Question]) -> Iterator[Text]:
    """What procedures need and no question has. Where it is lacking, the code is printed."""
    rows, columns = ({named.code for named in entries} for entries in (spec.rows, spec.columns))
    groups = dict.fromkeys(part.group for part in parts if part.group)
    lacking = [("行", "row", code) for code in (*groups, ALL) if code not in rows]
    lacking += [("列", "column", code) for code in PROCEDURE_COLUMNS if code not in columns]
    for ja, en, code in lacking:
        yield Text(f"{ja}「{code}」の名前が決まっていません。", f"the {en} {code!r} has no label")


def _series_misfits(id: str, series: Series, questionnaire: Questionnaire) -> Iterator[Text]:
    parts = questionnaire.parts.get(series.source, ())
    if id not in questionnaire.derived_by_id:
        yield NOT_DERIVED
    if kind_of(parts) is None:
        yield Text(
            f"元になる表「{series.source}」がないので、この表は作られません。",
            f"there is no table {series.source!r}, whose values it continues, so there is no such table",
        )
    elif series.row not in codes_of(parts)[0]:
        yield Text(
            f"元になる表「{series.source}」に「{series.row}」がないので、この年の値がありません。",
            f"the table {series.source!r} has no row {series.row!r}, so the year has no value",
        )
