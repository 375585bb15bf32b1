"""A flash chip in RAM for LittleFS, whose power can go before any of its writes."""

BLOCK = 4096


class Flash:
    """`writes_left` is how many block writes the power lasts; None is for ever. It is called while the heap is locked."""

    def __init__(self, blocks):
        self.data = bytearray(blocks * BLOCK)
        self.writes_left = None

    def readblocks(self, block, buffer, offset=0):
        self._copy(self.data, block * BLOCK + offset, buffer, 0, len(buffer))
        return 0

    def writeblocks(self, block, buffer, offset=0):
        length = len(buffer)
        if self.writes_left is not None:
            if self.writes_left < 0:
                return -5
            if self.writes_left == 0:
                length //= 2  # the power goes in the middle of the block
            self.writes_left -= 1
        self._copy(buffer, 0, self.data, block * BLOCK + offset, length)
        return -5 if length < len(buffer) else 0

    def ioctl(self, operation, argument):
        if operation == 4:
            return len(self.data) // BLOCK
        return BLOCK if operation == 5 else 0

    def _copy(self, source, at, target, to, length):
        index = 0
        while index < length:  # slices would allocate
            target[to + index] = source[at + index]
            index += 1
