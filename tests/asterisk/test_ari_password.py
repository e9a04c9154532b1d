"""The password between engine and PBX: kept as a hash, and as which one."""

from pathlib import Path

from ivr.asterisk.ari_password import ari_password, hashed


def test_a_password_that_somebody_chose_is_hashed_slowly() -> None:
    assert hashed("correct horse battery staple").startswith("$6$rounds=1000$")


def test_our_own_random_password_is_hashed_in_one_round(tmp_path: Path) -> None:
    """Asterisk hashes it again for every request."""
    password = ari_password(tmp_path)
    assert hashed(password, random=True).startswith("$3$$")
    assert password not in hashed(password, random=True)
    # The NT hash of "password", as many documents give it.
    assert hashed("password", random=True) == "$3$$8846f7eaee8fb117ad06bdd830b7586c"


def test_the_hash_stays_the_same_as_long_as_the_password_does(tmp_path: Path) -> None:
    password = ari_password(tmp_path)
    assert ari_password(tmp_path) == password
    for random in (False, True):
        assert hashed(password, random=random) == hashed(password, random=random)
