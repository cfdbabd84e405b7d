from datetime import date
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from surveys.codes import is_code
from surveys.dated import Known
from surveys.models.events import Event, Facts, changes


def validate_code(code: str) -> None:
    if not is_code(code):
        raise ValidationError(_("団体コードは、検査数字の合う6桁の数字です。"))


class Kind(models.TextChoices):
    PREFECTURE = "prefecture", _("都道府県")
    DESIGNATED_CITY = "designated_city", _("指定都市")
    CORE_CITY = "core_city", _("中核市")
    SPECIAL_CITY = "special_city", _("施行時特例市")
    CITY = "city", _("一般市")
    SPECIAL_WARD = "special_ward", _("特別区")
    TOWN = "town", _("町")
    VILLAGE = "village", _("村")


class BodyQuerySet(models.QuerySet["Body"]):
    def on(self, day: date) -> Self:
        """The bodies that exist on a day, with `name_then` and `kind_then` as they were on it."""
        former = apps.get_model("surveys", "ChangedBody").objects.after(day).filter(body=OuterRef("pk"))
        then = {f"{name}_then": Coalesce(Subquery(former.values(name)[:1]), F(name)) for name in ("name", "kind")}
        return self.annotate(**then).filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )


class Body(models.Model):
    """A local government (団体). Joined everywhere by its 6-digit code, never by its name.

    Its own columns are the latest facts; what it was called before stands in `ChangedBody`, earlier populations in
    `Population`. A round keeps what it was on the reference date (`Asked`).
    """

    Kind = Kind
    name_then: str  # on a day, see `BodyQuerySet.on`
    kind_then: str

    code = models.CharField(_("団体コード"), max_length=6, unique=True, validators=[validate_code])
    name = models.CharField(_("団体名"), max_length=40)
    name_kana = models.CharField(_("団体名（かな）"), max_length=80)
    kind = models.CharField(_("種別"), max_length=20, choices=Kind)
    prefecture_code = models.CharField(_("都道府県コード"), max_length=2)
    prefecture = models.CharField(_("都道府県名"), max_length=10)
    population = models.PositiveIntegerField(_("人口"), null=True, blank=True)
    population_source = models.CharField(_("人口の出どころ"), max_length=100, blank=True)
    population_date = models.DateField(_("人口の基準日"), null=True, blank=True)
    valid_from = models.DateField(_("設置日"), null=True, blank=True)
    valid_to = models.DateField(_("廃止日"), null=True, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("団体")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="body_code_is_six_digits"),
            models.CheckConstraint(
                condition=Q(code__startswith=F("prefecture_code")), name="body_code_begins_with_prefecture"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values),
                name="body_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(population__isnull=True, population_source="", population_date__isnull=True)
                | (Q(population__isnull=False, population_date__isnull=False) & ~Q(population_source="")),
                name="body_population_has_source_and_date",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="body_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def clean(self) -> None:
        """An earlier population is a row of its own; what stands here is the latest."""
        row = self.populations.order_by("-date").first() if self.pk else None
        if row and (self.population_date is None or self.population_date <= row.date):
            text = _("%(day)sの人口が、もう登録されています。ここには、それより新しい人口を入れてください。")
            raise ValidationError({"population_date": text % {"day": date_format(row.date)}})

    def hold(self) -> None:
        """Lock the body and its responses until the transaction ends: its people and their sections change one at a
        time. Before anything else in a transaction, so that nobody waits in a circle."""
        Body.objects.select_for_update().get(pk=self.pk)
        list(self.responses.select_for_update(of=("self",)).order_by("pk").values_list("pk"))

    @property
    def subject(self) -> str:
        """How events name this body."""
        return f"body {self.code}"

    def facts(self) -> dict[str, Any]:
        """What the history keeps of a body."""
        found = {field.name: getattr(self, field.name) for field in self._meta.concrete_fields if field.name != "id"}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}

    def record_change(self, before: Facts | None, after: Facts | None, *, by: Any) -> None:
        """Write into the history what differs between two sets of facts: none before is added, none after removed."""
        Event.objects.record(changes("body", self.subject, before, after), actor=by)

    @property
    def full_name(self) -> str:
        return full_name(self.prefecture, self.name, self.kind)

    @property
    def known(self) -> Known | None:
        """The latest population."""
        if self.population is None or self.population_date is None:
            return None
        return Known(self.population_date, self.population, self.population_source)


def full_name(prefecture: str, name: str, kind: str) -> str:
    """長野県上田市; a prefecture by its name alone."""
    return name if kind == Kind.PREFECTURE else prefecture + name
