"""What single values of config.yaml look like, and the class all its sections share."""

from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

_NAME = r"^[a-z][a-z0-9_]{0,39}$"
_SIP_ADDRESS = r"^sip:[A-Za-z0-9_.+\-*]{1,64}@[A-Za-z0-9.\-\[\]:]{1,253}(:\d{1,5})?$"
_WORK_NUMBER = r"^[0-9]{3,8}$"
_DIALLED_NUMBER = r"^[0-9+*#]{2,24}$"
_KEY = r"^[0-9*#]$"
_BEGINNING = r"^\+?[0-9]{1,12}$"
_DIAL_PREFIX = r"^[0-9]{0,6}$"
CASE_PREFIX = r"^[A-Z]{0,6}$"
_HOST = r"^[A-Za-z0-9.\-:]{1,253}$"
_RULE_ID = r"^R-[0-9A-Z]+(\.[0-9]+)?$"
_AREA_CODE = r"^0[1-9][0-9]{1,2}$"
_MAIL_ADDRESS = r"^[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,253}$"
_DIGIT_KEY = r"^[0-9]$"
LINE_PATTERN = r"^[^\x00-\x1f\x7f]*$"

WORDS_OF_PATTERN = {
    _NAME: "a name of small letters, digits and _, such as gas_leak",
    _SIP_ADDRESS: 'a SIP address, such as "sip:1001@192.168.1.20:5060"',
    _WORK_NUMBER: 'a work number of 3 to 8 digits, such as "1001"',
    _DIALLED_NUMBER: 'a number of digits, + * #, such as "95777"',
    _BEGINNING: 'the beginning of numbers, such as "+86" or "95"',
    _DIAL_PREFIX: "up to 6 digits, or nothing",
    _KEY: 'one key of the telephone: "0" to "9", "*" or "#"',
    CASE_PREFIX: 'up to 6 capital letters, such as "TS", or nothing',
    _HOST: "an IP address or a host name",
    _AREA_CODE: 'an area code with its 0, such as "0531"',
    _RULE_ID: "the number of a rule of the standard, such as R-12.4",
    _MAIL_ADDRESS: "an address of mail, such as hotline@gas.example",
    _DIGIT_KEY: 'one digit of the telephone: "0" to "9"',
    LINE_PATTERN: "one line without control characters",
}
"""How a mistake says what would be right, by pattern."""

Name = Annotated[str, StringConstraints(pattern=_NAME)]
SipAddress = Annotated[str, StringConstraints(pattern=_SIP_ADDRESS)]
WorkNumber = Annotated[str, StringConstraints(pattern=_WORK_NUMBER)]
DialledNumber = Annotated[str, StringConstraints(pattern=_DIALLED_NUMBER)]
NumberBeginning = Annotated[str, StringConstraints(pattern=_BEGINNING)]
DialPrefix = Annotated[str, StringConstraints(pattern=_DIAL_PREFIX)]
Key = Annotated[str, StringConstraints(pattern=_KEY)]
DigitKey = Annotated[str, StringConstraints(pattern=_DIGIT_KEY)]
MailAddress = Annotated[str, StringConstraints(pattern=_MAIL_ADDRESS)]
Host = Annotated[str, StringConstraints(pattern=_HOST)]


def _listened_on(host: str) -> str:
    """The PBX's files take addresses only; what a name leads to may change besides."""
    try:
        ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise ValueError(
            f'"{host}" is no address to listen on; write one of this machine, such as 192.0.2.5, '
            "127.0.0.1 for this machine alone, or 0.0.0.0 for all"
        ) from None
    return host


ListenAddress = Annotated[Host, AfterValidator(_listened_on)]
RuleId = Annotated[str, StringConstraints(pattern=_RULE_ID)]
ShownText = Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
AreaCode = Annotated[str, StringConstraints(pattern=_AREA_CODE)]
Port = Annotated[int, Field(ge=1, le=65535)]
Language = Literal["zh", "en"]

SQLITE = "sqlite:///"
DATABASES = (SQLITE, "postgresql://", "postgresql+psycopg://")
"""How the address of a database may begin."""


class Section(BaseModel):
    """What all sections share: frozen, and a key nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
