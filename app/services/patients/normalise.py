"""One spelling for everything a patient is found by, so that equality is enough to search."""

import re
import unicodedata
from datetime import date

import phonenumbers

# Letters that Unicode does not take apart into a base letter and an accent.
_FOLD = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "ـ": None}
)
_APOSTROPHES = re.compile(r"['’ʼ‘`´]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_SEPARATORS = re.compile(r"[\s./-]+")
SHORTEST_PREFIX, LONGEST_PREFIX = 3, 8


def name_words(name: str) -> list[str]:
    """Return the words of a name in lower case without accents; other scripts keep their letters."""
    spread = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name).casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return [word for word in _NOT_A_WORD.split(bare.translate(_FOLD)) if word]


def prefixes(word: str) -> list[str]:
    """Return the 3 to 8 letter prefixes of a normalised word, or the whole word when it is shorter."""
    if len(word) <= SHORTEST_PREFIX:
        return [word]
    return [word[:length] for length in range(SHORTEST_PREFIX, min(len(word), LONGEST_PREFIX) + 1)]


def normal_phone(text: str, *, country: str) -> str:
    """Return the number as `+` and digits when it is a possible one, else its digits alone."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return digits_of(text)
    if not phonenumbers.is_possible_number(number):
        return digits_of(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits_of(text: str) -> str:
    """Return the digits of a text, in whatever script, as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign)) for sign in text if unicodedata.decimal(sign, None) is not None)


def normal_number(text: str) -> str:
    """Return a member number's letters and digits: people leave out its spaces and dashes, or write others."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def normal_email(text: str) -> str:
    """Return the address in lower case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def possible_dates(text: str) -> list[date]:
    """Return the dates a person may mean: year first, or day and month in either order, then the year."""
    parts = _SEPARATORS.split(text.strip())
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return []
    first, second, third = (int(part) for part in parts)
    if len(parts[0]) == 4:
        orders = [(first, second, third)]
    elif len(parts[2]) == 4:
        orders = [(third, second, first), (third, first, second)]
    else:
        return []
    found = [made for made in (_date(*order) for order in orders) if made is not None]
    return list(dict.fromkeys(found))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
