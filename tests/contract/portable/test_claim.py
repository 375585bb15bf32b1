"""The code on the box: 130 bits, read aloud without harm, and known by its hash alone."""

from refusal import refused

from kentongan_contract.claim import LENGTH, LETTERS, code_of, digest


def test_a_code_is_twenty_six_letters_that_nobody_mistakes():
    code = code_of(bytes(range(LENGTH)))
    assert code == "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-23"
    assert len(LETTERS) == 32
    assert not [letter for letter in "IO01" if letter in LETTERS]


def test_every_byte_finds_its_letter_evenly():
    letters = [code_of(bytes([byte]) * LENGTH)[0] for byte in range(256)]
    assert [letters.count(letter) for letter in LETTERS] == [8] * 32


def test_however_it_is_typed_it_is_the_same_and_another_is_not():
    code = code_of(bytes(range(LENGTH)))
    for typed in (code.lower(), code.replace("-", ""), " " + code.replace("-", " ") + "\n"):
        assert digest(typed) == digest(code)
    assert digest(code[:-1]) != digest(code)
    assert len(digest("")) == 64


def test_too_little_chance_makes_no_code():
    for size in (0, LENGTH - 1, LENGTH + 1):
        refused(ValueError, code_of, bytes(size))
