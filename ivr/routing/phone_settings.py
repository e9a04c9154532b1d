"""What each kind of phone is in the PBX: the fields of its endpoint, as res_pjsip names them."""

from storage.queries.phones import KnownPhone

TEST_CONTEXT = "phone-test"
"""All an agent's browser phone can call: itself (extensions.conf)."""

CALLERS_DOOR = "hotline-in"
"""Where callers come in: everything dialled there goes to the engine."""

_NO_MEDIA_FOR = "10"
"""Seconds without a packet after which the PBX ends a page's leg: a closed tab says no goodbye."""


def registering_endpoint(phone: KnownPhone, codecs: list[str]) -> dict[str, str]:
    """A SIP phone that registers with a user name and a password."""
    return {
        "auth": phone.name,
        "aors": phone.name,
        "context": CALLERS_DOOR,
        "disallow": "all",
        "allow": ",".join(codecs),
        "dtmf_mode": "auto",
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "rtp_timeout": "30",
        "allow_subscribe": "no",
        "allow_transfer": "no",
        "identify_by": "username",
    }


def browser_endpoint(phone: KnownPhone) -> dict[str, str]:
    """A phone in a page: encrypted as browsers demand (RFC 8827).

    A visitor's telephone is a caller like any other, from its made-up number; an agent's rings, and can
    call nothing but the test. Opus is not offered: the PBX would join the call at 48 kHz, and the recording,
    whose two sides it writes as they come and as 8 kHz, would be of no use.
    """
    fields = {
        "auth": phone.name,
        "context": TEST_CONTEXT if phone.caller_number is None else CALLERS_DOOR,
        "webrtc": "yes",
        "dtls_auto_generate_cert": "yes",
        "disallow": "all",
        "allow": "alaw,ulaw",
        "dtmf_mode": "auto",
        "direct_media": "no",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "rtp_timeout": _NO_MEDIA_FOR,
        "rtp_timeout_hold": _NO_MEDIA_FOR,
        "allow_subscribe": "no",
        "allow_transfer": "no",
        "identify_by": "username",
    }
    if phone.caller_number is None:
        fields["aors"] = phone.name
    else:
        # Whatever the page writes into From, this is the number the engine sees.
        fields |= {"callerid": f"<{phone.caller_number}>", "trust_id_inbound": "no"}
    return fields
