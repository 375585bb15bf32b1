"""The same promise with the record in PostgreSQL: from the finger to the police and back, and over a killed server."""

from pathlib import Path

import pytest
from tests.integration.database.cluster import Cluster
from tests.journeys.neighbourhood import HERE, NODES, Neighbourhood, wait_for

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_a_press_is_kept_sounded_and_answered_with_postgresql_behind_it(
    tmp_path: Path, micropython_path: Path, mosquitto_path: Path, postgresql: Cluster
) -> None:
    with Neighbourhood(tmp_path, micropython_path, postgresql.new()) as neighbourhood:
        pressed = neighbourhood.node["ktg-0101-1"]
        report = pressed.press()
        neighbourhood.wait_sounding()
        incident = neighbourhood.incident()
        assert {kentongan["node"] for kentongan in incident["alarm"]} == set(NODES[HERE])
        wait_for(lambda: len(neighbourhood.messages(incident["id"])) == 2, "both documents at the police")

        neighbourhood.kill_server()
        neighbourhood.start_server()
        neighbourhood.centre.say(incident["id"], "acknowledge").raise_for_status()
        pressed.wait("indicator", report=report, stage="police_saw", deadline_s=30)
        neighbourhood.wait_incident(lambda found: found["police"] == "acknowledged", "the acknowledgement")
        assert neighbourhood.soundings() == {
            name: 1 if region == HERE else 0 for region, names in NODES.items() for name in names
        }
