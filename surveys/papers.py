"""What stands on top of the papers of a response, in the active language."""

import json
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.blocks import language, say
from surveys.dossier import Dossier
from surveys.models import Submission
from surveys.paper.answered import answered_paper
from surveys.paper.blank import blank_paper
from surveys.paper.document import Cover, Paper
from surveys.questionnaire import PREFECTURE, tier
from surveys.templatetags.surveys import CHIPS, day, fiscal_year, in_fours, moment

Facts = tuple[tuple[str, str], ...]


def blank(dossier: Dossier) -> Paper:
    """The questionnaire of the round for this kind of body, to be filled in by hand."""
    name = _("調査票（都道府県用）") if tier(dossier.kind) == PREFECTURE else _("調査票（市区町村用）")
    survey = dossier.survey
    notes = (
        _("すべての問が必須です。条件のある問には、当てはまる団体だけが答えます。"),
        _("この調査票は、庁内での確認と下書きに使うものです。回答は画面から入力して提出します。"),
        *_part(dossier),
    )
    facts = (_body(dossier), *_dates(dossier))
    at = survey.opened_at or timezone.now()
    cover = _cover(dossier, name, at=at, synthetic=False, facts=facts, notes=notes)
    return blank_paper(cover, dossier.questionnaire, dossier.kind)


def answers(dossier: Dossier) -> Paper:
    """The answers as they stand."""
    now, counts = timezone.now(), dossier.total
    mark, note = "", _("この印刷のあとに回答が変わると、この紙とは違うものになります。")
    facts: Facts = (_body(dossier), (_("状態"), str(CHIPS[dossier.state].label)))
    if dossier.is_submitted:
        assert dossier.response.submission  # the database has no such state without one
        facts += ((_("受付番号"), dossier.response.submission.receipt),)
    else:
        mark = _("未提出")
        answered = _("%(answered)s／%(asked)s問") % {"answered": counts.answered, "asked": counts.asked}
        facts += ((_("回答"), answered),)
    stamp = _("%(time)s 現在") % {"time": moment(now)}
    cover = _cover(
        dossier,
        _("回答"),
        at=now,
        synthetic=dossier.response.synthetic,
        mark=mark,
        stamp=stamp,
        facts=(*facts, *_dates(dossier)),
        notes=(note, *_part(dossier)),
    )
    return answered_paper(cover, dossier.questionnaire, dossier.kind, dossier.answers, dossier.doubted)


def receipt(dossier: Dossier, submission: Submission) -> Paper:
    """The receipt with the answers as they were submitted, whatever has become of the draft since."""
    by = submission.submitted_by
    submitter = _("訂正した人（総務省）") if submission.is_correction else _("提出した人")
    person = [(submitter, f"{by.name}（{by.division}）" if by.division else by.name)] if by else []
    cover = _cover(
        dossier,
        _("提出の控え"),
        at=submission.submitted_at,
        synthetic=dossier.response.synthetic,
        mark=submission.receipt,
        stamp=_("%(time)s 提出") % {"time": moment(submission.submitted_at)},
        key=(_("受付番号"), submission.receipt),
        facts=(
            (_("提出した日時"), moment(submission.submitted_at)),
            _body(dossier),
            *person,
            (_("回答の照合値（SHA-256）"), in_fours(submission.fingerprint)),
        ),
        notes=(_("照合値が同じなら、提出した内容は変わっていません。"),),
    )
    answers = json.loads(submission.document)
    return answered_paper(cover, dossier.questionnaire, dossier.kind, answers, submission.doubted)


def _cover(dossier: Dossier, name: str, *, at: datetime, synthetic: bool, **more: Any) -> Cover:
    """The parts that all papers share; what is made from synthetic answers says so."""
    english = language().startswith("en")
    year, title = fiscal_year(dossier.survey.year), say(dossier.questionnaire.title)
    notes = more.pop("notes")
    if synthetic:
        notes = (_("表示している回答は、公表値に合わせて作った合成データです。"), *notes)
        more["mark"] = "　".join(filter(None, (_("合成データ"), more.get("mark"))))
    return Cover(
        language="en" if english else "ja",
        title=f"{title}{': ' if english else '　'}{name}",
        subtitle=year,
        about=f"{dossier.response.full_name}（{dossier.body.code}）　{year} {title}",
        author=dossier.response.full_name,
        synthetic=synthetic,
        at=at,
        notes=notes,
        **{"mark": "", "stamp": "", **more},
    )


def _part(dossier: Dossier) -> tuple[str, ...]:
    """For whom only some sections are printed, that it is so."""
    return (_("担当の項目だけを載せています。"),) if dossier.is_limited else ()


def _body(dossier: Dossier) -> tuple[str, str]:
    return _("団体"), f"{dossier.response.full_name}（{dossier.body.code}）"


def _dates(dossier: Dossier) -> Facts:
    survey = dossier.survey
    deadline = ((_("提出期限"), moment(dossier.response.due)),) if dossier.response.due else ()
    return (*deadline, (_("調査の基準日"), day(survey.reference_date)))
