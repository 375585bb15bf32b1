from kentongan_node.pins import BOARDS, chosen


def _refused(build, named):
    try:
        chosen(build, named)
    except RuntimeError as error:
        return str(error)
    raise AssertionError("a board was guessed")


def test_the_build_says_the_board():
    assert chosen("ESP32_GENERIC_S3", "") == "esp32_s3"
    assert chosen("ESP32_GENERIC_S3-SPIRAM_OCT", "") == "esp32_s3"
    assert chosen("ESP32_GENERIC", "") == "esp32"
    assert chosen("ESP32_GENERIC-OTA", "") == "esp32"
    assert chosen("ESP32_GENERIC_C3", "") == "esp32_c3"
    assert chosen("RPI_PICO_W", "") == "pico_w"


def test_the_file_names_a_board_that_shares_a_build_and_a_wrong_name_is_a_sentence():
    assert chosen("ESP32_GENERIC", "olimex_esp32_poe") == "olimex_esp32_poe"
    assert _refused("ESP32_GENERIC", "olimex").startswith("/board names olimex; it must be one of esp32, ")


def test_no_pin_is_driven_on_a_guess():
    assert "no pins for the build PYBV11" in _refused("PYBV11", "")


def test_every_board_has_every_pin_that_the_node_asks_for():
    for board in BOARDS:
        pins = getattr(__import__("kentongan_node.pins_" + board), "pins_" + board)
        for name in ("PANIC_LOOP", "TAMPER_LOOP", "SILENCE_KEY", "SIREN", "BEACON", "LED_RED"):
            assert type(getattr(pins, name)) is int, (board, name)
        for name in (
            "LED_GREEN",
            "LED_BLUE",
            "SIREN_SENSE",
            "BATTERY_SENSE",
            "MAINS_SENSE",
            "UART_TX",
            "UART_RX",
            "RS485_DE",
        ):
            assert hasattr(pins, name), (board, name)
