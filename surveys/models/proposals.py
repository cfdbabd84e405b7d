"""A change of the register that somebody proposes: what it would do, and what stands against it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.models.register import Body, Kind


class ChangeKind(models.TextChoices):
    MERGER = "merger", _("新設合併")
    ABSORPTION = "absorption", _("編入合併")
    SPLIT = "split", _("分割")
    RENAME = "rename", _("名称の変更")
    KIND = "kind", _("種別の変更")
    CODE = "code", _("団体コードの変更")


class Role(models.TextChoices):
    ABOLISHED = "abolished", _("廃止")
    ESTABLISHED = "established", _("設置")
    CONTINUING = "continuing", _("存続")


# How many bodies a change has before and after it: at least, at most.
COUNTS: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    ChangeKind.MERGER: ((2, 99), (1, 1)),
    ChangeKind.ABSORPTION: ((1, 99), (1, 1)),
    ChangeKind.SPLIT: ((1, 1), (2, 99)),
    ChangeKind.RENAME: ((1, 1), (0, 0)),
    ChangeKind.KIND: ((1, 1), (0, 0)),
    ChangeKind.CODE: ((1, 1), (1, 1)),
}


@dataclass(frozen=True)
class Proposal:
    """`before` and `after`: the bodies before and after the change. A body on both sides goes on, as the one does that
    another is merged into; of a new name or kind there is no body after. `name`, `name_kana` and `body_kind` are the
    new facts of those."""

    day: date
    kind: str
    source: str
    before: tuple[Body, ...]
    after: tuple[Body, ...] = ()
    name: str = ""
    name_kana: str = ""
    body_kind: str = ""

    @property
    def keys(self) -> set[int]:
        return {body.pk for body in (*self.before, *self.after)}

    def of(self, found: Mapping[int, Body]) -> "Proposal":
        """The same with the bodies as they are now."""
        before, after = (tuple(found[body.pk] for body in side) for side in (self.before, self.after))
        return replace(self, before=before, after=after)

    @property
    def roles(self) -> dict[Body, str]:
        """What becomes of each body, those before first."""
        after = self.after or self.before
        found = {body: str(Role.CONTINUING if body in after else Role.ABOLISHED) for body in self.before}
        goes_on = self.kind == ChangeKind.ABSORPTION
        new = str(Role.CONTINUING if goes_on else Role.ESTABLISHED)
        return found | {body: new for body in after if body not in found}

    @property
    def became(self) -> dict[str, str]:
        """The new facts that the change itself keeps."""
        if self.kind == ChangeKind.RENAME:
            return {"name": self.name, "name_kana": self.name_kana}
        return {"body_kind": self.body_kind} if self.kind == ChangeKind.KIND else {}

    @property
    def kind_in_words(self) -> Any:
        return ChangeKind(self.kind).label

    @property
    def in_words(self) -> list[tuple[Body, str]]:
        """What becomes of each body."""
        texts = {Role.ABOLISHED: _g("%(day)sに廃止されます。"), Role.ESTABLISHED: _g("%(day)sに置かれます。")}
        going_on = _g("%(day)sから%(became)sになります。") if self.became else _g("同じ団体コードで続きます。")
        became = Kind(self.body_kind).label if "body_kind" in self.became else f"{self.name}（{self.name_kana}）"
        words = {"became": became, **_dates(day=self.day)}
        return [(body, texts.get(Role(role), going_on) % words) for body, role in self.roles.items()]

    def codes(self) -> dict[str, str]:
        return {body.code: role for body, role in self.roles.items()}

    def effect(self, body: Body) -> dict[str, Any]:
        """The columns of a body that the change sets."""
        role = self.roles[body]
        if role != Role.CONTINUING:
            return {"valid_to" if role == Role.ABOLISHED else "valid_from": self.day}
        return {"kind" if name == "body_kind" else name: value for name, value in self.became.items()}

    def faults(self) -> list[str]:
        """Everything that stands against it, in words; none if it can be carried out."""
        found = list(self._shape())
        return found or [fault for body, role in self.roles.items() for fault in self._against(body, role)]

    def _shape(self) -> Iterator[str]:
        """What does not fit together, whatever the register says."""
        labels = (_g("前の団体"), _g("後の団体"))
        for label, side, (least, most) in zip(labels, (self.before, self.after), COUNTS[self.kind], strict=True):
            if not least <= len(side) <= most:
                words = {"label": label, "wanted": _counted(least, most), "found": len(side)}
                yield _g("「%(label)s」に書くのは%(wanted)sです。いまは%(found)d団体です。") % words
        if self.kind in (ChangeKind.ABSORPTION, ChangeKind.CODE) and set(self.before) & set(self.after):
            yield _g("同じ団体が、前と後の両方にあります。")
        if self.kind == ChangeKind.RENAME and not (self.name.strip() and self.name_kana.strip()):
            yield _g("新しい名称と、そのかなを書いてください。")
        if self.kind == ChangeKind.KIND and not self.body_kind:
            yield _g("新しい種別を選んでください。")
        if Kind.PREFECTURE in (self.body_kind, *(body.kind for body in self.roles)):
            yield _g("ここで登録できるのは、市区町村の変更だけです。")

    def _against(self, body: Body, role: str) -> Iterator[str]:
        """What the register says against the part of one body."""
        days = _dates(day=self.day, start=body.valid_from, end=body.valid_to)
        words: dict[str, Any] = {"body": f"{body}（{body.code}）", **days}
        later = body.parts.filter(change__date__gt=self.day).select_related("change").order_by("change__date").first()
        if later:
            words["later"] = later.change
            yield _g("%(body)sには、%(day)sより後の変更（%(later)s）がもう登録されています。") % words
        if role == Role.ESTABLISHED:
            yield from self._against_beginning(body, words)
        else:
            yield from self._against_going_on(body, role, words)
        if self.became and all(getattr(body, name) == value for name, value in self.effect(body).items()):
            yield _g("%(body)sは、もうその名称か種別です。") % words

    def _against_going_on(self, body: Body, role: str, words: dict[str, Any]) -> Iterator[str]:
        # An end that was typed into the register before is no fault: the change says what it came from.
        ends_here = role == Role.ABOLISHED and body.valid_to in (None, self.day)
        if body.parts.filter(role=Role.ABOLISHED).exists() or (body.valid_to and not ends_here):
            yield _g("%(body)sの廃止は、もう登録されています（廃止日 %(end)s）。") % words
        if body.valid_from and body.valid_from >= self.day:
            yield _g("%(body)sが置かれたのは%(start)sです。施行日はそれより後の日にしてください。") % words

    def _against_beginning(self, body: Body, words: dict[str, Any]) -> Iterator[str]:
        asked = body.responses.filter(survey__reference_date__lt=self.day)
        if body.parts.exists() or body.valid_from not in (None, self.day) or asked.exists():
            yield _g("%(body)sは、%(day)sより前からある団体です。続く団体なら、前の団体にも書いてください。") % words
        if body.valid_to and body.valid_to <= self.day:
            yield _g("%(body)sの廃止は、もう登録されています（廃止日 %(end)s）。") % words


def _dates(**days: date | None) -> dict[str, str]:
    """Days in words; one that is not known is empty."""
    return {name: date_format(day) if day else "" for name, day in days.items()}


def _counted(least: int, most: int) -> str:
    if least == most:
        return _g("%(count)d団体") % {"count": least}
    return _g("%(count)d団体以上") % {"count": least}
