"""A browser in words, as far as it tells what it is: Edge（Windows）. Pure."""

from collections.abc import Sequence

# The first that is found counts: most call themselves Safari and Chrome as well.
BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox")),
    *(("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("CrOS", "ChromeOS"), ("Macintosh", "Mac"), ("Linux", "Linux")),
)


def browser(agent: str) -> str:
    return _first(BROWSERS, agent)


def system(agent: str) -> str:
    return _first(SYSTEMS, agent)


def _first(signs: Sequence[tuple[str, str]], agent: str) -> str:
    return next((name for sign, name in signs if sign in agent), "")
