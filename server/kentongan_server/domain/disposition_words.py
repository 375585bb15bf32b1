"""How it ended, said by others in their own words: which of ours that is.

Only words that can mean one thing stand here. Whatever else somebody writes is `other`, and their text is kept as it came.
"""

import re

from kentongan_server.domain.incident import Disposition

_SAID = {
    Disposition.FOUNDED: (
        "founded", "confirmed", "arrest", "arrested", "benar", "benar terjadi", "terbukti", "tertangkap", "ditangkap",
        "pelaku ditangkap", "pelaku diamankan", "diamankan",
    ),
    Disposition.UNFOUNDED: ("unfounded", "not found", "nihil", "tidak terbukti", "tidak ditemukan", "tkp nihil"),
    Disposition.MINOR: ("minor", "ringan", "tipiring", "tindak pidana ringan"),
    Disposition.DUPLICATE: ("duplicate", "laporan ganda", "ganda", "duplikat"),
    Disposition.MISTAKEN_GOOD_FAITH: (
        "mistaken good faith", "mistake", "accidental", "keliru", "salah paham", "salah tekan", "tidak sengaja",
        "keliru beritikad baik",
    ),
    Disposition.PRANK: ("prank", "hoax", "hoaks", "iseng", "laporan palsu"),
    Disposition.TEST: ("test", "uji", "uji coba", "latihan"),
    Disposition.HANDLED_BY_RESIDENTS: ("handled by residents", "ditangani warga", "diselesaikan warga"),
    Disposition.REFERRED: ("referred", "dilimpahkan", "diteruskan", "dirujuk"),
    Disposition.OTHER: ("other", "lain", "lain lain", "lainnya"),
}  # fmt: skip
_OURS = {word: disposition for disposition, words in _SAID.items() for word in words}
_NO_LETTER = re.compile(r"[\W_]+")


def in_our_words(said: str | None) -> Disposition | None:
    """Our word for it; `other` for what we do not know, None for nothing said."""
    if said is None:
        return None
    plain = _NO_LETTER.sub(" ", said).strip().casefold()
    return _OURS.get(plain, Disposition.OTHER) if plain else None
