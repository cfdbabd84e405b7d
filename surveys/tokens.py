"""The secret of an invitation: sixteen signs to be typed from paper; only their SHA-256 is stored. Pure."""

import hashlib
import secrets
import unicodedata

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U (Crockford): nothing that is misread on paper
LENGTH = 16  # 80 random bits: nobody finds one by trying, nor from its hash
MISREAD = str.maketrans("OIL", "011")


def make() -> str:
    """A new token, in fours as it is printed: 7K2M-9QX4-TB6W-0HVD."""
    found = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(found[at : at + 4] for at in range(0, LENGTH, 4))


def digest(typed: str) -> str:
    """What is stored of a token, however it was typed: full-width, in small letters, with spaces or without hyphens."""
    signs = unicodedata.normalize("NFKC", typed).upper().translate(MISREAD)
    return hashlib.sha256("".join(sign for sign in signs if sign in SIGNS).encode()).hexdigest()
