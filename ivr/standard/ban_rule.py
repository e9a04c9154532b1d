"""When an address that tries names or passwords at the PBX is no longer listened to."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BanRule:
    """``tries`` that fail within ``within`` seconds ban an address."""

    tries: int
    within: float


@dataclass(slots=True)
class Tries:
    """The failed tries of all addresses in the last while. Moments are seconds of one clock."""

    rule: BanRule
    _failed: dict[str, deque[float]] = field(default_factory=dict)

    def failed(self, address: str, at: float) -> int:
        """One more failed try; returns how many there were, once they are enough for a ban, else 0."""
        tries = self._failed.setdefault(address, deque(maxlen=self.rule.tries))
        tries.append(at)
        if len(tries) < self.rule.tries or at - tries[0] > self.rule.within:
            return 0
        del self._failed[address]
        return self.rule.tries

    def succeeded(self, address: str) -> None:
        """Somebody there knew the password: what failed before was a mistake."""
        self._failed.pop(address, None)

    def forget(self, before: float) -> None:
        """Addresses whose last try is older."""
        for address in [address for address, tries in self._failed.items() if tries[-1] < before]:
            del self._failed[address]
