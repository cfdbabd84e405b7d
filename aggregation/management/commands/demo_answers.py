import random
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from aggregation import populations, report
from aggregation.synthetic import Plan, SyntheticBody, generate, load_hints
from aggregation.synthetic.people import synthetic_population
from surveys import bulk
from surveys.answers_file import SYNTHETIC, BodyAnswers
from surveys.csv_file import FileFaults
from surveys.management.base import Command as BaseCommand
from surveys.models import Body, Population, Response, Survey


class Command(BaseCommand):
    help = "Fill a round with synthetic answers of all bodies that reproduce the published numbers of its year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--seed", type=int, required=True)

    def handle(self, *, year: int, seed: int, **options: Any) -> None:
        if not settings.ALLOW_DEMO:
            raise CommandError("Synthetic answers are refused here; set ALLOW_DEMO=1 if this is no real survey.")
        survey = self.survey(year)
        published, hints = report.published(year), report.DATA / f"demo-{year}.toml"
        if published is None or not hints.exists():
            raise CommandError(f"There are no published numbers of {year} to reproduce.")
        if Response.objects.filter(survey=survey, synthetic=False).exclude(sections=None).exists():
            raise CommandError(f"The round of {year} holds reported answers; synthetic ones are refused.")
        started = time.perf_counter()
        with transaction.atomic():
            bodies = self.bodies(survey, seed)
            plan = Plan(survey.questionnaire, published, load_hints(Path(hints)))
            answers = generate(survey.questionnaire, bodies, plan, seed)
            taken = self.take(survey, [BodyAnswers(code, True, own) for code, own in answers.items()])
        seconds = time.perf_counter() - started
        self.stdout.write(
            f"synthetic answers of {len(answers)} bodies for {year} (seed {seed}): "
            f"{len(taken.changed)} changed, {len(taken.submitted)} submitted, {seconds:.1f} s"
        )

    def bodies(self, survey: Survey, seed: int) -> list[SyntheticBody]:
        """The bodies of the round; a municipality without a population gets a made-up one, marked as such."""
        rng = random.Random(f"population {seed}")  # noqa: S311  made-up numbers, the same for the same seed
        register, day = survey.listed(), survey.reference_date
        known = Population.objects.on(day, [body for body, _, _ in register])
        values = {body.code: known[body.pk].value for body, _, _ in register if body.pk in known}
        made_up = {
            body.code: synthetic_population(kind, rng)
            for body, _, kind in register
            if kind != Body.Kind.PREFECTURE and body.code not in values
        }
        Population.objects.register(made_up, day, SYNTHETIC, by=None)
        values |= made_up
        rows = [(body.code, kind, body.prefecture_code, values.get(body.code)) for body, _, kind in register]
        counted = populations.counted(rows)
        return [SyntheticBody(code, kind, prefecture, counted[code] or 0) for code, kind, prefecture, _ in rows]

    def take(self, survey: Survey, answers: list[BodyAnswers]) -> bulk.Taken:
        try:
            taken = bulk.take(survey, answers, submit=True)
        except FileFaults as error:
            raise CommandError(
                f"The round of {survey.year} cannot take them (synthetic answers of another seed, or closed). "
                f"Start from an empty database. First of {len(error.faults)}: {error.faults[0]}"
            ) from None
        if taken.incomplete:
            raise CommandError(
                f"The answers made for {', '.join(taken.incomplete)} break the rules; nothing was stored."
            )
        return taken
