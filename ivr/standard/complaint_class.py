"""What a complaint is about (R-CL)."""

from enum import StrEnum


class ComplaintClass(StrEnum):
    """The class of a complaint; its severity decides the path."""

    GRUMBLE = "grumble"  # a misunderstanding of policy
    SERVICE = "service"  # how somebody was treated
    QUALITY = "quality"  # of a product or a repair
    FEES = "fees"  # what was charged
    DELIVERY = "delivery"  # packaging and delivery
    MALICIOUS = "malicious"  # no complaint in earnest
