"""Registration numbers of companies and their check digits.

SIREN and SIRET: nine and fourteen digits that satisfy Luhn's formula (INSEE); La Poste's SIRETs are exempt and not
judged here. French VAT numbers: FR, a key, the SIREN; a key of two digits is (12 + 3 × (SIREN mod 97)) mod 97.
"""

import re

# Length and shape of the numbers of other member states (VIES), without their check digits.
EU_VAT = re.compile(
    r"(?:AT U?\d{8}|BE[01]\d{9}|BG\d{9,10}|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|EL\d{9}|ES[A-Z0-9]\d{7}[A-Z0-9]|"
    r"FI\d{8}|HR\d{11}|HU\d{8}|IE\d{7}[A-Z]{1,2}|IT\d{11}|LT\d{9,12}|LU\d{8}|LV\d{11}|MT\d{8}|NL\d{9}B\d{2}|PL\d{10}|"
    r"PT\d{9}|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10}|GB\d{9})"
)


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_siren(digits: str) -> bool:
    return len(digits) == 9 and digits.isascii() and digits.isdigit() and luhn(digits) and int(digits) > 0


def is_siret(digits: str) -> bool:
    return (
        len(digits) == 14 and digits.isascii() and digits.isdigit() and luhn(digits) and is_siren(digits[:9])
    )


def is_vat(number: str) -> bool:
    """``number`` without spaces, in capitals."""
    if number.startswith("FR"):
        key, siren = number[2:4], number[4:]
        if not is_siren(siren):
            return False
        return not key.isdigit() or int(key) == (12 + 3 * (int(siren) % 97)) % 97
    return EU_VAT.fullmatch(number) is not None
