"""A register file that somebody uploads: what it would change, carried to the confirmation in a signed field."""

from dataclasses import dataclass, field

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _g

from surveys.admin.base import person
from surveys.csv_file import FileFaults, decode
from surveys.models.loading import Loading, compare

SALT = "surveys.register"
MAX_AGE = 24 * 60 * 60  # seconds
SHOWN_FAULTS = 200  # of a file that is wrong throughout, the first are enough
LONGEST_NAME = 100  # it is noted as the source of the populations
MOST_BYTES = 2_000_000  # ten times the register of the country


@dataclass(frozen=True)
class RegisterUpload:
    """What a file would change, or what is wrong with it."""

    name: str = ""
    faults: list[str] = field(default_factory=list)
    count: int = 0  # of all faults, when only the first are listed
    loading: Loading | None = None
    token: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "RegisterUpload":
        file = request.FILES.get("file")
        if file is None:
            return cls(faults=[_g("ファイルを選んでください。")])
        name = (file.name or "")[:LONGEST_NAME]
        if (file.size or 0) > MOST_BYTES:
            return cls(name, [_g("ファイルが大きすぎます（2MBまで）。団体名簿のCSVファイルを選んでください。")])
        try:
            data = file.read()
            carried = {"file": decode(data), "name": name, "for": person(request).pk}
            return cls(name, loading=compare(data), token=signing.dumps(carried, salt=SALT, compress=True))
        except FileFaults as error:
            found = [text.in_language(get_language() or "ja") for text in error.texts[:SHOWN_FAULTS]]
            return cls(name, found, count=len(error.texts))


def confirmed(request: HttpRequest) -> tuple[bytes, str]:
    """The file that a page carried, and its name. Raises signing.BadSignature if it is not whole, too old, or somebody
    else's."""
    found = signing.loads(request.POST["proposal"], salt=SALT, max_age=MAX_AGE)
    if found["for"] != person(request).pk:
        raise signing.BadSignature("somebody else's")
    return found["file"].encode(), found["name"]
