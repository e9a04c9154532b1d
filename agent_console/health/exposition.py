"""The figures in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/).

No label holds a person, a telephone number or anything a caller sent.
"""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.three_rings import OfferOutcome
from storage.queries.health_figures import HealthFigures


def exposed(
    figures: HealthFigures | None, seconds: float, disk_used_percent: float, clock_ahead: float
) -> bytes:
    """The whole answer.

    :param figures: None: the database did not answer.
    :param seconds: that reading them took.
    :param clock_ahead: seconds by which the machine's clock has leapt before the hotline's.
    """
    registry = CollectorRegistry(auto_describe=False)
    families = _families(figures, seconds, disk_used_percent)
    clock = _one("hotline_clock_ahead_seconds", "of the machine's clock before the hotline's", clock_ahead)
    registry.register(_Once([clock, *families]))
    return generate_latest(registry)


class _Once(Collector):
    """Gives what it was given."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """All of it."""
        return self._families


def _families(
    figures: HealthFigures | None, seconds: float, disk_used_percent: float
) -> Iterator[GaugeMetricFamily]:
    yield _one("hotline_database_up", "1 while the database answers", float(figures is not None))
    yield _one("hotline_database_seconds", "how long reading these figures took", seconds)
    yield _one("hotline_disk_used_percent", "of the disk of the hotline's home", disk_used_percent)
    if figures is None:
        return
    silent = {engine.node: engine.silent_seconds for engine in figures.engines}
    connected = {engine.node: float(engine.pbx_connected) for engine in figures.engines}
    yield _by("hotline_engine_silent_seconds", "since its last sign of life", "node", silent)
    yield _by("hotline_pbx_connected", "1 while the engine has its PBX", "node", connected)
    yield from _of_engines(figures)
    calls = GaugeMetricFamily("hotline_calls", "calls that are up", labels=["stage", "direction"])
    up = {(stage.value, "inbound"): 0 for stage in CallStage if stage is not CallStage.ENDED} | figures.calls
    for (stage, direction), count in sorted(up.items()):
        calls.add_metric([stage, direction], count)
    yield calls
    counts = {queue: count for queue, (count, _) in figures.waiting.items()}
    longest = {queue: first for queue, (_, first) in figures.waiting.items()}
    yield _by("hotline_waiting", "callers who wait for an agent", "queue", counts)
    yield _by("hotline_longest_wait_seconds", "how long the first of them has waited", "queue", longest)
    offers = {outcome.value: 0 for outcome in OfferOutcome} | figures.offers
    yield _by("hotline_offers_last_hour", "rings at agents, by what came of them", "outcome", offers)
    agents = {state.value: 0 for state in AgentState} | figures.agents
    yield _by("hotline_agents", "people who may sign in", "state", agents)
    yield _one("hotline_cases_late", "open cases with something overdue (R-OV)", figures.cases_late)
    yield _one("hotline_cases_due_soon", "open cases with something due in an hour", figures.cases_due_soon)
    yield _by("hotline_notices_waiting", "texts and mails to be carried", "way", figures.notices_waiting)
    yield _by("hotline_notices_failed_last_day", "given up or refused", "way", figures.notices_failed)
    failed = figures.recordings_failed
    yield _one("hotline_recordings_failed_last_day", "conversations without a recording", failed)
    yield _by("hotline_tasks_open", "call-backs and messages that are owed", "kind", figures.tasks)
    yield _one("hotline_commands_open", "wishes of pages that wait", figures.commands_open)
    oldest = figures.oldest_command_seconds
    yield _one("hotline_oldest_command_seconds", "how long the first of them has waited", oldest)
    yield _one("hotline_audit_lines", "lines of the audit log's chain", figures.audit_lines)
    lines = GaugeMetricFamily("hotline_trunk_up", "1 while a line takes calls", labels=["node", "trunk"])
    for (node, name), works in sorted(figures.trunks.items()):
        lines.add_metric([node, name], float(works))
    yield lines
    yield _one("hotline_banned_addresses", "that tried names or passwords at the PBX", figures.bans)


def _of_engines(figures: HealthFigures) -> Iterator[GaugeMetricFamily]:
    """What each engine says of itself."""
    of_node = {engine.node: engine for engine in figures.engines}
    trips = {node: one.pbx_seconds for node, one in of_node.items() if one.pbx_seconds is not None}
    yield _by("hotline_ari_round_trip_seconds", "the PBX took for the last request", "node", trips)
    for name, what, values in (
        ("hotline_journal_depth", "facts that wait for the database", "unwritten"),
        ("hotline_unrecorded", "1 while the disk is too full to record calls", "unrecorded"),
        ("hotline_crowded", "1 while there are more callers than can be served", "crowded"),
    ):
        yield _by(name, what, "node", {node: float(getattr(one, values)) for node, one in of_node.items()})


def _one(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _by(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=[label])
    for word, value in sorted(values.items()):
        family.add_metric([word], value)
    return family
