"""The bands of population that bodies are grouped by. Pure."""

from surveys.questionnaire import Text

BAND_LABELS = {
    "lt5k": Text("５千人未満", "Under 5,000 people"),
    "5k-10k": Text("５千人以上１万人未満", "5,000 to 9,999 people"),
    "10k-30k": Text("１万人以上３万人未満", "10,000 to 29,999 people"),
    "30k-50k": Text("３万人以上５万人未満", "30,000 to 49,999 people"),
    "50k-100k": Text("５万人以上10万人未満", "50,000 to 99,999 people"),
    "100k-300k": Text("10万人以上30万人未満", "100,000 to 299,999 people"),
    "ge300k": Text("30万人以上", "300,000 people or more"),
}
BAND_STARTS = (0, 5_000, 10_000, 30_000, 50_000, 100_000, 300_000)


def band(population: int) -> str:
    """The code of the population band that a number of persons falls in."""
    codes = tuple(BAND_LABELS)
    return codes[sum(start <= population for start in BAND_STARTS) - 1]
