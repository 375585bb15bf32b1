"""What people typed, made fit for JSON and XML alike; a report is never held back because of a strange character."""

import re

# Everything outside the Char production of XML 1.0, which includes NUL, most control characters and lone surrogates.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANK = re.compile(r"\s+")


def legible(text: str) -> str:
    """The text with each character that XML cannot carry shown as U+FFFD, and line ends as one newline."""
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The same on a single line, without blanks at the ends."""
    return _BLANK.sub(" ", legible(text)).strip()
