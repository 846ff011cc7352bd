"""Telephone numbers as people read them."""

import phonenumbers


def readable_phone(text: str) -> str:
    """Return a number such as +12125550100 in groups (+1 212-555-0100); anything else unchanged."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
