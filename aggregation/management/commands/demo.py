from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from aggregation import compare, downloads, report
from aggregation.export import FORMATS
from aggregation.models import Run
from surveys.answers_file import BodyAnswers
from surveys.bulk import take
from surveys.management.base import Command as BaseCommand
from surveys.management.commands.load_survey import QUESTIONNAIRES
from surveys.models import Body, Membership, Survey, User
from surveys.questionnaire import read_folder

YEAR, PRACTICE, SEED = 2020, 2021, 2020
UEDA, NAGANO = "202037", "200000"
Role = Membership.Role
PEOPLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("ueda.tanto", "小林 直樹", "情報政策課", UEDA, Role.EDITOR),
    ("ueda.tanto2", "中村 真理", "秘書広報課", UEDA, Role.EDITOR),
    ("ueda.kessai", "宮澤 明子", "総務部", UEDA, Role.APPROVER),
    ("nagano.tanto", "北原 進", "デジタル推進課", NAGANO, Role.EDITOR),
    ("nagano.kakunin", "太田 恵", "市町村課", NAGANO, Role.COORDINATOR),
)


class Command(BaseCommand):
    help = "Prepare the demonstration: the published round of 2020 from synthetic answers, and a round to try oneself."

    def handle(self, **options: Any) -> None:
        if not settings.ALLOW_DEMO:
            raise CommandError("The demonstration is refused here; set ALLOW_DEMO=1 if this is no real survey.")
        call_command("migrate", verbosity=0)
        call_command("load_bodies")
        call_command("load_survey", YEAR)
        call_command("demo_answers", YEAR, seed=SEED)
        call_command("recompute", YEAR)
        run = report.compute(self.survey(YEAR)).run
        run.publish(by=None)
        self.reproduction(run)
        self.reports(run)
        self.practice()
        self.people()

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
        for suffix, write in FORMATS.items():
            path = folder / report.file_name(run, suffix)
            path.write_bytes(write(found))
            self.stdout.write(f"report written: {path.relative_to(settings.BASE_DIR)}")

    def practice(self) -> None:
        """The next round, open for anyone who wants to try; its questionnaire is that of 2020 under the next year."""
        survey, _ = Survey.load(PRACTICE, read_folder(QUESTIONNAIRES / str(YEAR), PRACTICE))
        if survey.state == Survey.State.DRAFT:
            take(survey, [self.nearly_done(survey)])

    def nearly_done(self, survey: Survey) -> BodyAnswers:
        """One city has answered all but the first section, so that its newcomer comes to a submission in minutes."""
        earlier = self.survey(YEAR).responses.get(body__code=UEDA).applicable_answers()
        left = survey.questionnaire.sections[0].question_by_id
        return BodyAnswers(UEDA, True, {id: answer for id, answer in earlier.items() if id not in left})

    def people(self) -> None:
        password = settings.DEMO_PASSWORD
        self.stdout.write(f"\nサインインID（パスワードはどれも {password}） / sign-in ids (password: {password})")
        for sign_in_id, name, division, code, role in PEOPLE:
            body = Body.objects.get(code=code)
            user = self.person(sign_in_id, name, division)
            user.join(body, role)
            self.stdout.write(f"  {sign_in_id:<16}{body}　{name}（{Role(role).label}）")
        self.person("soumu", "総務 太郎", "地域情報化企画室", is_staff=True, is_superuser=True)
        self.stdout.write(f"  {'soumu':<16}総務省　総務 太郎（管理画面 /admin/）\n")

    def person(self, sign_in_id: str, name: str, division: str, **fields: bool) -> User:
        user = User.objects.filter(sign_in_id=sign_in_id).first()
        # One address a town hall, as many have it, in a domain that no mail can reach (RFC 2606).
        email = f"{sign_in_id.split('.')[0]}@demo.example"
        return user or User.objects.create_user(
            sign_in_id, settings.DEMO_PASSWORD, by=None, name=name, division=division, email=email, **fields
        )
