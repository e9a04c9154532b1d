"""When channels ended, read from the PBX's own log."""

from datetime import UTC, datetime
from pathlib import Path

from ivr.calls.channel_log import ChannelEnd, ChannelLog

LOG = """cut line","1795285170.0","x"
"CHAN_START","1795285100.000001","a-1","a-1","PJSIP/trunk-1",""
"HANGUP","1795285176.210797","a-1","a-1","PJSIP/trunk-1","{""hangupcause"":16,""hangupsource"":""PJSIP/trunk-1""}"
"CHAN_END","1795285176.210900","a-1","a-1","PJSIP/trunk-1",""
"HANGUP","1795285180.5","offer-1","a-1","PJSIP/fixed-2","{""hangupcause"":16,""hangupsource"":""PJSIP/trunk-1""}"
"CHAN_END","1795285190.5","b-1","b-1","PJSIP/trunk-3",""
"HANGUP","not a time","c-1","c-1","PJSIP/trunk-3",""
"""


def test_ends_are_read_with_their_time_and_whose_side_hung_up(tmp_path: Path) -> None:
    file = tmp_path / "hotline.csv"
    file.write_text(LOG)
    assert ChannelLog(file).ends() == {
        "a-1": ChannelEnd(datetime.fromtimestamp(1795285176.210797, UTC), by_peer=True),
        "offer-1": ChannelEnd(datetime.fromtimestamp(1795285180.5, UTC), by_peer=False),
        "b-1": ChannelEnd(datetime.fromtimestamp(1795285190.5, UTC), by_peer=False),
    }


def test_a_pbx_elsewhere_has_no_log_here(tmp_path: Path) -> None:
    assert ChannelLog(None).ends() == {}
    assert ChannelLog(tmp_path / "missing.csv").ends() == {}


def test_a_log_that_was_begun_anew_is_read_together_with_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "hotline.csv"
    (tmp_path / "hotline.csv.1").write_text(LOG)
    file.write_text('"CHAN_END","1795285200.5","d-1","d-1","PJSIP/trunk-4",""\n')
    assert list(ChannelLog(file).ends()) == ["a-1", "offer-1", "b-1", "d-1"]


def test_callers_are_told_with_what_became_of_them_without_an_engine(tmp_path: Path) -> None:
    """One left in the fallback, one talked with a duty phone, one was lost with the PBX; no leg of ours."""
    file = tmp_path / "events.csv"
    ours, fallback, alarm = "hotline-in", "hotline-fallback", "hotline-fallback-alarm"

    def row(kind: str, at: int, channel: str, context: str, extra: str = "", dialled: str = "95777") -> str:
        name = f"PJSIP/{channel}"
        cells = (kind, str(1795321000 + at), channel, channel, name, extra, "13900000001", dialled, context)
        return ",".join('"{}"'.format(cell.replace('"', '""')) for cell in cells)

    def hung_up(channel: str) -> str:
        return '{"hangupcause":16,"hangupsource":"PJSIP/' + channel + '"}'

    file.write_text(
        "\n".join(
            [
                row("CHAN_START", 0, "early", ours),
                row("CHAN_START", 10, "left", ours, dialled=""),
                row("CHAN_START", 11, "offer-1", "nobody"),
                row("ANSWER", 12, "left", fallback),
                row("HANGUP", 15, "left", fallback, hung_up("left")),
                row("CHAN_START", 16, "talked", ours),
                row("BRIDGE_ENTER", 18, "talked", alarm),
                row("BRIDGE_EXIT", 19, "talked", alarm),
                row("HANGUP", 19, "talked", alarm, '{"hangupsource":"dialplan/builtin"}'),
                row("CHAN_END", 19, "talked", alarm),
                row("CHAN_START", 20, "lost", ours),
                row("ANSWER", 21, "lost", alarm),
            ]
        )
    )
    since = datetime.fromtimestamp(1795321005, UTC)
    left, talked, lost = ChannelLog(file).callers(since)
    assert (left.channel, left.number, left.dialled, left.alarm) == ("left", "13900000001", "95777", False)
    assert (left.ended, left.by_peer, left.talked) == (True, True, None)
    assert (left.ended_at - left.arrived_at).total_seconds() == 5
    assert talked.talked is not None
    assert [moment.timestamp() - 1795321000 for moment in talked.talked] == [18, 19]
    assert (talked.alarm, talked.by_peer, talked.ended) == (True, False, True)
    assert (lost.alarm, lost.ended, lost.ended_at.timestamp() - 1795321000) == (True, False, 21)
