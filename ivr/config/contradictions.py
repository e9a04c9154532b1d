"""What the sections of config.yaml must agree on, though each by itself allows it."""

from collections.abc import Iterable, Iterator

from ivr.config.dialer_sections import window_mistakes
from ivr.config.sections import CallKind, DeviceKind, MenuKey, Role
from ivr.config.settings import FIRST_MENU, Settings
from ivr.config.twilio_section import TWILIO

Contradiction = tuple[str, str]
"""Path in the file ("menu.main.keys.4.queue") and what is wrong with it and would be right."""

_KEYS_OUT_OF_HOURS = "12#"
"""Fixed in what callers hear of a closed queue, and there the gas-leak key works as well."""
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_EVERYWHERE = ("0.0.0.0", "::")


def contradictions(settings: Settings) -> Iterator[Contradiction]:
    """Find what each section allows by itself but the file as a whole does not."""
    yield from _menu_mistakes(settings)
    yield from _queue_mistakes(settings)
    yield from _people_mistakes(settings)
    yield from _pbx_mistakes(settings)
    yield from _port_mistakes(settings)
    yield from _trunk_mistakes(settings)
    yield from window_mistakes(settings.dialer)
    if settings.texts.carrier == "twilio" and not settings.twilio.enabled:
        yield "texts.carrier", "twilio is not switched on; set twilio.enabled: true, or carrier: file"
    elif settings.texts.carrier == "twilio" and settings.demo:
        yield "texts.carrier", "numbers that were made up are somebody's; set demo: false, or carrier: file"


def _list_of(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _menu_mistakes(settings: Settings) -> Iterator[Contradiction]:
    if FIRST_MENU not in settings.menu:
        yield (
            "menu",
            f'the first menu is missing; call it "{FIRST_MENU}" (there are: {_list_of(settings.menu)})',
        )
    for menu_name, menu in settings.menu.items():
        for key, does in menu.keys.items():
            yield from _key_mistakes(settings, f"menu.{menu_name}.keys.{key}", does)
        alarm_key = menu.keys.get(settings.alarm.key)
        if alarm_key is not None and alarm_key.queue != settings.alarm.queue:
            yield (
                f"menu.{menu_name}.keys.{settings.alarm.key}",
                f'key {settings.alarm.key} is the gas-leak key everywhere (alarm.key); it leads to queue "'
                f'{settings.alarm.queue}" and nowhere else',
            )
    if settings.waiting.call_back_key == settings.alarm.key:
        yield (
            "waiting.call_back_key",
            f"key {settings.alarm.key} is the gas-leak key everywhere (alarm.key); choose another",
        )
    yield from _case_status_mistakes(settings)
    if settings.silence.queue not in settings.queues:
        yield "silence.queue", _no_such("queue", settings.silence.queue, settings.queues)


def _case_status_mistakes(settings: Settings) -> Iterator[Contradiction]:
    key = settings.case_status.key
    if not settings.case_status.enabled:
        return
    if key == settings.alarm.key:
        yield "case_status.key", f"key {key} is the gas-leak key everywhere (alarm.key); choose another"
    for name, menu in settings.menu.items():
        if key in menu.keys:
            yield (
                "case_status.key",
                f"key {key} leads elsewhere already (menu.{name}.keys.{key}); choose another, "
                "or set case_status.enabled: false",
            )


def _key_mistakes(settings: Settings, path: str, does: MenuKey) -> Iterator[Contradiction]:
    if does.queue is not None and does.queue not in settings.queues:
        yield f"{path}.queue", _no_such("queue", does.queue, settings.queues)
    if does.menu is not None and does.menu not in settings.menu:
        yield f"{path}.menu", _no_such("menu", does.menu, settings.menu)
    if does.language is not None and does.language not in settings.languages:
        yield f"{path}.language", _no_such("language", does.language, list(settings.languages))


def _no_such(what: str, name: str, known: Iterable[str]) -> str:
    return f'there is no {what} "{name}"; write one of: {_list_of(known)}'


def _queue_mistakes(settings: Settings) -> Iterator[Contradiction]:
    agents = [person for person in settings.people if person.role in (Role.AGENT, Role.SUPERVISOR)]
    skills = {skill for agent in agents for skill in agent.skills}
    for name, queue in settings.queues.items():
        hours = queue.opening_hours
        if hours is not None and hours not in settings.opening_hours:
            yield f"queues.{name}.opening_hours", _no_such("opening_hours", hours, settings.opening_hours)
        if settings.people and queue.skill not in skills:
            yield (
                f"queues.{name}.skill",
                f'no agent has the skill "{queue.skill}", so nobody would ever answer; '
                f"give it to somebody under people (skills there: {_list_of(skills)})",
            )
    yield from _alarm_mistakes(settings)


def _alarm_mistakes(settings: Settings) -> Iterator[Contradiction]:
    """The gas-leak queue is one, and known by its name and by its kind alike."""
    name, alarm = settings.alarm.queue, settings.queues.get(settings.alarm.queue)
    if alarm is None:
        yield "alarm.queue", _no_such("queue", name, settings.queues)
        return
    if alarm.kind is not CallKind.ALARM:
        yield f"queues.{name}.kind", "this is the gas-leak queue (alarm.queue); write kind: alarm"
    if alarm.opening_hours is not None:
        yield f"queues.{name}.opening_hours", "the gas-leak queue is always open; remove this key"
    for other, queue in settings.queues.items():
        if other != name and queue.kind is CallKind.ALARM:
            yield (
                f"queues.{other}.kind",
                f'the gas-leak queue is "{name}" (alarm.queue) and no other; write another kind',
            )
    if settings.alarm.key in _KEYS_OUT_OF_HOURS:
        yield (
            "alarm.key",
            f"key {settings.alarm.key} means something else out of hours, where 1 leaves a message, "
            "# ends it, and 2 asks to be called back; choose another",
        )
    if settings.alarm.duty_phones_after < settings.alarm.ring_all_after:
        yield (
            "alarm.duty_phones_after",
            f"{settings.alarm.duty_phones_after:g} is before alarm.ring_all_after "
            f"({settings.alarm.ring_all_after:g}); the duty phones ring when everybody does or later",
        )


def _people_mistakes(settings: Settings) -> Iterator[Contradiction]:
    seen: dict[str, int] = {}
    for index, person in enumerate(settings.people):
        if person.work_number in seen:
            yield (
                f"people[{index}].work_number",
                f"{person.work_number} is also people[{seen[person.work_number]}]; "
                "one person, one work number (R-20)",
            )
        seen.setdefault(person.work_number, index)
        for skill in person.skills:
            if skill not in settings.skills:
                yield f"people[{index}].skills.{skill}", _no_such("skill", skill, settings.skills)
        if person.device.kind is DeviceKind.BROWSER and settings.pbx.mode == "remote":
            if not settings.console.https:
                yield (
                    f"people[{index}].device.kind",
                    "a browser phone on another host needs console.https: true",
                )
            if settings.pbx.browser.url is None:
                yield (
                    f"people[{index}].device.kind",
                    "browsers must reach that PBX: name its address in pbx.browser.url, "
                    '"wss://pbx.example:8089/ws"',
                )


def _pbx_mistakes(settings: Settings) -> Iterator[Contradiction]:
    pbx = settings.pbx
    if pbx.mode != "remote" and pbx.ari.host not in _THIS_MACHINE:
        yield (
            "pbx.ari.host",
            f'"{pbx.ari.host}": the ARI of a PBX that this program starts listens on 127.0.0.1 only',
        )
    if pbx.mode == "remote" and settings.ari_password is None:
        yield (
            "pbx.ari.password_from",
            "name the environment variable that holds the remote PBX's ARI password",
        )
    if settings.console.https and str(pbx.browser.url).startswith("ws://"):
        yield "pbx.browser.url", "a page that came over https connects to wss:// only; write it so"


def _port_mistakes(settings: Settings) -> Iterator[Contradiction]:
    """Two that want one TCP port of one machine. SIP is listened for by TCP as well."""
    pbx, console, webhooks = settings.pbx, settings.console, settings.twilio.webhooks
    of_pbx = [("pbx.ari.port", pbx.ari.host, pbx.ari.port), ("pbx.sip.port", pbx.sip.host, pbx.sip.port)]
    if pbx.browser.certificate is not None:
        of_pbx.append(("pbx.browser.port", pbx.browser.host, pbx.browser.port))
    ours = [("console.port", console.host, console.port)]
    if settings.twilio.enabled:
        ours.append(("twilio.webhooks.port", webhooks.host, webhooks.port))
    beside = pbx.mode != "remote" or pbx.ari.host in _THIS_MACHINE
    for machine in ([*of_pbx, *ours],) if beside else (of_pbx, ours):
        for index, (setting, host, port) in enumerate(machine):
            for earlier, its_host, its_port in machine[:index]:
                if port == its_port and _meet(host, its_host):
                    yield setting, f"{port} is also {earlier}; choose another"


def _meet(host: str, other: str) -> bool:
    """Whether who listens on one address is in the way of who listens on the other."""
    same = {"localhost": "127.0.0.1"}
    return same.get(host, host) == same.get(other, other) or host in _EVERYWHERE or other in _EVERYWHERE


def _trunk_mistakes(settings: Settings) -> Iterator[Contradiction]:
    names: dict[str, int] = {}
    for index, trunk in enumerate(settings.trunks):
        if trunk.name in names:
            yield (
                f"trunks[{index}].name",
                f'"{trunk.name}" is also trunks[{names[trunk.name]}]; names are unique',
            )
        names.setdefault(trunk.name, index)
        if trunk.name == TWILIO and settings.twilio.sip_trunk is not None:
            yield f"trunks[{index}].name", f'"{TWILIO}" is the name of twilio.sip_trunk; choose another'
