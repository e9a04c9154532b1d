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
