"""Check digits: does a number keep the arithmetic of what it seems to be?"""

import re
from collections.abc import Callable
from itertools import accumulate


def is_card(text: str) -> bool:
    """Passes the Luhn check (ISO/IEC 7812-1) with 13 to 19 digits that are not all the same."""
    digits = [int(char) for char in text if char.isdecimal()]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and _luhn(digits)


# Without them one phrase of a hundred that begins as "at 20..." would be an account.
_IBAN_LENGTHS = {
    one[:2]: int(one[2:])
    for one in """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29
    ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
    LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NI28 NL18 NO15 PK24 PL28 PS29
    PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24
    XK20
    """.split()
}


def is_iban(text: str) -> bool:
    """It is as long as those of its country and its check digits are right (ISO 13616, modulo 97)."""
    plain = re.sub(r"[ .-]", "", text).upper()
    if len(plain) != _IBAN_LENGTHS.get(plain[:2]):
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def is_ssn(digits: str) -> bool:
    """An area, a group and a serial that the US Social Security Administration gives out."""
    return digits[:3] not in ("000", "666") and digits[0] != "9" and digits[3:5] != "00" and digits[5:] != "0000"


def is_nir(text: str) -> bool:
    """French social security number with the key 97 - n mod 97; Corsica's 2A and 2B count as 19 and 18 (INSEE)."""
    number = text[:13].upper().replace("2A", "19").replace("2B", "18")
    return number.isdecimal() and int(text[13:]) == 97 - int(number) % 97


def is_dni(text: str) -> bool:
    """Spanish DNI or NIE: the letter is the number modulo 23 (Ministerio del Interior)."""
    number = re.sub(r"^[XYZ]", lambda match: str("XYZ".index(match[0])), text[:-1].upper())
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1].upper()


def is_steuer_id(digits: str) -> bool:
    """German tax id: one digit of ten comes twice or three times, ISO 7064 mod 11,10 checks it (BZSt)."""
    counts = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    if digits[0] == "0" or counts[-1] not in (2, 3) or counts[-2] != 1:
        return False
    product = 10
    for digit in digits[:10]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (11 - product) % 10 == int(digits[10])


def is_codice_fiscale(text: str) -> bool:
    """Italian tax code: odd places by a table, even ones by rank, modulo 26 (DM 23 December 1976)."""
    odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
    ranks = [int(char) if char.isdecimal() else ord(char) - ord("A") for char in text.upper()]
    total = sum(odd[rank] if index % 2 == 0 else rank for index, rank in enumerate(ranks[:15]))
    return total % 26 == ranks[15]


def is_belgian(digits: str) -> bool:
    """Belgian national number: 97 minus the rest by 97, with a 2 before it for births from 2000."""
    number, key = digits[:9], int(digits[9:])
    return key in (97 - int(number) % 97, 97 - int("2" + number) % 97)


def is_ahv(digits: str) -> bool:
    """Swiss AHV number: 756 and the check digit of EAN-13."""
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return digits[:3] == "756" and weighted % 10 == 0


def is_cpf(digits: str) -> bool:
    """Brazilian CPF: two check digits, weights 10 to 2 and 11 to 2 (Receita Federal)."""
    return len(set(digits)) > 1 and all(
        sum(int(digit) * (length + 1 - index) for index, digit in enumerate(digits[:length])) * 10 % 11 % 10
        == int(digits[length])
        for length in (9, 10)
    )


def luhn_of(digits: str) -> Callable[[int, int], bool]:
    """Tells for any part `start` to `end` (exclusive) of the digits, at once, whether it passes the Luhn check."""
    values = [int(digit) for digit in digits]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in values]
    sums = [
        list(accumulate((doubled[i] if i % 2 == parity else values[i] for i in range(len(values))), initial=0))
        for parity in (0, 1)
    ]
    return lambda start, end: (sums[end % 2][end] - sums[end % 2][start]) % 10 == 0


def _luhn(digits: list[int]) -> bool:
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
