"""Certificates for tests, made on the spot with the openssl program."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_CA = """
[ca]
default_ca = it
[it]
database = {folder}/database
rand_serial = yes
new_certs_dir = {folder}
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


@dataclass(frozen=True)
class Made:
    """A self-signed certificate and its key, in PEM."""

    certificate: Path
    key: Path


def make_certificate(
    folder: Path, name: str = "hotline.example", *, since: str = "20200101", until: str = "20991231"
) -> Made:
    """Make a certificate for a host's name or IP address.

    :param since, until: the days between which it is valid, as 20991231.
    """
    made = Made(folder / f"{name}.{until}.pem", folder / f"{name}.{until}.key")
    (folder / "database").touch()
    (folder / "ca.conf").write_text(_CA.format(folder=folder))
    kind = "IP" if name.replace(".", "").isdigit() else "DNS"
    _openssl(
        *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-keyout", made.key, "-out", folder / "request", "-subj", f"/CN={name}"),
        *("-addext", f"subjectAltName={kind}:{name}"),
    )
    _openssl(
        *("ca", "-batch", "-notext", "-selfsign", "-config", folder / "ca.conf", "-in", folder / "request"),
        *("-keyfile", made.key, "-out", made.certificate),
        *("-startdate", f"{since}000000Z", "-enddate", f"{until}000000Z"),
    )
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
