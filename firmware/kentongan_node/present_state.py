"""What the node says of itself at this moment, as the contract's State. The troubles are gathered here and nowhere else."""

from kentongan_contract import messages

from . import VERSION


def troubles(node) -> list:
    """The faults that stand now, each as one word."""
    found = node.contacts.troubles()
    siren = node.ear.trouble()
    if siren is not None:
        found.append(siren)
    if node.flash_errors():
        found.append("flash")
    battery = node.board.battery_mv()
    if battery is not None and battery < node.settings.battery_low_mv:
        found.append("battery_low")
    if node.board.mains() is False:
        found.append("mains_lost")
    return found


def present_state(node, presence: str, seq: int, nonce: "str | None") -> messages.State:
    """The message of this moment."""
    board = node.board
    release, offered, updating = node.standing()
    return messages.State(
        presence=presence,
        boot=node.boot,
        session=node.session,
        seq=seq,
        nonce=nonce,
        siren="silent" if node.sounder.state == "silent" else "sounding",
        commands=node.log.recent(),
        refused=node.inbox.refusals(),
        report=node.indicator.report,
        stage=node.indicator.stage,
        uptime_ms=node.clock.now_ms(),
        firmware=VERSION,
        minor=messages.MINOR,
        rssi_dbm=None if node.radio is None else node.radio.rssi_dbm(),
        battery_mv=board.battery_mv(),
        mains=board.mains(),
        temperature_c=board.temperature_c(),
        reset_cause=board.reset_cause(),
        troubles=troubles(node),
        heard_itself=node.ear.verdict,
        refusals=dict(node.inbox.refused),
        codebook=node.codebook.revision,
        minute=board.minute(),
        peers=None if node.peers is None else node.peers.present(),
        release=release,
        offered=offered,
        updating=updating,
    )
