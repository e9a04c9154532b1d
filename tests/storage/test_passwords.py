"""Passwords are made, shown once, and kept only as what they can be checked against."""

from argon2 import PasswordHasher

from storage.passwords import ALPHABET, device_digest, hash_password, new_password


def test_a_new_password_has_twelve_characters_nobody_confuses() -> None:
    password = new_password()
    assert len(password) == 12
    assert not set("il1o0O") & set(ALPHABET)
    assert set(password) <= set(ALPHABET)


def test_no_two_new_passwords_are_the_same() -> None:
    assert len({new_password() for _ in range(200)}) == 200


def test_a_sign_in_password_is_kept_as_an_argon2id_hash() -> None:
    kept = hash_password("correct horse")
    assert kept.startswith("$argon2id$") and "correct" not in kept and len(kept) <= 200
    assert PasswordHasher().verify(kept, "correct horse")


def test_a_phone_password_is_kept_as_the_md5_of_user_realm_and_password() -> None:
    """RFC 2617, 3.2.2.2 (A1); the expected digest is md5sum's of "1001:hotline:secret"."""
    assert device_digest("1001", "secret") == "9825b4c9c75afc481a419b95f9c54647"
