import ctypes
import re
import stat
from pathlib import Path

import pytest

from ivr.asterisk.ari_password import ari_password, hashed
from ivr.asterisk.config_files import FILES, write_config_files, write_own_config
from ivr.asterisk.folders import LONGEST_SOCKET_PATH, AsteriskFolders
from ivr.asterisk.install import AsteriskInstall
from ivr.config import Settings, load
from ivr.errors import ConfigError, PbxUnusable

CONFIG = Path(__file__).parents[2] / "config.yaml"

# All that the dialplan may evaluate; none of it comes from a caller.
OWN_VARIABLES = {
    "ASTSPOOLDIR",
    "UNIQUEID",
    "HOTLINE_ARRIVED",
    "STASISSTATUS",
    "DIALSTATUS",
    "ROUND",
    "STRFTIME",
    "HOTLINE_SEEN",
    "EPOCH",
    "HOTLINE_UNRECORDED",
    "GROUP_COUNT",
}
OF_CALLERS = r"EXTEN|CALLERID|CONNECTEDLINE|REDIRECTING|DNID|PJSIP_HEADER|SIP_HEADER|CHANNEL\(|SYSTEM|SHELL"


def settings_with(tmp_path: Path, **overrides: str) -> Settings:
    environment = {f"HOTLINE__{name.upper()}": value for name, value in overrides.items()}
    return load(CONFIG, {**environment, "HOTLINE_HOME": str(tmp_path / "home")})


def some_install(tmp_path: Path) -> AsteriskInstall:
    """A folder like an unpacked Asterisk's; writing the files runs nothing of it."""
    (tmp_path / "root" / "modules").mkdir(parents=True, exist_ok=True)
    (tmp_path / "root" / "data" / "documentation").mkdir(parents=True, exist_ok=True)
    return AsteriskInstall(
        ("asterisk",), tmp_path / "root" / "modules", tmp_path / "root" / "data", (22, 10, 1)
    )


def written(tmp_path: Path, **overrides: str) -> AsteriskFolders:
    settings = settings_with(tmp_path, **overrides)
    folders = AsteriskFolders.of_home(settings.home)
    write_own_config(settings, folders, some_install(tmp_path))
    return folders


def section(text: str, name: str, kind: str) -> str:
    """The body of the section ``[name]`` that has ``type = kind``."""
    parts = re.split(r"^\[(.+?)\]$", text, flags=re.MULTILINE)
    return next(
        body for head, body in zip(parts[1::2], parts[2::2], strict=True) if head == name and kind in body
    )


def test_every_file_is_written_whole_and_for_the_owner_only(tmp_path: Path) -> None:
    folders = written(tmp_path)
    for name in ("asterisk.conf", *FILES):
        file = folders.etc / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "{{" not in file.read_text() and "{%" not in file.read_text()
    assert not [left.name for left in folders.etc.iterdir() if left.name.startswith(".")]


def test_nothing_a_caller_sends_is_evaluated_in_the_dialplan(tmp_path: Path) -> None:
    text = (written(tmp_path, alarm__duty_phones='["sip:1@192.0.2.1"]').etc / "extensions.conf").read_text()
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(";")]
    assert not [line for line in lines if re.search(OF_CALLERS, line)]
    assert set(re.findall(r"\$\{(\w+)", text)) == OWN_VARIABLES


def test_every_text_but_the_letter_of_ended_calls_is_taken_from_trunks(tmp_path: Path) -> None:
    text = (written(tmp_path).etc / "extensions.conf").read_text()
    inbound = text.partition("[hotline-in]")[2].partition("\n[")[0]
    assert re.findall(r"^exten => (.+?),1,", inbound, re.MULTILINE) == ["_[!-gi-~]!", "_h."]


def test_the_fallback_never_ends_a_call_that_no_engine_took(tmp_path: Path) -> None:
    text = (written(tmp_path).etc / "extensions.conf").read_text()
    for context in ("hotline-fallback", "hotline-fallback-alarm"):
        body = text.partition(f"[{context}]")[2].partition("\n[")[0]
        before_hangup = body.partition("Hangup()")[0].strip().splitlines()[-2]
        assert body.count("Hangup()") == 1
        assert re.search(r"Goto\(", before_hangup)
        assert body.count("?hangup") == body.count('"${STASISSTATUS}" != "FAILED"') == 1


def test_all_duty_phones_ring_at_once(tmp_path: Path) -> None:
    text = (
        written(tmp_path, alarm__duty_phones='["sip:1@192.0.2.1", "sip:2@192.0.2.2:5070"]').etc
        / "extensions.conf"
    ).read_text()
    assert (
        "Dial(PJSIP/fixed-device/sip:1@192.0.2.1&PJSIP/fixed-device/sip:2@192.0.2.2:5070,30,gm(alarm))"
        in text
    )


def test_without_duty_phones_the_alarm_caller_hears_what_to_do(tmp_path: Path) -> None:
    text = (written(tmp_path).etc / "extensions.conf").read_text()
    assert "Dial(" not in text
    assert "Playback(hotline/zh/fallback_alarm)" in text


def test_the_alarm_key_of_the_settings_is_the_fallbacks_key(tmp_path: Path) -> None:
    keys = '{"9": {"queue": "alarm"}, "1": {"queue": "repair"}}'
    folders = written(tmp_path, alarm__key="9", menu__main__keys=keys, menu__english__keys=keys)
    assert "exten => 9,1,Goto(hotline-fallback-alarm,s,1)" in (folders.etc / "extensions.conf").read_text()


def test_a_trunk_is_known_by_its_addresses_and_not_by_its_name(tmp_path: Path) -> None:
    text = (
        written(tmp_path, trunks='[{"name": "carrier", "match": ["192.0.2.0/28", "198.51.100.7"]}]').etc
        / "pjsip.conf"
    ).read_text()
    assert "identify_by = ip" in section(text, "trunk-carrier", "type = endpoint")
    matches = re.findall(r"match = (.+)", section(text, "trunk-carrier", "type = identify"))
    assert matches == ["192.0.2.0/28", "198.51.100.7/32"]


def test_nobody_is_let_in_anonymously(tmp_path: Path) -> None:
    folders = written(tmp_path)
    assert "identifier_anonymous" not in (folders.etc / "modules.conf").read_text()
    assert "[anonymous]" not in (folders.etc / "pjsip.conf").read_text()
    assert "identify_by = ip" in section(
        (folders.etc / "pjsip.conf").read_text(), "fixed-device", "type = endpoint"
    )


def test_modules_are_named_one_by_one(tmp_path: Path) -> None:
    text = (written(tmp_path).etc / "modules.conf").read_text()
    assert "autoload = no" in text
    assert "chan_pjsip.so" in text
    for unwanted in ("app_system", "app_queue", "func_shell", "res_agi", "manager", "app_originate"):
        assert unwanted not in text


def test_ari_listens_on_this_machine_only_with_a_hashed_password(tmp_path: Path) -> None:
    folders = written(tmp_path)
    password = ari_password(folders.home)
    assert "bindaddr = 127.0.0.1" in (folders.etc / "http.conf").read_text()
    assert not [file for file in folders.etc.iterdir() if password in file.read_text()]
    line = re.search(r"^password = (.+)$", (folders.etc / "ari.conf").read_text(), re.MULTILINE)
    assert line
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    assert crypt(password.encode(), line[1].encode()) == line[1].encode()


def test_the_password_is_made_once_for_each_home(tmp_path: Path) -> None:
    first = ari_password(tmp_path / "one")
    assert ari_password(tmp_path / "one") == first
    assert ari_password(tmp_path / "two") != first
    assert stat.S_IMODE((tmp_path / "one" / "asterisk" / "ari.password").stat().st_mode) == 0o600


def test_an_emptied_password_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    ari_password(tmp_path)
    (tmp_path / "asterisk" / "ari.password").write_text("")
    with pytest.raises(PbxUnusable, match=r"ari\.password: holds no password"):
        ari_password(tmp_path)


def test_writing_again_changes_only_what_the_settings_changed(tmp_path: Path) -> None:
    settings = settings_with(tmp_path)
    folders = AsteriskFolders.of_home(settings.home)
    install = some_install(tmp_path)
    assert write_own_config(settings, folders, install) == {"asterisk.conf", *FILES}
    assert write_own_config(settings, folders, install) == set()
    changed = settings_with(tmp_path, alarm__duty_phones='["sip:1@192.0.2.1"]')
    assert write_own_config(changed, folders, install) == {"extensions.conf"}


@pytest.mark.parametrize("host", ["example", "127.0.0.1\nenabled = no", "", "1.2.3.4;"])
def test_an_address_to_listen_on_that_is_none_is_refused_by_name(tmp_path: Path, host: str) -> None:
    settings = settings_with(tmp_path)
    sip = settings.pbx.sip.model_copy(update={"host": host})
    broken = settings.model_copy(update={"pbx": settings.pbx.model_copy(update={"sip": sip})})
    with pytest.raises(ConfigError, match=r"(?s)pbx\.sip\.host: .* is no IP address"):
        write_own_config(broken, AsteriskFolders.of_home(broken.home), some_install(tmp_path))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alarm__duty_phones", '["sip:1@192.0.2.1&Local/s@nobody"]'),
        ("alarm__duty_phones", '["sip:1@192.0.2.1,60,U(evil)"]'),
        ("alarm__duty_phones", '["sip:${SHELL(id)}@192.0.2.1"]'),
        ("trunks", '[{"name": "a]\\n[b", "match": ["192.0.2.1"]}]'),
        ("trunks", '[{"name": "all", "match": ["0.0.0.0/0"]}]'),
        ("pbx__ari__application", "hotline,evil"),
        ("pbx__node", '"n;x"'),
        ("pbx__codecs", '["alaw\\ncontext=evil"]'),
    ],
)
def test_a_value_that_would_break_out_of_its_line_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError):
        written(tmp_path, **{name: value})


@pytest.mark.parametrize("home", ["a;b", "a\nb", "a,b", "a#b", "a${X}b"])
def test_a_home_whose_path_means_something_to_asterisk_is_refused(tmp_path: Path, home: str) -> None:
    settings = load(CONFIG, {"HOTLINE_HOME": str(tmp_path / home)})
    with pytest.raises(ConfigError, match="HOTLINE_HOME"):
        write_own_config(settings, AsteriskFolders.of_home(settings.home), some_install(tmp_path))


def test_below_a_deep_home_the_control_socket_lies_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    folders = AsteriskFolders.of_home(deep)
    assert len(str(folders.socket)) <= LONGEST_SOCKET_PATH
    assert AsteriskFolders.of_home(deep) == folders
    assert AsteriskFolders.of_home(deep / "other").run != folders.run


def test_files_for_somebody_elses_pbx_name_nothing_of_this_machine(tmp_path: Path) -> None:
    settings = settings_with(tmp_path)
    files = write_config_files(settings, tmp_path / "out", data=Path("/srv/asterisk"))
    assert sorted(file.name for file in files) == sorted(FILES)
    assert "asterisk.conf" not in {file.name for file in files}
    assert not [file.name for file in files if str(tmp_path) in file.read_text()]
    assert "/srv/asterisk/moh" in (tmp_path / "out" / "musiconhold.conf").read_text()


def test_a_remote_pbxs_password_is_the_one_the_environment_gives(tmp_path: Path) -> None:
    environment = {
        "HOTLINE_HOME": str(tmp_path),
        "HOTLINE__PBX__MODE": "remote",
        "HOTLINE__PBX__ARI__PASSWORD_FROM": "SECRET",
        "SECRET": "correct horse battery staple",
    }
    write_config_files(load(CONFIG, environment), tmp_path / "out")
    assert (
        f"password = {hashed('correct horse battery staple')}" in (tmp_path / "out" / "ari.conf").read_text()
    )


def test_without_a_certificate_the_pbx_speaks_no_tls(tmp_path: Path) -> None:
    folders = written(tmp_path)
    assert "tls" not in (folders.etc / "http.conf").read_text().replace("over TLS", "")
    assert "[wss]" not in (folders.etc / "pjsip.conf").read_text()


def test_with_a_certificate_the_websocket_is_there_over_tls(tmp_path: Path) -> None:
    folders = written(
        tmp_path,
        pbx__browser__url="wss://hotline.example:8443/ws",
        pbx__browser__certificate="/etc/tls/chain.pem",
        pbx__browser__key="/etc/tls/key.pem",
        pbx__browser__port="8443",
    )
    http = (folders.etc / "http.conf").read_text()
    for line in (
        "tlsenable = yes",
        "tlsbindaddr = 0.0.0.0:8443",
        "tlscertfile = /etc/tls/chain.pem",
        "tlsprivatekey = /etc/tls/key.pem",
    ):
        assert line in http.splitlines()
    assert (
        "[wss]\ntype = transport\nprotocol = wss\nbind = 0.0.0.0:8443"
        in (folders.etc / "pjsip.conf").read_text()
    )


def test_a_certificates_path_that_would_break_out_of_its_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"pbx\.browser\.key"):
        written(
            tmp_path,
            pbx__browser__url="wss://hotline.example:8443/ws",
            pbx__browser__certificate="/etc/tls/chain.pem",
            pbx__browser__key="/etc/tls/key.pem;\nenabled=no",
        )


def test_what_an_agents_page_can_call_is_out_of_the_callers_reach(tmp_path: Path) -> None:
    dialplan = (written(tmp_path).etc / "extensions.conf").read_text()
    contexts = dict(re.findall(r"^\[([\w-]+)\]\n(.*?)(?=^\[|\Z)", dialplan, re.MULTILINE | re.DOTALL))
    assert "Echo()" in contexts["phone-test"]
    assert "Echo()" not in contexts["hotline-in"]
    assert not re.search(r"Goto\w*\([^)]*phone-test|include", dialplan)
    assert "Stasis" not in contexts["phone-test"]
    assert "Dial(" not in contexts["phone-test"]


def test_a_trunk_shows_the_called_our_number_where_one_is_set(tmp_path: Path) -> None:
    match = '"match": ["192.0.2.1/32"]'
    shown = f'[{{"name": "a", {match}, "outbound": {{"host": "192.0.2.1", "shown_number": "053195777"}}}}]'
    plain = f'[{{"name": "a", {match}, "outbound": {{"host": "192.0.2.1"}}}}]'
    for name, trunks, lines in (("shown", shown, ["from_user = 053195777"]), ("plain", plain, [])):
        folder = tmp_path / name
        folder.mkdir()
        text = (written(folder, trunks=trunks).etc / "pjsip.conf").read_text()
        trunk = section(text, "trunk-a", "type = endpoint")
        assert [line for line in trunk.splitlines() if line.startswith("from_user")] == lines


def test_who_was_called_is_recorded_and_comes_back_or_waits_with_music(tmp_path: Path) -> None:
    text = (written(tmp_path).etc / "extensions.conf").read_text()
    steps = text.partition("[hotline-record]")[2].partition("\n[")[0]
    recorded, returned, waits = (
        steps.find(word) for word in ("MixMonitor(", "Stasis(hotline,called)", "m(default)")
    )
    assert 0 < recorded < returned < waits
    assert ",bD)" in steps


def test_a_trunk_is_asked_whether_it_is_there_and_its_password_stands_in_no_file(tmp_path: Path) -> None:
    outbound = '{"host": "sip.example", "transport": "tcp", "user": "u", "password_from": "TRUNK_SECRET"}'
    asked = f'[{{"name": "carrier", "match": ["192.0.2.1/32"], "outbound": {outbound}}}]'
    environment = {"HOTLINE_HOME": str(tmp_path / "home"), "HOTLINE__TRUNKS": asked}
    settings = load(CONFIG, {**environment, "TRUNK_SECRET": "zwölf;Zeichen"})
    assert settings.trunk_secrets == {"carrier": ("u", "zwölf;Zeichen")}
    folders = AsteriskFolders.of_home(settings.home)
    write_own_config(settings, folders, some_install(tmp_path))
    text = (folders.etc / "pjsip.conf").read_text()
    record = section(text, "trunk-carrier", "type = aor")
    assert "contact = sip:sip.example:5060\\;transport=tcp" in record and "qualify_frequency = 30" in record
    endpoint = section(text, "trunk-carrier", "type = endpoint")
    for line in ("aors = trunk-carrier", "transport = tcp", "outbound_auth = trunk-carrier"):
        assert line in endpoint
    assert all("Zeichen" not in file.read_text(encoding="utf-8") for file in folders.etc.iterdir())
    with pytest.raises(ConfigError, match=r"TRUNK_SECRET is not set"):
        load(CONFIG, environment)
