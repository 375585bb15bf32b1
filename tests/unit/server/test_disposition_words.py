"""What others write of how it ended becomes one of our words, and never a wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan_server.domain.disposition_words import in_our_words
from kentongan_server.domain.incident import Disposition


@pytest.mark.parametrize("ours", Disposition)
def test_our_own_words_are_themselves(ours: Disposition) -> None:
    assert in_our_words(ours.value) is ours
    assert in_our_words(f"  {ours.value.upper().replace('_', '-')}. ") is ours


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("Pelaku ditangkap", "founded"),
        ("TKP NIHIL", "unfounded"),
        ("tidak-terbukti", "unfounded"),
        ("Salah tekan", "mistaken_good_faith"),
        ("Laporan palsu!", "prank"),
        ("Ditangani warga", "handled_by_residents"),
        ("bukan iseng", "other"),
        ("false_alarm", "other"),
        ("Pelaku kabur", "other"),
    ],
)
def test_a_word_that_can_mean_one_thing_is_understood_and_no_other(said: str, ours: str) -> None:
    assert in_our_words(said) == ours


@pytest.mark.parametrize("said", [None, "", "  ", "...", "\n"])
def test_nothing_said_is_nothing(said: str | None) -> None:
    assert in_our_words(said) is None


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=100))
def test_whatever_is_typed_is_understood_or_kept_as_other(said: str) -> None:
    assert in_our_words(said) in (*Disposition, None)
