from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from aggregation import compare, downloads, report
from aggregation.export import TABLE_FORMATS
from aggregation.models import Run
from surveys.answers_file import BodyAnswers
from surveys.bulk import take
from surveys.management.base import Command as BaseCommand
from surveys.management.commands.load_survey import QUESTIONNAIRES
from surveys.models import Body, Comment, Correction, Delegation, Membership, Survey, Task, User
from surveys.models.sections import Given
from surveys.questionnaire import read_folder

YEAR, PRACTICE, SEED = 2020, 2021, 2020
UEDA, NAGANO = "202037", "200000"
Role = Membership.Role
LEADER, DELEGATE, DELEGATED = "ueda.tanto", "ueda.shimin", "procedures-children"
PEOPLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("ueda.tanto", "小林 直樹", "情報政策課", UEDA, Role.EDITOR),
    ("ueda.tanto2", "中村 真理", "秘書広報課", UEDA, Role.EDITOR),
    ("ueda.kessai", "宮澤 明子", "総務部", UEDA, Role.APPROVER),
    ("ueda.shimin", "柳沢 由紀", "市民課", UEDA, Role.EDITOR),
    ("nagano.tanto", "北原 進", "デジタル推進課", NAGANO, Role.EDITOR),
    ("nagano.kakunin", "太田 恵", "市町村課", NAGANO, Role.COORDINATOR),
)
# One kept inside the body for who answers next, one for the ministry to read: round, question, audience, author, text.
COMMENTS: tuple[tuple[int, str, str, str, str], ...] = (
    (
        YEAR,
        "table-1",
        Comment.Audience.BODY,
        "ueda.tanto2",
        "外部委託等による要員は、委託契約の台帳で数えました。常駐かどうかは、台帳の備考欄にあります。",
    ),
    (
        PRACTICE,
        "table-2-1-culture",
        Comment.Audience.MINISTRY,
        "ueda.tanto2",
        "図書館の件数は、分館を含む合計です。",
    ),
)


class Command(BaseCommand):
    help = "Prepare the demonstration: the published round of 2020 from synthetic answers, and a round to try oneself."

    def handle(self, **options: Any) -> None:
        if not settings.ALLOW_DEMO:
            raise CommandError("The demonstration is refused here; set ALLOW_DEMO=1 if this is no real survey.")
        call_command("migrate", verbosity=0)
        call_command("load_bodies")
        call_command("load_survey", YEAR)
        run = self.published()
        self.reproduction(run)
        self.reports(run)
        is_new = self.practice()
        self.people()
        self.comments()
        if is_new:
            self.give_reasons()

    def published(self) -> Run:
        """The published round of 2020; the first edition, where somebody has tried a correction since."""
        if not self.survey(YEAR).closed_at:
            call_command("demo_answers", YEAR, seed=SEED)
            self.survey(YEAR).close()
        if Correction.objects.filter(response__survey__year=YEAR).exists():
            return Run.objects.get(survey__year=YEAR, edition=1)
        call_command("recompute", YEAR)
        run = report.compute(self.survey(YEAR)).run
        run.publish(by=None)
        return run

    def reproduction(self, run: Run) -> None:
        """Every published number beside the recomputed one."""
        published = report.published(YEAR)
        assert published is not None  # the project ships the numbers of 2020
        found = compare.reproduction(report.national(run), published)
        for line in found.lines():
            self.stdout.write(line)
        if not found.complete:
            raise CommandError("Not every published number came out again.")

    def reports(self, run: Run) -> None:
        folder = Path(settings.BASE_DIR) / "var" / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        found = downloads.national(run)
        for format, write in TABLE_FORMATS.items():
            path = folder / report.tables_file_name(run, format)
            path.write_bytes(write(found))
            self.stdout.write(f"report written: {path.relative_to(settings.BASE_DIR)}")

    def practice(self) -> bool:
        """The next round, open for anyone who wants to try; its questionnaire is that of 2020 under the next year.

        Returns whether it is new.
        """
        survey, _ = Survey.load(PRACTICE, read_folder(QUESTIONNAIRES / str(YEAR), PRACTICE))
        is_new = survey.state == Survey.State.DRAFT
        if is_new:
            take(survey, [self.nearly_done(survey)])
        return is_new

    def nearly_done(self, survey: Survey) -> BodyAnswers:
        """One city has answered all but the first section, so that its newcomer comes to a submission in minutes."""
        earlier = self.survey(YEAR).responses.get(body__code=UEDA).applicable_answers()
        left = survey.questionnaire.sections[0].question_by_id
        return BodyAnswers(UEDA, True, {id: answer for id, answer in earlier.items() if id not in left})

    def give_reasons(self) -> None:
        """Synthetic answers are made question by question, so that some do not go together: say so."""
        practice, leader = self.survey(PRACTICE), User.objects.get(sign_in_id=LEADER)
        section_of, response = practice.questionnaire.section_of, practice.responses.get(body__code=UEDA)
        for each in response.doubted():
            reason = Given("問ごとに作った合成データのため、2つの回答が合っていません。", each.doubt.fingerprint, "")
            section = section_of[each.doubt.question].id
            response.save_section(section, {}, seen={}, by=leader, reasons={each.doubt.key: reason})

    def people(self) -> None:
        password = settings.DEMO_PASSWORD
        self.stdout.write(f"\nサインインID（パスワードはどれも {password}） / sign-in ids (password: {password})")
        for sign_in_id, name, division, code, role in PEOPLE:
            body = Body.objects.get(code=code)
            user = self.person(sign_in_id, name, division)
            member = user.join(body, role, limited=sign_in_id == DELEGATE)
            self.stdout.write(f"  {sign_in_id:<16}{body}　{name}（{member.in_words}）")
        self.person("soumu", "総務 太郎", "地域情報化企画室", is_staff=True, is_superuser=True)
        self.stdout.write(f"  {'soumu':<16}総務省　総務 太郎（管理画面 /admin/）\n")
        self.delegation()

    def delegation(self) -> None:
        """One section of the city is in the hands of a colleague, unless somebody has tried handing it out already."""
        found = Survey.objects.get(year=PRACTICE).responses.get(body__code=UEDA)
        leader, colleague = (User.objects.get(sign_in_id=id) for id in (LEADER, DELEGATE))
        if not found.delegations.exists():
            task = Task(timezone.localdate() + timedelta(days=14), "昨年度の件数は、年報の12ページにあります。")
            Delegation.give(found, [DELEGATED], colleague, task, by=leader)

    def person(self, sign_in_id: str, name: str, division: str, **fields: bool) -> User:
        user = User.objects.filter(sign_in_id=sign_in_id).first()
        # One address a town hall, as many have it, in a domain that no mail can reach (RFC 2606).
        email = f"{sign_in_id.split('.')[0]}@demo.example"
        return user or User.objects.create_user(
            sign_in_id, settings.DEMO_PASSWORD, by=None, name=name, division=division, email=email, **fields
        )

    def comments(self) -> None:
        for year, question, audience, sign_in_id, text in COMMENTS:
            author = User.objects.get(sign_in_id=sign_in_id)
            response = self.survey(year).responses.get(body__code=UEDA)
            response.comment(question, audience, text, by=author, page="demo")
