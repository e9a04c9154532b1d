"""What may happen to a call besides what its legs tell: laid into its inbox by routing and the pages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.standard.three_rings import OfferOutcome
from storage.queries.commands import TakenCommand
from storage.queries.offers import NewOffer

if TYPE_CHECKING:
    from ivr.calls.ring_agent import RingAttempt


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked for something about this call on a page."""

    command: TakenCommand


@dataclass(frozen=True, slots=True)
class OfferMade:
    """An agent was reserved for this call and is to be rung."""

    offer: NewOffer


@dataclass(frozen=True, slots=True)
class RingOver:
    """A ring attempt came to its end. Only ANSWERED is not settled yet: the call decides."""

    attempt: "RingAttempt"
    outcome: OfferOutcome
