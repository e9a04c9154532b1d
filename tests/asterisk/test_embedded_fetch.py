from pathlib import Path

import pytest

from ivr.asterisk.fetch import cache_folder, fetch_asterisk, fetched_asterisk, find_asterisk
from ivr.asterisk.install import installed_asterisk, parse_version, refuse_older, unpacked_asterisk
from ivr.asterisk.progress import progress_line
from ivr.config import Settings, load
from ivr.errors import PbxUnusable

CONFIG = Path(__file__).parents[2] / "config.yaml"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def codename() -> str:
    text = Path("/etc/os-release").read_text()
    return next(line.partition("=")[2].strip('"') for line in text.splitlines() if "VERSION_CODENAME" in line)


def with_sources(tmp_path: Path, *sources: str) -> dict[str, str]:
    """An environment in which apt knows these sources only."""
    (tmp_path / "sources.list").write_text("".join(f"{line}\n" for line in sources))
    (tmp_path / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{tmp_path}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n'
    )
    return {"PATH": PATH, "APT_CONFIG": str(tmp_path / "apt.conf")}


def a_program(folder: Path, name: str, *lines: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n")
    file.chmod(0o755)


def settings_in_mode(mode: str, home: Path) -> Settings:
    environment = {"HOTLINE__PBX__MODE": mode, "HOTLINE_HOME": str(home)}
    environment |= {"HOTLINE__PBX__ARI__PASSWORD_FROM": "SECRET", "SECRET": "x"}
    return load(CONFIG, environment)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6.17.60671434-1", (22, 10, 1)),
        ("22.10.1+dfsg+~cs6.17.60671434-1", (22, 10, 1)),
        ("Asterisk 23.0.0-rc1", (23, 0, 0)),
        ("Asterisk certified/22.11-cert2", (22, 11, 0)),
    ],
)
def test_a_version_is_read_from_what_asterisk_says(said: str, version: tuple[int, int, int]) -> None:
    assert parse_version(said) == version


def test_what_names_no_version_is_refused() -> None:
    with pytest.raises(PbxUnusable, match='"GIT-master" names no Asterisk version'):
        parse_version("GIT-master")


@pytest.mark.parametrize("version", [(22, 10, 0), (22, 9, 9), (20, 99, 99)])
def test_an_older_version_is_refused_with_the_reason(version: tuple[int, int, int]) -> None:
    with pytest.raises(
        PbxUnusable, match=r"pbx\.example: .* too old; 22\.10\.1 is needed, which closes two holes"
    ):
        refuse_older(version, "pbx.example")


@pytest.mark.parametrize("version", [(22, 10, 1), (22, 11, 0), (23, 0, 0)])
def test_this_and_newer_versions_are_taken(version: tuple[int, int, int]) -> None:
    refuse_older(version, "pbx.example")


def test_an_old_asterisk_of_the_system_is_refused_by_its_path(tmp_path: Path) -> None:
    a_program(tmp_path, "asterisk", "echo Asterisk 20.6.0")
    with pytest.raises(PbxUnusable, match=f"{tmp_path}/asterisk: Asterisk 20.6.0 is too old"):
        installed_asterisk({"PATH": f"{tmp_path}:{PATH}"})


def test_an_asterisk_of_the_system_that_does_not_start_is_refused_with_its_words(tmp_path: Path) -> None:
    a_program(tmp_path, "asterisk", "echo libssl.so.3: not found >&2", "exit 127")
    with pytest.raises(PbxUnusable, match=r"does not start \(libssl\.so\.3: not found\)"):
        installed_asterisk({"PATH": f"{tmp_path}:{PATH}"})


def test_a_remote_pbx_is_not_looked_for_here(tmp_path: Path) -> None:
    assert find_asterisk(settings_in_mode("remote", tmp_path), {"PATH": ""}, print) is None


def test_a_root_without_an_asterisk_is_named(tmp_path: Path) -> None:
    with pytest.raises(PbxUnusable, match=f"{tmp_path}: no complete Asterisk is unpacked there"):
        find_asterisk(settings_in_mode("embedded", tmp_path), {"HOTLINE_ASTERISK_ROOT": str(tmp_path)}, print)


def test_an_interrupted_fetch_does_not_look_like_a_complete_one(tmp_path: Path) -> None:
    (tmp_path / "asterisk" / ".22.10.1" / "usr" / "sbin").mkdir(parents=True)
    (tmp_path / "asterisk" / "22.10.2" / "usr" / "sbin").mkdir(parents=True)
    assert fetched_asterisk(tmp_path) is None


def test_a_machine_without_apt_is_told_what_to_do_instead(tmp_path: Path) -> None:
    with pytest.raises(
        PbxUnusable, match=r"no Debian \(apt-get, dpkg, dpkg-deb missing\).*pbx\.mode: system"
    ):
        fetch_asterisk(tmp_path, {"PATH": str(tmp_path)}, print)


def test_a_machine_whose_apt_has_no_debian_source_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(PbxUnusable, match=r"no source for Debian .*knows: none.*pbx\.mode: system"):
        fetch_asterisk(tmp_path / "cache", with_sources(tmp_path), print)


def test_without_a_network_the_fetch_says_what_failed_and_leaves_nothing_half(tmp_path: Path) -> None:
    environment = with_sources(tmp_path, f"deb http://127.0.0.1:9/debian {codename()} main")
    with pytest.raises(
        PbxUnusable, match=r"`apt-get` says: .*127\.0\.0\.1.*network, proxy.*pbx\.mode: system"
    ):
        fetch_asterisk(tmp_path / "cache", environment, print)
    assert list((tmp_path / "cache").glob("asterisk/*")) == []


def test_a_mirror_without_debians_signature_is_refused(tmp_path: Path) -> None:
    release = tmp_path / "mirror" / "dists" / "forky"
    release.mkdir(parents=True)
    (release / "Release").write_text("Origin: Debian\nSuite: forky\nCodename: forky\nComponents: main\n")
    environment = with_sources(tmp_path, f"deb file:{tmp_path}/mirror {codename()} main")
    with pytest.raises(PbxUnusable, match=r"not signed"):
        fetch_asterisk(tmp_path / "cache", environment, print)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PbxUnusable, match=r"file.*set HOTLINE_CACHE"):
        fetch_asterisk(tmp_path / "file" / "cache", {"PATH": PATH}, print)


def test_the_cache_is_shared_by_the_users_homes_where_there_is_one(tmp_path: Path) -> None:
    home = tmp_path / "hotline"
    assert cache_folder({"HOTLINE_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, home) == Path("/a")
    assert cache_folder({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, home) == Path("/b/hotline")
    assert cache_folder({"HOME": str(tmp_path)}, home) == tmp_path / ".cache" / "hotline"
    assert cache_folder({"HOME": str(tmp_path / "missing")}, home) == home / "cache"
    assert cache_folder({}, home) == home / "cache"


@pytest.mark.e2e
def test_what_was_fetched_is_found_again_without_asking_anybody(tmp_path: Path) -> None:
    from tests.asterisk.running_pbx import asterisk_install

    root = asterisk_install().data.parents[2]
    (tmp_path / "asterisk").mkdir()
    (tmp_path / "asterisk" / "22.10.1").symlink_to(root)
    found = fetch_asterisk(tmp_path, {"PATH": ""}, print)
    assert found.version == unpacked_asterisk(root).version
    assert found.modules.is_dir()


def test_progress_in_a_log_is_a_line_for_each_step(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        say = progress_line(stream)
        for line in ("asking", "downloading 1 of 2", "downloading 2 of 2", "unpacking 1 of 2", ""):
            say(line)
    assert (tmp_path / "log").read_text().splitlines() == ["asking", "downloading 1 of 2", "unpacking 1 of 2"]
