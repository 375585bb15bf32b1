"""Pins, ADC, UART and watchdog of no matter, in the shape of the ESP32 port; `Pin.levels` is what a probe would see."""


class Pin:
    IN = 0
    OUT = 1
    PULL_UP = 2
    IRQ_FALLING = 1
    IRQ_RISING = 2
    levels = {}
    listeners = []

    def __init__(self, number, mode=-1, pull=None, value=None):
        self.number = number
        if mode == Pin.IN and pull == Pin.PULL_UP:
            Pin.levels.setdefault(number, 1)
        if value is not None:
            self.value(value)

    def irq(self, handler, trigger):
        Pin.listeners.append(lambda number, _level: handler(self) if number == self.number else None)

    def value(self, level=None):
        if level is None:
            return Pin.levels[self.number]
        if Pin.levels.get(self.number) != level:
            Pin.levels[self.number] = level
            for listener in Pin.listeners:
                listener(self.number, level)
        return None


PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
cause = PWRON_RESET


class Restarted(BaseException):
    """The chip began again."""


def reset():
    raise Restarted


def reset_cause():
    return cause


class PWM:
    """A tone; its duty is seen as the pin's level."""

    def __init__(self, pin, freq, duty_u16):
        self._pin = pin
        self.duty_u16(duty_u16)

    def duty_u16(self, duty):
        self._pin.value(1 if duty else 0)


class ADC:
    """`microvolts` is what lies at each pin; a supervised loop at rest unless told otherwise."""

    ATTN_11DB = 3
    AT_REST = 1_650_000
    microvolts = {}

    def __init__(self, pin, atten):
        assert atten == ADC.ATTN_11DB
        self._number = pin.number

    def read_uv(self):
        return ADC.microvolts.get(self._number, ADC.AT_REST)


class RTC:
    set_to = None

    def datetime(self, fields):
        RTC.set_to = fields


class WDT:
    fed = 0

    def __init__(self, id=0, timeout=5000):
        assert timeout > 1000

    def feed(self):
        WDT.fed += 1


class UART:
    """A line with somebody listening: `sent` is what left; `coming` is what will be read."""

    sent = b""
    coming = b""

    def __init__(self, id, baudrate, tx, rx, txbuf, rxbuf, timeout):
        assert timeout == 0
        self._looks = 0

    def any(self):
        return len(UART.coming)

    def read(self, size):
        data, UART.coming = UART.coming[:size], UART.coming[size:]
        return data or None

    def write(self, data):
        self._looks = 3  # it takes a while to leave
        UART.sent += data
        return len(data)

    def txdone(self):
        self._looks -= 1
        return self._looks <= 0

    def deinit(self):
        pass
