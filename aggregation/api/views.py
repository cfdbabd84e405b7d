"""The addresses of the API. Everything goes through the rule of what may be public."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from ninja import NinjaAPI, Path, Query
from ninja.renderers import JSONRenderer

from aggregation import dataset, downloads, individual, report
from aggregation.addresses import Edition
from aggregation.api import schemas, shapes
from aggregation.api.reading import Missing, run_of
from aggregation.export.facts import citation
from aggregation.export.package import licences
from aggregation.models import Run
from surveys.questionnaire import Text

MOST = 1000  # items of a page
DESCRIPTION = """公表した数値と、公表してよい団体の回答を、だれでも読めます。
Published numbers, and the answers of single bodies as far as they may be public. No key; GET only.

- `edition`: `2020` is the latest edition of a year, `2020-r1` stays that of the first.
- What does not exist is null, never 0. Every number has its base.
- Ask again with `If-None-Match`: what has not changed is not sent again (304).
"""


class Renderer(JSONRenderer):
    """Japanese as it is written."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


api = NinjaAPI(
    title="電子自治体の推進状況調査 / Survey of local digital government",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    renderer=Renderer(),
    urls_namespace="api",
)
EditionName = Annotated[str, Path(pattern=r"^[0-9]{4}(-r[1-9][0-9]{0,3})?$", examples=["2020", "2020-r1"])]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
BodyCode = Annotated[str, Path(pattern=r"^[0-9]{6}$")]
Code = Annotated[str | None, Query(max_length=60)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
SHARED: dict[Any, Any] = {404: schemas.Problem, 422: schemas.Problem}


def url(name: str, *args: str) -> str:
    return reverse(f"api:{name}", args=args)


def permanent(run: Run) -> str:
    """The name of an edition in its permanent address."""
    return str(Edition(run.survey.year, run.edition))


def page(request: HttpRequest, items: Sequence[Any], limit: int, offset: int) -> dict[str, Any]:
    """A part of a list, still to be filled with shapes, and where the next one is."""
    more = offset + limit < len(items)
    query = urlencode({**request.GET.dict(), "limit": limit, "offset": offset + limit})
    following = f"{request.path}?{query}" if more else None
    return {"count": len(items), "next": following, "items": items[offset : offset + limit]}


@api.get("/", url_name="api-root", response=schemas.Index, summary="Where to begin")
def index(request: HttpRequest) -> Any:
    found = [{"name": each.name, "title": shapes.label(each.title), "path": each.path} for each in licences()]
    return {"rounds": url("rounds"), "openapi": url("openapi-json"), "licences": found}


@api.get("/rounds", url_name="rounds", response=list[schemas.Round], summary="Rounds and their published editions")
def rounds(request: HttpRequest) -> Any:
    found: dict[int, list[Run]] = {}
    for run in Run.objects.published().select_related("survey").defer("survey__document", "peers", "counted"):
        found.setdefault(run.survey_id, []).append(run)
    return [_round(editions) for editions in found.values()]


def _round(editions: Sequence[Run]) -> dict[str, Any]:
    survey = editions[0].survey
    listed = [_edition(run, run is editions[0]) for run in editions]
    title = shapes.label(survey.questionnaire.title)
    return {"year": survey.year, "title": title, "reference_date": survey.reference_date, "editions": listed}


def _edition(run: Run, latest: bool) -> dict[str, Any]:
    return {
        "edition": permanent(run),
        "published_at": run.published_at,
        "run": str(run),
        "fingerprint": run.answers_fingerprint,
        "responses": run.responses,
        "synthetic": run.synthetic,
        "latest": latest,
        "citation": citation(downloads.facts(run)),
        "tables": url("tables", permanent(run)),
    }


@api.get(
    "/editions/{edition}/tables",
    url_name="tables",
    response={200: list[schemas.TableHead], **SHARED},
    summary="The tables of an edition",
)
def tables(request: HttpRequest, edition: EditionName) -> Any:
    run = run_of(request, edition)
    told = _told(run)
    return [shapes.head(head, head["id"] in told, url("table", edition, head["id"])) for head in report.heads(run)]


def _told(run: Run) -> frozenset[str]:
    """The questions whose answers are public body by body: a series over the years has none of its own."""
    return report.disclosed(run).questions & run.survey.questionnaire.parts.keys()


@api.get(
    "/editions/{edition}/tables/{table}",
    url_name="table",
    response={200: schemas.TableOut, **SHARED},
    summary="A table: its rows, columns and groups",
)
def table(request: HttpRequest, edition: EditionName, table: Id) -> Any:
    run = run_of(request, edition)
    (found,) = _tables(run, edition, table)
    cells = f"{url('cells', edition)}?table={table}"
    return shapes.table(found, table in _told(run), url("table", edition, table), cells)


def _tables(run: Run, edition: str, table: str | None) -> list[Any]:
    if table is None:
        return report.public(run)
    if found := report.public_one(run, table):
        return [found]
    words = {"edition": edition, "table": table, "url": url("tables", edition)}
    ja = "版{edition}に表「{table}」はありません。表の一覧は {url} にあります。"
    raise Missing(Text(ja.format(**words), "Edition {edition} has no table {table}; {url} lists them.".format(**words)))


@api.get(
    "/editions/{edition}/cells",
    url_name="cells",
    response={200: schemas.Page[schemas.CellOut], **SHARED},
    summary="Numbers, by table, row, column, breakdown and group",
)
def cells(
    request: HttpRequest,
    edition: EditionName,
    table: Code = None,
    row: Code = None,
    column: Code = None,
    breakdown: Code = None,
    group: Code = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Any:
    found = _tables(run_of(request, edition), edition, table)
    wanted = {"row": row, "column": column, "breakdown": breakdown, "group": group}
    part = page(request, shapes.matching(found, wanted), limit, offset)
    return {**part, "items": [shapes.cell(*each) for each in part["items"]]}


@api.get(
    "/editions/{edition}/bodies",
    url_name="bodies",
    response={200: schemas.Page[schemas.BodyOut], **SHARED},
    summary="The bodies of the round, by prefecture and kind",
)
def bodies(
    request: HttpRequest,
    edition: EditionName,
    prefecture: Code = None,
    kind: Code = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Any:
    run = run_of(request, edition)
    counted = json.loads(run.counted)
    found = [
        each
        for each in dataset.all_rows(run, answered=False)
        if prefecture in (None, each.prefecture) and kind in (None, each.kind)
    ]
    part = page(request, found, limit, offset)
    items = [shapes.body(each, each.code in counted, url("body-answers", edition, each.code)) for each in part["items"]]
    return {**part, "items": items}


@api.get(
    "/editions/{edition}/bodies/{code}/answers",
    url_name="body-answers",
    response={200: list[schemas.QuestionAnswer], **SHARED},
    summary="What a body answered to the questions that are public body by body",
)
def body_answers(request: HttpRequest, edition: EditionName, code: BodyCode) -> Any:
    run = run_of(request, edition)
    questionnaire = run.survey.questionnaire
    found = dataset.all_rows(run, [code])
    if not found:
        words = {"code": code, "url": url("bodies", edition)}
        ja = "この調査に団体コード{code}の団体はありません。団体の一覧は {url} にあります。"
        raise Missing(Text(ja.format(**words), "No body has the code {code}; {url} lists them.".format(**words)))
    questions = individual.questions(questionnaire, report.disclosed(run))
    said = shapes.answers(questionnaire, questions, found[0])
    return [
        {"question": each.public_id, "title": shapes.label(each.title), **own}
        for each, own in zip(questions, said, strict=True)
    ]


@api.get(
    "/editions/{edition}/questions/{question}/answers",
    url_name="question-answers",
    response={200: schemas.Page[schemas.BodyAnswer], **SHARED},
    summary="What all bodies answered to a question that is public body by body",
)
def question_answers(
    request: HttpRequest, edition: EditionName, question: Id, limit: Limit = 100, offset: Offset = 0
) -> Any:
    run = run_of(request, edition)
    questionnaire = run.survey.questionnaire
    if question not in _told(run):
        raise Missing(_not_individual(edition, question))
    part = page(request, dataset.all_rows(run, answered=False), limit, offset)
    found = dataset.all_rows(run, [each.code for each in part["items"]])
    parts = questionnaire.parts[question]
    items = [{"body": each.code, **own} for each in found for own in shapes.answers(questionnaire, parts, each)]
    return {**part, "items": items}


def _not_individual(edition: str, question: str) -> Text:
    words: Mapping[str, str] = {"question": question, "url": url("tables", edition)}
    ja = "問「{question}」の回答は団体ごとには公表していません。公表している問は {url} で individual が true です。"
    en = "The answers to {question} are not public body by body; at {url}, individual is true for those that are."
    return Text(ja.format(**words), en.format(**words))
