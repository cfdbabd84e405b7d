from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.dated import Known
from surveys.models.populations import Population
from surveys.models.register import Body, full_name
from surveys.models.rounds import Survey


class Asked(models.Model):
    """A body that is asked in a round, as it was on the reference date: later changes of the register, and those that
    are only registered later, do not move a round that has been opened."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses", verbose_name=_("調査"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="responses", verbose_name=_("団体"))
    name = models.CharField(_("団体名"), max_length=40)
    kind = models.CharField(_("種別"), max_length=20, choices=Body.Kind)

    class Meta:
        abstract = True

    @property
    def full_name(self) -> str:
        return full_name(self.body.prefecture, self.name, self.kind)

    def population(self) -> Known | None:
        """The population that counts for the round."""
        return Population.objects.on(self.survey.reference_date, [self.body]).get(self.body_id)
