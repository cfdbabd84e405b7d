"""The same counts with polars: each place by side, kind, prefecture and band, and the sums by side."""

import json

import polars as pl

from tests.bench import reading
from tests.bench.reading import Long

Counts = dict[str, pl.DataFrame]
BREAKDOWNS = {"national": "side", "kind": "kind", "prefecture": "prefecture", "population_band": "band"}


def _groups(bodies: pl.DataFrame) -> pl.DataFrame:
    """The groups of each body; only municipalities are broken down further than by side."""
    is_prefecture = pl.col("kind") == "prefecture"
    band = pl.col("population").bin_intervals([*reading.BANDS.values()][1:], labels=[*reading.BANDS]).alias("band")
    further = [pl.when(~is_prefecture).then(each) for each in (pl.col("kind", "prefecture"), band)]
    side = pl.when(is_prefecture).then(pl.lit("prefecture")).otherwise(pl.lit("municipality")).alias("side")
    return bodies.with_columns(side, *further).select(BREAKDOWNS.values()).cast(pl.Categorical)


def count() -> tuple[Long, Counts, pl.DataFrame]:
    columns = zip(*reading.stored(), strict=True)
    bodies = dict(zip(reading.Stored._fields, columns, strict=True))
    found = reading.long(bodies.pop("document"))
    groups = _groups(pl.DataFrame(bodies))
    data = groups.select(pl.all().gather(pl.Series(found.bodies))).with_columns(place=pl.Series(found.marks)).lazy()
    counts = [data.filter(pl.col(own).is_not_null()).group_by("place", own).len() for own in BREAKDOWNS.values()]
    numbers = groups.select(pl.col("side").gather(pl.Series(found.summed)))
    numbers = numbers.with_columns(place=pl.Series(found.sums), number=pl.Series(found.numbers))
    sums = numbers.lazy().group_by("place", "side").agg(pl.col("number").sum())
    *counted, summed = pl.collect_all([*counts, sums])
    return found, dict(zip(BREAKDOWNS, counted, strict=True)), summed


def checked(found: Long, counts: Counts, sums: pl.DataFrame) -> dict[str, int]:
    everything = [*counts.items(), ("national", sums)]
    return reading.checked(found.places, ((breakdown, *row) for breakdown, of in everything for row in of.iter_rows()))


if __name__ == "__main__":
    result = reading.measured(count)
    print(json.dumps({**result, "found": checked(*result["found"])}))
