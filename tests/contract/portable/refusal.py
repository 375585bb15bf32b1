"""What pytest.raises would do, on both interpreters."""


def refused(error, call, *arguments):
    """The error that the call raised, which must be of this class."""
    try:
        answer = call(*arguments)
    except error as problem:
        return problem
    raise AssertionError("nothing was refused: " + repr(answer)[:200])


def numbers(seed):
    """Numbers from 0 to 255 that look random and are the same everywhere."""
    while True:
        seed = (seed * 1103515245 + 12345) % 2147483648
        yield seed >> 16 & 255
