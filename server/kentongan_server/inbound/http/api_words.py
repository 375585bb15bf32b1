"""Examples for the API's description: of words, and of answers that no schema describes."""

from typing import Any

RT, RT2 = "33.74.12.1001/RW03/RT02", "33.74.12.1001/RW03/RT03"
AT = "2026-11-26T13:15:04.250000Z"

# A word has one meaning in this API, so one example serves wherever it stands.
WORDS: dict[str, Any] = {
    "a": RT,
    "address": "https://kentongan.example/join#n1bXq0Zk5fJwB2yT7vRcA9LdE3hU6sGi",
    "actor": "rt-head-12-1001-03-02",
    "attempts": 1,
    "b": RT2,
    "by": "admin-1",
    "cameras": "cam-12-1001-03-02-1",
    "changed": 2,
    "channel": "police_webhook",
    "code": RT,
    "codes": RT,
    "created": 55,
    "detail": "Latitude and longitude are swapped: latitude 110.38 is off the map.",
    "device": "Mozilla/5.0 (Linux; Android 13) Chrome/155",
    "disposition": "founded",
    "distance_m": 86,
    "duress_pin": "8206",
    "email": "sari@warga.example",
    "event": "incident_opened",
    "field": "kind",
    "granted_by": "rt-head-12-1001-03-02",
    "households": 55,
    "id": "01JDBV5Y0M0000000000000000",
    "ignored_columns": "kelurahan",
    "incident": "01JDBV5Y2C0000000000000000",
    "kentongan": "ktg-12-1001-03-02",
    "key": RT,
    "latitude": -7.06,
    "left_off": 0,
    "level": 1,
    "link": "rtsp://10.20.12.2/1",
    "longitude": 110.38,
    "missing": "none",
    "name": "RT 02 RW 03 Sukorejo",
    "node": "ktg-12-1001-03-02",
    "nodes": "ktg-12-1001-03-02",
    "old_password": "kentongan di pos kamling",
    "old_pin": "2580",
    "operator": "Aiptu Wulan",
    "password": "tujuh belas kentongan bambu",
    "people": "resident-12",
    "person": "resident-12",
    "phone": "0812-3456-7890",
    "pin": "4711",
    "police": "delivered",
    "problem": "Input should be 'panic', 'theft' or 'fire'",
    "refused": 1,
    "region": RT,
    "reports": 2,
    "ring": 1,
    "row": 4,
    "scopes": "incidents:read",
    "seq": 1042,
    "siren": "silent",
    "sites": "pos-12-1001-03-02",
    "svg": "<svg></svg>",
    "text": "Dua orang memanjat pagar rumah nomor 12",
    "token": "ktg_5GqTzV0c1XyT8mN2",
    "unchanged": 10_573,
    "within": "33.74.12.1001",
}

_BEATS = {"pattern": "titir", "beats": [90, 110], "rounds": 300, "duration_ms": 60000, "colour": "red"}

# By operation, where the answer has no model whose fields say it.
ANSWERS: dict[str, Any] = {
    "export_statistics": (
        "region,first,last,crime,drills,pranks,deaf_hours\r\n33.74.12,2026-11-01,2026-11-30,31,12,,4.5\r\n"
    ),
    "show_receipt": {
        "entry": {
            "seq": 1042,
            "at": 1795698904250,
            "event": "report_taken",
            "incident": "01JDBV5Y2C0000000000000000",
            "region": RT,
            "actor": "resident-12",
            "facts": '{"report":"01JDBV5Y0M0000000000000000","kind":"theft"}',
            "salt": "5f0c" * 8,
            "commitment": "a1" * 32,
            "hash": "b2" * 32,
        },
        "previous": "c3" * 32,
        "following": ["d4" * 32],
        "checkpoint": {
            "number": 7,
            "seq": 1043,
            "hash": "e5" * 32,
            "at": 1795698960000,
            "key": "0123456789abcdef",
            "signature": "f6" * 64,
        },
    },
    "acknowledge_incident": {"acknowledged": "community"},
    "begin_second_factor": {
        "secret": "JBSWY3DPEHPK3PXP",
        "address": "otpauth://totp/Kentongan:Wulan?secret=JBSWY3DPEHPK3PXP&issuer=Kentongan",
        "svg": "<svg></svg>",
    },
    "confirm_second_factor": {"recovery_codes": ["k7qf-2mxa-90tr", "v3ne-8hsc-14bd"]},
    "events": (
        f'id: 1042\nevent: incident_opened\ndata: {{"seq": 1042, "at": "{AT}", "event": "incident_opened", '
        f'"incident": "01JDBV5Y2C0000000000000000", "region": "{RT}", "data": {{"kind": "theft", "class": "crime"}}}}\n\n'
    ),
    "healthz": {"status": "ok"},
    "me": {
        "id": "resident-12",
        "name": "Bu Sari",
        "memberships": [{"role": "resident", "region": RT, "vouched": True}],
    },
    "metrics": "# HELP kentongan_reports_total Reports taken\n# TYPE kentongan_reports_total counter\n",
    "post_reply": {"incident": "01JDBV5Y2C0000000000000000", "status": "acknowledged"},
    "readyz": {"status": "ready"},
    "show_codebook": {
        "version": "semarang-1",
        "kinds": [{"kind": "panic", "class": "crime", **_BEATS, "id": "Bahaya", "en": "Danger"}],
    },
    "silence_incident": {"kentongan": 3},
}
