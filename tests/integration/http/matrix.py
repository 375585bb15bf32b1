"""The law of the API, one row for each operation: which roles may do it within their own region, and who for the city.

`open`: to everybody. `own`: about oneself alone; every signed-in person, and of a thing that is another's nobody. Else the
row says how the operation is asked about an RT, which roles may within their region, and whether the city's admin and its
operators may anywhere. What follows a colon in a row's name tells several rows of one operation apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ulid import ULID

if TYPE_CHECKING:
    from tests.integration.http.test_matrix import World

Asked = tuple[str, str, dict[str, Any]]
OPEN, OWN = "open", "own"
NEIGHBOURS = "resident rt_head ronda"
ALL = f"{NEIGHBOURS} polisi_rw operator technician city_admin"
SEE_INCIDENTS = f"{NEIGHBOURS} polisi_rw operator city_admin"
BOTH = "mayor dispatcher"


@dataclass(frozen=True, slots=True)
class Row:
    """How the operation is asked about a region, and who may. A list `shows` what was made in the region to who may see it;
    to everybody else it says nothing, and no refusal tells that there was something."""

    ask: "Callable[[World, str], Asked]"
    may: str
    city: str = ""
    shows: bool = False


def by_region(path: str, name: str = "region", **more: Any) -> "Callable[[World, str], Asked]":
    return lambda _world, region: ("GET", f"/api/v1/{path}", {"params": {name: region, **more}})


def report(kind: str, *, beside: bool = False) -> "Callable[[World, str], Asked]":
    """A report of the region, or of the RT beside it: whoever speaks of an incident may later say more of it."""

    def ask(world: "World", region: str) -> Asked:
        where = world.beside(region) if beside else region
        return "POST", "/api/v1/reports", {"json": {"id": str(ULID()), "kind": kind, "region": where}}

    return ask


def of(thing: str, verb: str, path: str, **more: Any) -> "Callable[[World, str], Asked]":
    """An operation on a thing that lies in the region."""
    return lambda world, region: (verb, f"/api/v1/{path.format(world.make(thing, region))}", dict(more))


def list_with(thing: str, path: str) -> "Callable[[World, str], Asked]":
    """A list in which a fresh thing of the region must be, or must not."""

    def ask(world: "World", region: str) -> Asked:
        world.make(thing, region)
        return "GET", f"/api/v1/{path}", {}

    return ask


def body(verb: str, path: str, **fields: Any) -> "Callable[[World, str], Asked]":
    return lambda world, region: (
        verb,
        f"/api/v1/{path}",
        {"json": {name: value(world, region) if callable(value) else value for name, value in fields.items()}},
    )


def region_of(_world: "World", region: str) -> str:
    return region


PLACE = {"latitude": -6.98, "longitude": 110.41}
ADMITS = "rt_head"
SEE_RONDA = SEE_INCIDENTS
RULE = {"class": "crime", "period": "day", "rises": {"2": 60}, "witness_to": 1.0}

MATRIX: dict[str, Row | str] = {
    # reporting: a crime may be reported by whoever sees it, wherever; who is not admitted yet may only press for help
    "post_report:panic": Row(report("panic", beside=True), ALL, f"{ALL} {BOTH} pending"),
    "post_report:crime": Row(report("theft", beside=True), ALL, f"{ALL} {BOTH}"),
    "post_report:emergency": Row(report("fire"), ALL, f"{ALL} {BOTH}"),
    "post_report:news": Row(report("community_work"), NEIGHBOURS),
    "show_receipt": OWN,
    # incidents
    "list_incidents:crime": Row(list_with("theft", "incidents?limit=500"), SEE_INCIDENTS, BOTH, shows=True),
    "list_incidents:news": Row(
        list_with("community_work", "incidents?limit=500"), f"{NEIGHBOURS} city_admin", "mayor", shows=True
    ),
    "show_incident": Row(of("theft", "GET", "incidents/{}"), SEE_INCIDENTS, BOTH),
    "acknowledge_incident": Row(of("theft", "POST", "incidents/{}/acknowledge"), SEE_INCIDENTS, BOTH),
    "withdraw_coming": Row(of("theft", "DELETE", "incidents/{}/acknowledge"), SEE_INCIDENTS, BOTH),
    "silence_incident": Row(of("theft", "POST", "incidents/{}/silence"), "rt_head operator", "dispatcher"),
    # telling
    "my_channels": OWN,
    "add_channel": OWN,
    "confirm_channel": OWN,
    "try_channel": OWN,
    "change_channel": OWN,
    "remove_channel": OWN,
    "my_preferences": OWN,
    "choose_preferences": OWN,
    "say_delivered": OPEN,
    # subscriptions: who may subscribe third parties
    "list_subscriptions": Row(list_with("subscription", "subscriptions"), "rt_head city_admin", "mayor", shows=True),
    "make_subscription": Row(
        body(
            "POST",
            "subscriptions",
            name="K",
            region=region_of,
            owner="neighbourhood",
            hears=["crime"],
            url="https://k.example/",
        ),
        "rt_head city_admin",
        "mayor",
    ),
    "drop_subscription": Row(of("subscription", "DELETE", "subscriptions/{}"), "rt_head city_admin", "mayor"),
    "try_subscription": Row(of("subscription", "POST", "subscriptions/{}/test"), "rt_head city_admin", "mayor"),
    "resume_subscription": Row(of("subscription", "POST", "subscriptions/{}/resume"), "rt_head city_admin", "mayor"),
    "list_deliveries": Row(of("subscription", "GET", "subscriptions/{}/deliveries"), "rt_head city_admin", "mayor"),
    # places
    "me": OWN,
    "list_regions": Row(lambda w, r: w.looks_for(r, "regions"), ALL, BOTH, shows=True),
    "show_codebook": OPEN,
    "list_adjacencies": Row(by_region("adjacencies", "within"), ALL, BOTH),
    "confirm_neighbours": Row(body("POST", "adjacencies", a=region_of, b=lambda w, r: w.beside(r)), "", "mayor"),
    "remove_neighbours": Row(
        lambda w, r: ("DELETE", "/api/v1/adjacencies", {"params": {"a": w.edge(r), "b": w.beside(r)}}), "", "mayor"
    ),
    "suggest_neighbours": Row(body("POST", "adjacencies/suggestions", within=region_of), "", "mayor"),
    "list_neighbours": Row(by_region("neighbours"), ALL, BOTH),
    "list_sites": Row(by_region("sites", "within"), ALL, BOTH),
    "keep_site": Row(
        lambda _w, r: (
            "PUT",
            f"/api/v1/sites/pos-{ULID()}",
            {"json": {"region": r, "name": "Pos", "kind": "guard_post", **PLACE}},
        ),
        "technician city_admin",
        "mayor",
    ),
    "list_cameras": Row(by_region("cameras", "within"), ALL, BOTH),
    "keep_camera": Row(
        lambda _w, r: ("PUT", f"/api/v1/cameras/cam-{ULID()}", {"json": {"region": r, "name": "Gapura", **PLACE}}),
        "technician city_admin",
        "mayor",
    ),
    "import_file": Row(
        lambda _w, r: (
            "POST",
            "/api/v1/imports/sites",
            {
                "params": {"dry_run": True},
                "content": f"id,region,name,kind,latitude,longitude\np,{r},Pos,guard_post,-6.98,110.41\n",
                "headers": {"Content-Type": "text/csv"},
            },
        ),
        "",
        "mayor",
    ),
    "find_region": OWN,
    "list_region_tree": Row(by_region("region-tree", "within"), ALL, BOTH),
    "show_region": Row(lambda _w, r: ("GET", f"/api/v1/regions/{r}", {}), ALL, BOTH),
    "split_rt": Row(body("POST", "region-splits", region=region_of, parts=[]), "", "mayor"),
    "merge_rts": Row(body("POST", "region-merges", regions=lambda w, r: [r, w.beside(r)], into={}), "", "mayor"),
    # statistics
    "show_statistics": Row(by_region("statistics"), "rt_head polisi_rw operator city_admin", BOTH),
    "show_days": Row(by_region("statistics/days"), "rt_head polisi_rw operator city_admin", BOTH),
    "export_statistics": Row(by_region("statistics/export.csv"), "rt_head polisi_rw operator city_admin", BOTH),
    # live
    "events": Row(lambda w, r: w.listens(r), SEE_INCIDENTS, BOTH, shows=True),
    # access: about oneself alone
    "show_session": OWN,
    "begin_session": OPEN,
    "end_this_session": OWN,
    "list_sessions": OWN,
    "end_other_session": OWN,
    "prove_this_session": OWN,
    "begin_second_factor": OWN,
    "confirm_second_factor": OWN,
    "put_login": OWN,
    "put_pin": OWN,
    "list_tokens": OWN,
    "make_token": OWN,
    "drop_token": OWN,
    # rights: about oneself alone
    "list_consent_texts": OPEN,
    "my_consents": OWN,
    "give_consent": OWN,
    "withdraw_consent": OWN,
    "my_data": OWN,
    "show_erasure": OWN,
    "request_erasure": OWN,
    "withdraw_erasure": OWN,
    # people
    "list_invitations": Row(by_region("invitations"), ADMITS),
    "make_invitation": Row(body("POST", "invitations", region=region_of), ADMITS),
    "drop_invitation": Row(of("invitation", "DELETE", "invitations/{}"), ADMITS),
    "look_at_code": OPEN,
    "accept_code": OPEN,
    "list_admissions": Row(by_region("admissions"), ADMITS),
    "approve_person": Row(of("admission", "POST", "admissions/{}/approve"), ADMITS),
    "refuse_person": Row(of("admission", "POST", "admissions/{}/refuse"), ADMITS),
    "list_grants": Row(by_region("grants"), "rt_head city_admin", "mayor"),
    "make_grant": Row(
        body("POST", "grants", person=lambda w, r: w.make("person", r), role="ronda", region=region_of), ADMITS
    ),
    "drop_grant": Row(of("grant", "DELETE", "grants/{}"), ADMITS),
    "vouch_for_person": Row(of("grant", "POST", "grants/{}/vouch"), ADMITS),
    "say_seen": OWN,
    "reset_second_factor": Row(of("person", "DELETE", "people/{}/second-factor"), ADMITS),
    # releases: for those who look after the whole city
    "list_releases": Row(lambda _world, _region: ("GET", "/api/v1/releases", {}), "", "mayor"),
    "start_new_release": Row(body("POST", "releases", manifest="0" * 130, region=region_of), "", "mayor"),
    "take_release_file": Row(
        of("release", "POST", "releases/{}/files", json={"path": "a.mpy", "hex": "00"}), "", "mayor"
    ),
    "halt_one_release": Row(of("release", "POST", "releases/{}/halt", json={"reason": "it does badly"}), "", "mayor"),
    # ronda
    "list_turns": Row(by_region("ronda/turns"), SEE_RONDA, BOTH),
    "list_on_duty": Row(by_region("ronda/on-duty"), SEE_RONDA, BOTH),
    "list_rotas": Row(by_region("ronda/rotas"), SEE_RONDA, BOTH),
    "make_rota": Row(body("POST", "ronda/rotas", region=region_of, weekday=0, begins="22:00", people=[]), "rt_head"),
    "list_swaps": Row(by_region("ronda/swaps"), SEE_RONDA, BOTH),
    "make_swap": OWN,
    "take_swap": Row(of("swap", "POST", "ronda/swaps/{}/accept"), NEIGHBOURS),
    "come": Row(body("POST", "ronda/check-ins", region=region_of), NEIGHBOURS),
    "make_calendar": OWN,
    "drop_calendar": OWN,
    "read_calendar": OPEN,
    # answers: what may follow, each on an incident of its own
    "dispatch_incident": Row(
        of("theft", "POST", "incidents/{}/dispatch", json={"unit": "ronda"}),
        "rt_head ronda polisi_rw operator",
        "dispatcher",
    ),
    "arrive_incident": Row(
        of("theft", "POST", "incidents/{}/arrive"), "rt_head ronda polisi_rw operator", "dispatcher"
    ),
    "resolve_incident": Row(
        of("theft", "POST", "incidents/{}/resolve", json={"disposition": "founded"}),
        "rt_head ronda polisi_rw operator",
        "dispatcher",
    ),
    "reopen_incident": Row(of("theft", "POST", "incidents/{}/reopen"), "rt_head operator", "dispatcher"),
    "merge_incident": Row(of("theft", "POST", "incidents/{}/merge", json={"into": "nothing-else"}), "", ""),
    "unmerge_incident": Row(of("theft", "POST", "incidents/{}/unmerge"), "rt_head operator", "dispatcher"),
    "preview_reclassify": Row(
        of("theft", "GET", "incidents/{}/reclassify", params={"kind": "robbery"}), "rt_head operator", "dispatcher"
    ),
    "reclassify_incident": Row(
        lambda w, r: (
            "POST",
            f"/api/v1/incidents/{w.make('theft', r)}/reclassify",
            {"json": {"id": str(ULID()), "kind": "robbery", "understood": True}},
        ),
        "rt_head operator",
        "dispatcher",
    ),
    "cancel_incident": Row(of("theft", "POST", "incidents/{}/cancel", json={"pin": "418203"}), SEE_INCIDENTS, BOTH),
    "all_clear": Row(of("theft", "POST", "incidents/{}/all-clear"), "rt_head operator", "dispatcher"),
    "refute": Row(of("theft", "POST", "incidents/{}/refute"), "rt_head ronda operator", "dispatcher"),
    "raise_incident": Row(of("theft", "POST", "incidents/{}/raise", json={"level": 1}), "operator", "dispatcher"),
    # the codebook: everybody hears it
    "list_codebooks": OPEN,
    "adopt_new_codebook": Row(body("POST", "codebooks", region=region_of, kinds={}), "rt_head city_admin", "mayor"),
    "give_up_own": Row(
        lambda _w, r: ("DELETE", "/api/v1/codebooks", {"params": {"region": r}}), "rt_head city_admin", "mayor"
    ),
    "show_version": OPEN,
    "preview_codebook": Row(body("POST", "codebooks/preview", region=region_of, kinds={}), ALL, BOTH),
    # spreading
    "list_rules": Row(by_region("alarm-rules"), ALL, BOTH),
    "save_rule": Row(
        body("PUT", "alarm-rules", region=region_of, home=region_of, rts=1, **RULE), "operator city_admin", BOTH
    ),
    "delete_rule": Row(
        lambda _w, r: ("DELETE", "/api/v1/alarm-rules", {"params": {"region": r, "class": "crime", "period": "day"}}),
        "operator city_admin",
        BOTH,
    ),
    "preview_rule_change": Row(
        body("POST", "alarm-rules/preview", region=region_of, home=region_of, **RULE), "operator city_admin", BOTH
    ),
    "shelve_region": Row(
        body("POST", "shelvings", region=region_of, hours=1, reason="mourning"), "rt_head city_admin", "mayor"
    ),
    "set_service": Row(
        of("node", "PUT", "nodes/{}/service", json={"reason": "repair"}), "rt_head technician city_admin", "mayor"
    ),
    "appeal_cooldown": OWN,
    "lift_cooldown": Row(of("cooldown", "DELETE", "people/p-{}/cooldown"), "rt_head operator", "dispatcher"),
    # planned
    "list_city_alarms": Row(list_with("city_alarm", "city-alarms?limit=100"), "operator city_admin", BOTH, shows=True),
    "propose_city_alarm": Row(
        body("POST", "city-alarms", region=lambda _w, r: r[:8], kind="disaster", purpose="actual", text="x"),
        "operator city_admin",
        BOTH,
    ),
    "confirm_city_alarm": Row(
        of("city_alarm", "POST", "city-alarms/{}/confirm", json={"kentongan": 10_000_000}), "operator city_admin", BOTH
    ),
    "abort_city_alarm": Row(of("city_alarm", "POST", "city-alarms/{}/abort"), "operator city_admin", BOTH),
    "list_drills": Row(list_with("drill", "drills?limit=100"), ALL, BOTH, shows=True),
    "post_drill": Row(
        body("POST", "drills", region=region_of, kind="panic", text="x", starts_at="2099-01-01T00:00:00Z"),
        "rt_head operator city_admin",
        BOTH,
    ),
    "show_drill": Row(of("drill", "GET", "drills/{}"), ALL, BOTH),
    "call_off_drill": Row(of("drill", "POST", "drills/{}/call-off"), "rt_head operator city_admin", BOTH),
    "set_drill_schedule": Row(
        body("POST", "drill-schedules", region=region_of, kind="fire", week=1, weekday=6, begins="09:00"),
        "rt_head operator city_admin",
        BOTH,
    ),
    "list_drill_schedules": Row(list_with("schedule", "drill-schedules"), ALL, BOTH, shows=True),
    "end_drill_schedule": Row(of("schedule", "DELETE", "drill-schedules/{}"), "rt_head operator city_admin", BOTH),
    "show_home_assistant": Row(by_region("home-assistant"), ALL, BOTH),
    # who proves themselves otherwise, and who watches us
    "post_reply": OPEN,
    "open_link": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,
}
