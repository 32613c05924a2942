"""The switch's whole configuration, written from ours; nothing of it is edited by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from komek.adapters.asterisk.binaries import Asterisk
from komek.adapters.asterisk.layout import LANGUAGES, SEATS, Carrier, Folders, Ports, Services, seat_name, secret
from komek.platform import durable
from komek.rooms.calls.rules import URGENT

TEMPLATES = Path(__file__).parent / "conf"

# Events of the manager interface that the follower makes something of.
EVENTS = (
    "AgentCalled",
    "AgentConnect",
    "AgentComplete",
    "AgentRingNoAnswer",
    "ContactStatus",
    "DeviceStateChange",
    "FullyBooted",
    "Hangup",
    "QueueCallerAbandon",
    "QueueCallerJoin",
    "QueueCallerLeave",
    "QueueMemberAdded",
    "QueueMemberPause",
    "QueueMemberRemoved",
    "QueueMemberStatus",
    "ConfbridgeJoin",
    "ConfbridgeLeave",
    "ConfbridgeStart",
    "ConfbridgeEnd",
    "ChanSpyStart",
    "ChanSpyStop",
    "MixMonitorStart",
    "MixMonitorStop",
    "MixMonitorMute",
    "OriginateResponse",
    "UserEvent",
)

# The service that every other's call ends at when nobody answers.
LAST_RESORT = "112"

# Each language has these queues. Of several that want the same operator the heaviest has them: a caller's priority counts
# within their own queue only.
WEIGHTS = {"": 0, URGENT: 10}

# No bridge_simple and no bridge_native_rtp: every call is mixed (docs/decisions/0016). Debian's Asterisk takes a sequence
# number that jumps for a packet that came late, and lost half of the operators' voices from the recordings.
# In the order of their needs: each is loaded when those before it are there.
MODULES = """
res_pjproject res_sorcery_config res_sorcery_memory res_sorcery_astdb res_timing_timerfd res_crypto res_http_websocket
res_geolocation res_stasis res_statsd
res_pjsip res_pjsip_session res_pjsip_pubsub
res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_dlg_options res_pjsip_dtmf_info
res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_header_funcs res_pjsip_logger
res_pjsip_nat res_pjsip_outbound_authenticator_digest res_pjsip_outbound_registration res_pjsip_path res_pjsip_refer
res_pjsip_registrar res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_transport_websocket
res_srtp res_rtp_asterisk chan_pjsip
format_pcm format_sln format_wav codec_alaw codec_ulaw codec_resample codec_a_mu
res_musiconhold bridge_softmix bridge_holding bridge_builtin_features
res_cdrel_custom cel_custom
func_callerid func_cdr func_channel func_cut func_db func_dialplan func_global func_groupcount func_hangupcause func_logic func_math
func_pjsip_aor func_pjsip_contact func_pjsip_endpoint func_strings func_timeout func_uri func_volume func_periodic_hook
app_bridgewait app_cdr app_celgenuserevent app_channelredirect app_chanspy app_confbridge app_db app_dial app_echo app_exec app_mixmonitor
app_originate app_playback app_playtones app_read app_senddtmf app_stack app_system app_userevent app_verbose app_queue
res_manager_devicestate res_clioriginate pbx_config
"""

# Asterisk looks for these and complains where they are missing; its own defaults are right.
DEFAULTS = ("acl", "ccss", "cdr", "features", "geolocation", "pjproject", "stasis", "statsd", "udptl")


@dataclass(frozen=True)
class Installation:
    """All that the configuration is written from. `key` is the secret that the passwords are worked out from."""

    folders: Folders
    ports: Ports
    key: str
    carrier: Carrier = field(default_factory=Carrier)
    services: Services = field(default_factory=Services)
    language: str = "kk"
    # When operators answer, such as 08:00-20:00 in that time zone; nothing means day and night.
    hours: str = ""
    zone: str = ""
    # Seats with a telephone on the desk instead of one in the browser: number → its SIP address.
    telephones: tuple[tuple[int, str], ...] = ()
    # So many browsers may be connected; each of two tabs, or one that has just come back, is one more.
    browsers: int = 2000


class Conf(Template):
    """A template whose places, `%%{name}`, are nothing that Asterisk itself would fill."""

    delimiter = "%%"
    idpattern = "(?!)"
    braceidpattern = "[a-z_]+"


def write(installation: Installation, asterisk: Asterisk) -> Path:
    """Write the whole configuration; the file that Asterisk is started with."""
    folders = installation.folders
    folders.make()
    values = _values(installation, asterisk)
    for template in sorted(TEMPLATES.glob("*.conf")):
        text = Conf(template.read_text(encoding="utf-8")).substitute(values)
        durable.write(folders.etc / template.name, text, mode=0o600)
    for name in DEFAULTS:
        (folders.etc / f"{name}.conf").touch(mode=0o600)
    (folders.lib / "keys").mkdir(exist_ok=True)
    (folders.log / "cel-custom").mkdir(exist_ok=True)
    # Beside our sentences it looks for its own documentation, without which it does not start.
    for name, source in (("documentation", asterisk.data / "documentation"), ("sounds", folders.prompts)):
        (folders.lib / name).unlink(missing_ok=True)
        (folders.lib / name).symlink_to(source)
    return folders.etc / "asterisk.conf"


def _values(installation: Installation, asterisk: Asterisk) -> dict[str, object]:
    folders, ports, carrier = installation.folders, installation.ports, installation.carrier
    desk = dict(installation.telephones)
    return {
        **{name: getattr(folders, name) for name in ("etc", "lib", "run", "log", "raw", "prompts", "told")},
        "spool": folders.root / "spool",
        "modules": asterisk.modules,
        "modules_list": _lines(f"load = {name}.so" for name in MODULES.split()),
        "manager": ports.manager,
        "manager_secret": secret(installation.key, "manager"),
        "events": _lines(f"eventfilter(action(include),name({name})) =" for name in EVENTS),
        "browsers": ports.browsers,
        "browsers_most": installation.browsers,
        "host": ports.host,
        "sip": ports.sip,
        "sound_first": ports.sound[0],
        "sound_last": ports.sound[1],
        "number": carrier.number,
        "carrier_contact": f"contact = {carrier.out}" if carrier.out else "",
        "carrier_match": _lines(f"match = {address}" for address in carrier.match),
        "language": installation.language,
        "hours": _hours(installation),
        "neutral": _neutral(folders),
        "queues": _lines(
            f"\n[q109-{language}{which}](q109)\nperiodic-announce = {_waiting(folders, language)}\nweight = {weight}"
            for language in LANGUAGES
            for which, weight in WEIGHTS.items()
        ),
        "seats": _lines(
            _telephone(number, desk[number]) if number in desk else _seat(number, installation.key)
            for number in range(1, SEATS + 1)
        ),
        "services": _lines(_service(number, routes) for number, routes in installation.services.routes),
        "service_numbers": _lines(
            f"exten => {number},1,Dial({'&'.join(_ways(number, ways))},30)\n same => n,Hangup()"
            for number, ways in installation.services.routes
        ),
        "service_routes": _lines(_routes(number, routes) for number, routes in installation.services.routes),
    }


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _waiting(folders: Folders, language: str) -> Path:
    return folders.told / language / f"q109-{language}"


def _hours(installation: Installation) -> str:
    """Outside the hours callers are told so; what is known of an incident they hear at any time."""
    if not installation.hours:
        return " same => n,NoOp(day and night)"
    when = f"{installation.hours},*,*,*"
    zone = f",{installation.zone}" if installation.zone else ""
    return f" same => n,GotoIfTime({when}{zone}?open)\n same => n,Gosub(bulletin,s,1)\n same => n,Goto(closed,s,1)\n same => n(open),NoOp()"


def _neutral(folders: Folders) -> str:
    """The command that has those who wait told no time any more; each file is put in place whole."""
    pairs = ((folders.prompts / language / "wait.alaw", _waiting(folders, language)) for language in LANGUAGES)
    return " && ".join(f"cp '{wait}' '{said}.new' && mv '{said}.new' '{said}.alaw'" for wait, said in pairs)


def _seat(number: int, key: str) -> str:
    name = seat_name(number)
    return (
        f"\n[{name}](seat)\nauth = {name}\naors = {name}\ncallerid = {name} <{name}>\n"
        f"[{name}](seat-line)\n[{name}](seat-key)\nusername = {name}\npassword = {secret(key, name)}"
    )


def _telephone(number: int, address: str) -> str:
    name = seat_name(number)
    return f"\n[{name}](service)\naors = {name}\ncontext = operators\ndevice_state_busy_at = 1\n[{name}]\ntype = aor\ncontact = {address}"


def _service(number: str, routes: tuple[str, ...]) -> str:
    """A line to each place where a service is reached, in the order in which they are tried."""
    return _lines(
        f"\n[{name}](service)\naors = {name}\n[{name}]\ntype = aor\ncontact = {address}"
        for name, address in _named(number, routes)
    )


def _named(number: str, routes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(f"service-{number}-{place}", address) for place, address in enumerate(routes, start=1)]


def _routes(number: str, routes: tuple[str, ...]) -> str:
    """Each way in turn, and at last 112, which reaches everybody."""
    tried = _lines(f" same => n,Gosub(way,s,1({way}))" for way in _ways(number, routes))
    last = " same => n,Hangup()" if number == LAST_RESORT else f" same => n,Goto(service-{LAST_RESORT},s,1)"
    return f"\n[service-{number}]\nexten => s,1,NoOp()\n{tried}\n{last}"


def _ways(number: str, routes: tuple[str, ...]) -> list[str]:
    """What is dialled for a service: its own addresses, else the carrier's way."""
    return [f"PJSIP/{name}" for name, _address in _named(number, routes)] or [f"PJSIP/{number}@carrier"]
