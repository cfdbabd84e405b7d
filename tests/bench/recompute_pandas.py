"""The same counts with pandas: each place by side, kind, prefecture and band, and the sums by side."""

import json

import numpy as np
import pandas as pd

from tests.bench import reading
from tests.bench.reading import Long

Counts = dict[str, pd.Series]
BREAKDOWNS = {"national": "side", "kind": "kind", "prefecture": "prefecture", "population_band": "band"}


def count() -> tuple[Long, Counts, pd.Series]:
    columns = dict(zip(reading.Stored._fields, zip(*reading.stored(), strict=True), strict=True))
    found = reading.long(columns.pop("document"))
    bodies = pd.DataFrame(columns)
    is_prefecture = bodies["kind"] == "prefecture"
    bodies["side"] = np.where(is_prefecture, "prefecture", "municipality")
    edges = [*reading.BANDS.values(), np.inf]
    bodies["band"] = pd.cut(bodies["population"], edges, right=False, labels=[*reading.BANDS])
    bodies.loc[is_prefecture, ["kind", "prefecture", "band"]] = None  # only municipalities are broken down further
    groups = bodies[[*BREAKDOWNS.values()]].astype("category")
    data = groups.take(found.bodies).assign(place=np.array(found.marks))
    counts = {name: data.groupby(["place", own], observed=True).size() for name, own in BREAKDOWNS.items()}
    numbers = groups[["side"]].take(found.summed).assign(place=np.array(found.sums), number=found.numbers)
    return found, counts, numbers.groupby(["place", "side"], observed=True)["number"].sum()


def checked(found: Long, counts: Counts, sums: pd.Series) -> dict[str, int]:
    everything = [*counts.items(), ("national", sums)]
    lines = ((breakdown, *key, int(number)) for breakdown, of in everything for key, number in of.items())
    return reading.checked(found.places, lines)


if __name__ == "__main__":
    result = reading.measured(count)
    print(json.dumps({**result, "found": checked(*result["found"])}))
