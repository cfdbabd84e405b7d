"""The page of the desk on which the ministry writes the introduction of a round's report."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from aggregation.front_matter import Block
from aggregation.text_models import ReportText
from surveys.admin.base import Button, ReadOnlyAdmin, person
from surveys.admin.rounds import SurveyAdmin
from surveys.models import Survey
from surveys.questionnaire import Text
from surveys.templatetags.surveys import localised

LONGEST = 20_000
LANGUAGES = (("ja", _("日本語")), ("en", _("英語")))


class IntroductionForm(forms.Form):
    """The texts of all blocks in both languages, each named by its block and language."""

    def __init__(self, blocks: list[Block], data: Any = None) -> None:
        super().__init__(data)
        self.blocks = blocks
        for block in blocks:
            for language, name in LANGUAGES:
                label = f"{localised(block.heading)}（{name}）"
                area = forms.Textarea(attrs={"rows": 16, "cols": 80})
                self.fields[f"{block.id}-{language}"] = forms.CharField(
                    label=label,
                    max_length=LONGEST,
                    widget=area,
                    initial=block.text.in_language(language),
                    error_messages={"required": _g("文章を書いてください。空にはできません。")},
                )

    @property
    def texts(self) -> dict[str, Text]:
        """What was entered, with the line ends of our texts."""
        given = {name: str(value).replace("\r\n", "\n") + "\n" for name, value in self.cleaned_data.items()}
        return {block.id: Text(given[f"{block.id}-ja"], given[f"{block.id}-en"]) for block in self.blocks}


class IntroductionPages(ReadOnlyAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.introduction)
        return [path("introduction/<int:year>/", view, name="aggregation_run_introduction"), *super().get_urls()]

    def introduction(self, request: HttpRequest, year: int) -> HttpResponse:
        """Read by whoever reads runs; written by whoever publishes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        survey = get_object_or_404(Survey, year=year)
        may_write = self.has_act_permission(request)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        form = IntroductionForm(ReportText.objects.blocks(survey), request.POST or None)
        if form.is_valid():
            if ReportText.objects.write(survey, form.texts, by=person(request)):
                messages.success(request, _g("「はじめに」を保存しました。"))
            else:
                messages.info(request, _g("変わったところはありません。"))
            return redirect(request.path)
        context = {"title": _g("%(survey)sの「はじめに」") % {"survey": survey}, "opts": self.opts, "form": form}
        context |= {"may_write": may_write, "survey": survey, **self.admin_site.each_context(request)}
        return TemplateResponse(request, "admin/aggregation/run/introduction.html", context)


def introduction_buttons(request: HttpRequest, survey: Survey) -> list[Button]:
    """From the page of a round to the introduction of its report."""
    if not request.user.has_perm("aggregation.view_run"):
        return []
    return [Button(_("報告書の「はじめに」"), reverse("admin:aggregation_run_introduction", args=[survey.year]))]


SurveyAdmin.more_buttons.append(introduction_buttons)
