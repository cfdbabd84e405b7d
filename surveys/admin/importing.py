"""利用者を取り込む: a list of people up, previewed and confirmed."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _g
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from surveys import people_file, people_import
from surveys.admin.base import DeskAdmin, person
from surveys.blocks import language
from surveys.models import Membership
from surveys.models.people import Role
from surveys.people_file import COLUMNS, Row
from surveys.workbook import archive, faults
from surveys.workbook.faults import Fault, Refused

SALT = "surveys.people"
MAX_AGE = 24 * 60 * 60  # seconds
SHOWN_FAULTS = 200  # of a file that is wrong throughout, the first are enough
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ImportPages(DeskAdmin):
    """The pages that take in a list of people, for those who may add some."""

    def get_urls(self) -> list[URLPattern]:
        views = {"import": self.import_view, "import-confirm": self.import_confirm_view}
        found = [path(f"{name}/", self.admin_site.admin_view(view), name=_name(name)) for name, view in views.items()]
        file = self.admin_site.admin_view(self.import_file_view)
        return [*found, path("import.<slug:suffix>", file, name=_name("import-file")), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The page that takes a file, and what one would change."""
        self._only_who_may_add(request)
        if request.method != "POST":
            return self._import_page(request, {})
        try:
            rows = _uploaded(request)
        except Refused as refusal:
            return self._import_page(request, _said(refusal.faults), status=400)
        return self._import_preview(request, rows, people_import.plan(rows))

    def import_confirm_view(self, request: HttpRequest) -> HttpResponse:
        """Take in what the preview showed."""
        self._only_who_may_add(request)
        if request.method != "POST":
            return redirect(f"admin:{_name('import')}")
        try:
            rows, seen = _carried(request)
            plan = people_import.take(rows, seen=seen, by=person(request))
        except signing.BadSignature:
            text = _g("確かめてから1日がたったか、内容が途中で変わりました。ファイルをもう一度読み込んでください。")
            return self._import_page(request, {"faults": [text]}, status=400)
        except people_import.Changed as changed:
            text = _g("確かめている間に、団体か利用者の登録が変わりました。まだ何も取り込んでいません。")
            messages.error(request, text)
            return self._import_preview(request, rows, changed.plan, status=409)
        self._import_tell(request, plan)
        return redirect(f"{reverse(f'admin:{self.opts.app_label}_user_changelist')}?invited=no")

    @method_decorator(require_safe)
    def import_file_view(self, request: HttpRequest, suffix: str) -> HttpResponse:
        """The blank file to fill in."""
        self._only_who_may_add(request)
        if suffix not in TYPES:
            raise Http404
        data = (
            people_file.blank_csv(language())
            if suffix == "csv"
            else people_file.blank_workbook(language(), [_in_words(role) for role in Role.values])
        )
        response = HttpResponse(data, content_type=TYPES[suffix])
        response.headers["Content-Disposition"] = f'attachment; filename="people.{suffix}"'
        return response

    def _only_who_may_add(self, request: HttpRequest) -> None:
        if not self.has_add_permission(request):
            raise PermissionDenied

    def _import_preview(
        self, request: HttpRequest, rows: list[Row], plan: people_import.Plan, status: int = 200
    ) -> HttpResponse:
        if plan.faults:
            return self._import_page(request, _said(plan.faults), status=400)
        carried = [[row.number, row.values] for row in rows]
        value = {"rows": carried, "seen": plan.fingerprint, "for": person(request).pk}
        token = signing.dumps(value, salt=SALT, compress=True)
        listed = [(each, [_place(plan, *place) for place in each.added]) for each in (*plan.new, *plan.changed)]
        return self._import_page(request, {"plan": plan, "listed": listed, "token": token}, status=status)

    def _import_page(self, request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "title": _g("利用者を取り込む"), "opts": self.opts}
        columns = [(each.heading.in_language(language()), each.help.in_language(language())) for each in COLUMNS]
        context = {**frame, "columns": columns, **context}
        return TemplateResponse(request, "admin/surveys/user/import.html", context, status=status)

    def _import_tell(self, request: HttpRequest, plan: people_import.Plan) -> None:
        count = len(plan.new) + len(plan.changed)
        if not count:
            messages.success(request, _g("変わるところはありません。この一覧の人は、もう登録されています。"))
            return
        text = ngettext("利用者を取り込みました（%(count)d人）。", "利用者を取り込みました（%(count)d人）。", count)
        messages.success(request, text % {"count": count})
        if plan.new:
            messages.info(request, _g("新しい人は、下の一覧で選んで招待すると、サインインできるようになります。"))


def _name(page: str) -> str:
    return f"surveys_user_{page}"


def _in_words(role: str) -> str:
    """A role as the file and the pages call it."""
    return Membership(role=role).in_words


def _place(plan: people_import.Plan, code: str, role: str) -> str:
    return f"{plan.bodies[code]}（{_in_words(role)}）"


def _uploaded(request: HttpRequest) -> list[Row]:
    """The lines of the file that was sent. Raises Refused."""
    file = request.FILES.get("file")
    if file is None:
        raise Refused(people_file.NO_FILE)
    if (file.size or 0) > archive.MAX_BYTES:
        raise Refused(faults.TOO_LARGE)
    return people_file.read(file.read())


def _carried(request: HttpRequest) -> tuple[list[Row], str]:
    """What the preview carried. Raises signing.BadSignature if it is not whole, too old, or somebody else's."""
    found = signing.loads(request.POST.get("carried", ""), salt=SALT, max_age=MAX_AGE)
    if found["for"] != person(request).pk:
        raise signing.BadSignature("somebody else's")
    return [Row(number, values) for number, values in found["rows"]], found["seen"]


def _said(found: list[Fault]) -> dict[str, Any]:
    """The faults as the page says them."""
    return {"faults": [fault.in_language(language()) for fault in found[:SHOWN_FAULTS]], "count": len(found)}
