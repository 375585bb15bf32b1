"""Examples for the API's description: of words, and of answers that no schema describes."""

from typing import Any

RT, RT2 = "33.74.12.1001/RW03/RT02", "33.74.12.1001/RW03/RT03"
AT = "2026-11-26T13:15:04.250000Z"

# A word has one meaning in this API, so one example serves wherever it stands.
WORDS: dict[str, Any] = {
    "a": RT,
    "actor": "rt-head-12-1001-03-02",
    "attempts": 1,
    "b": RT2,
    "by": "admin-1",
    "channel": "police_webhook",
    "changed": 2,
    "code": RT,
    "codes": RT,
    "created": 55,
    "detail": "Latitude and longitude are swapped: latitude 110.38 is off the map.",
    "distance_m": 86,
    "disposition": "founded",
    "event": "incident_opened",
    "field": "kind",
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
    "name": "RT 02 RW 03 Sukorejo",
    "node": "ktg-12-1001-03-02",
    "nodes": "ktg-12-1001-03-02",
    "people": "resident-12",
    "operator": "Aiptu Wulan",
    "person": "resident-12",
    "police": "delivered",
    "problem": "Input should be 'panic', 'theft' or 'fire'",
    "refused": 1,
    "region": RT,
    "reports": 2,
    "ring": 1,
    "row": 4,
    "seq": 1042,
    "siren": "silent",
    "sites": "pos-12-1001-03-02",
    "cameras": "cam-12-1001-03-02-1",
    "text": "Dua orang memanjat pagar rumah nomor 12",
    "unchanged": 10_573,
    "within": "33.74.12.1001",
}

_BEATS = {"pattern": "titir", "beats": [90, 110], "rounds": 300, "duration_ms": 60000, "colour": "red"}

# By operation, where the answer has no model whose fields say it.
ANSWERS: dict[str, Any] = {
    "acknowledge_incident": {"acknowledged": "community"},
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
