"""Codes of local governments (全国地方公共団体コード). Pure."""


def check_digit(code: str) -> int:
    """The sixth digit of a body's code from its first five (JIS X 0402, modulus 11).

    The digits are weighted 6, 5, 4, 3, 2; the check digit is the last digit of 11 minus the remainder of the sum by 11.
    """
    total = sum(int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True))
    return (11 - total % 11) % 10


def is_code(code: str) -> bool:
    """Whether this is a 6-digit code with the right check digit."""
    return len(code) == 6 and code.isascii() and code.isdigit() and check_digit(code) == int(code[5])
