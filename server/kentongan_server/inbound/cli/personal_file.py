"""What a person is given: one zip with everything as JSON, for a machine, and as a page in Bahasa Indonesia, for them."""

import json
import zipfile
from html import escape
from pathlib import Path
from typing import Any

CATEGORIES = {
    "name": "Nama",
    "memberships": "Keanggotaan dan peran",
    "rota": "Jadwal ronda",
    "swaps": "Tukar jadwal ronda",
    "check_ins": "Kehadiran ronda",
    "calendars": "Kalender ronda",
    "cooldowns": "Masa jeda setelah laporan iseng",
    "admissions": "Permintaan bergabung dengan RT",
    "consents": "Persetujuan",
    "erasure": "Permintaan penghapusan",
    "reports": "Laporan yang Anda kirim",
    "login": "Akun masuk",
    "sessions": "Perangkat yang masuk",
    "access_tokens": "Token akses program",
    "second_factor": "Faktor kedua",
    "resets": "Pengaturan ulang akun Anda oleh orang lain",
    "pin": "PIN (hanya bahwa PIN ada)",
    "destinations": "Tujuan pemberitahuan",
    "preferences": "Pilihan",
    "answers": "Jawaban Anda kepada kejadian",
    "notifications": "Pemberitahuan yang dikirim kepada Anda",
    "record": "Catatan kejadian atas nama Anda",
}


def write_personal_file(found: dict[str, Any], path: Path) -> None:
    """Write the zip; OSError when it cannot be."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=2))
        file.writestr("data.html", personal_page(found))


def personal_page(found: dict[str, Any]) -> str:
    """The same for a human reader."""
    parts = [
        f"<h1>Data pribadi Anda di Kentongan</h1><p>Dibuat {escape(found['at'])} untuk {escape(found['person'])}.</p>"
    ]
    for category, rows in found["data"].items():
        parts.append(f"<h2>{escape(CATEGORIES.get(category, category))} ({len(rows)})</h2>")
        for row in rows:
            cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in row.items())
            parts.append(f"<dl>{cells}</dl>")
    parts.append(
        "<p>Anda berhak memperbaiki, menyalin, dan meminta penghapusan data ini (UU 27/2022 pasal 5 sampai 13). "
        "Hubungi ketua RT Anda.</p>"
    )
    style = (
        "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto}dt{font-weight:bold}dl{border-top:1px solid #999}"
    )
    head = f'<meta charset="utf-8"><title>Data pribadi</title><style>{style}</style>'
    return f'<!doctype html><html lang="id"><head>{head}</head><body>{"".join(parts)}</body></html>'
