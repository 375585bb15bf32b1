"""What a field may hold. A check is called with the value and says yes or no; `law` says the same to a reader: a template
of its own attributes, which the printer of the page fills in, so that a node pays one constant for it.

`type(value) is int` rather than isinstance: True is an int to CPython and not to MicroPython.
"""

HEX = "0123456789abcdef"


class Check:
    """One field's law."""

    law = ""

    def __call__(self, value: object) -> bool:
        raise NotImplementedError


class OneOf(Check):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    law = "{words}"

    def __call__(self, value: object) -> bool:
        return type(value) is str and value in self.words


class Text(Check):
    """Visible ASCII without spaces: safe in a log, a topic and a file name's middle."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    law = "text, 1 to {longest} visible ASCII characters"

    def __call__(self, value: object) -> bool:
        return type(value) is str and 0 < len(value) <= self.longest and all("!" <= c <= "~" for c in value)


class Whole(Check):
    """A whole number between two bounds, both allowed."""

    def __init__(self, lowest: int, highest: int) -> None:
        self.lowest = lowest
        self.highest = highest

    law = "whole number, {lowest} to {highest}"

    def __call__(self, value: object) -> bool:
        return type(value) is int and self.lowest <= value <= self.highest


class Truth(Check):
    """True or false."""

    law = "true or false"

    def __call__(self, value: object) -> bool:
        return value is True or value is False


class Nonce(Check):
    """Eight random bytes."""

    law = "16 hex digits, lower case"

    def __call__(self, value: object) -> bool:
        return type(value) is str and len(value) == 16 and all(digit in HEX for digit in value)


class Beats(Check):
    """Strokes and pauses in turn; a rhythm so short that it would only buzz is no rhythm."""

    LONGEST = 64
    LONGEST_MS = 10_000
    SHORTEST_ROUND_MS = 50
    law = "list of 0 to 64 whole numbers, an even count, each 0 to 10000 (ms); together at least 50 unless empty"

    def __call__(self, value: object) -> bool:
        if type(value) is not list or len(value) > self.LONGEST or len(value) % 2:
            return False
        if not all(type(beat) is int and 0 <= beat <= self.LONGEST_MS for beat in value):
            return False
        return not value or sum(value) >= self.SHORTEST_ROUND_MS


class Outcomes(Check):
    """The last commands and what became of them."""

    LONGEST = 4

    def __init__(self, ident: Check, outcome: Check) -> None:
        self.ident = ident
        self.outcome = outcome

    law = "list of 0 to 4 pairs [id, outcome]; outcome: {outcome.law}"

    def __call__(self, value: object) -> bool:
        if type(value) is not list or len(value) > self.LONGEST:
            return False
        return all(
            type(pair) is list and len(pair) == 2 and self.ident(pair[0]) and self.outcome(pair[1]) for pair in value
        )


class Words(Check):
    """A short list of words, each once."""

    LONGEST = 16

    def __init__(self, word: Check) -> None:
        self.word = word

    law = "list of 0 to 16 different words; word: {word.law}"

    def __call__(self, value: object) -> bool:
        if type(value) is not list or len(value) > self.LONGEST or not all(self.word(word) for word in value):
            return False
        return len(set(value)) == len(value)


class Counts(Check):
    """How often, by reason."""

    LONGEST = 16
    MOST = 9007199254740991

    def __init__(self, word: Check) -> None:
        self.word = word

    law = "object of 0 to 16 words, each with a whole number, 0 to 9007199254740991; word: {word.law}"

    def __call__(self, value: object) -> bool:
        if type(value) is not dict or len(value) > self.LONGEST:
            return False
        return all(self.word(word) and type(n) is int and 0 <= n <= self.MOST for word, n in value.items())


class Codes(Check):
    """The rows of a codebook: each kind once."""

    LONGEST = 32

    def __init__(self, word: Check, colour: Check) -> None:
        self._row = (word, word, Beats(), Whole(0, 10_000), Whole(0, 900_000), colour)

    law = "list of 1 to 32 codes [kind, pattern, beats, rounds, duration_ms, colour], each kind once"

    def __call__(self, value: object) -> bool:
        if type(value) is not list or not 0 < len(value) <= self.LONGEST:
            return False
        if not all(self._is_code(code) for code in value):
            return False
        return len(set([code[0] for code in value])) == len(value)

    def _is_code(self, code: object) -> bool:
        if type(code) is not list or len(code) != len(self._row):
            return False
        return all([check(field) for check, field in zip(self._row, code)])
