"""A report as bytes: the only place that writes files."""

from collections.abc import Callable

from aggregation.export.long_form import LongForm, to_csv, to_json

FORMATS: dict[str, Callable[[LongForm], bytes]] = {"csv": to_csv, "json": to_json}
