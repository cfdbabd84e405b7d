"""What a person may do with a response."""

from typing import NamedTuple


class Access(NamedTuple):
    """What a person may do with a response: the roles in its body and, for one who is limited, the sections held.

    `only` is None for all others. Who is limited in a body stays so there, whatever they oversee besides.
    """

    roles: frozenset[str]
    only: frozenset[str] | None = None

    def covers(self, section: str) -> bool:
        return self.only is None or section in self.only
