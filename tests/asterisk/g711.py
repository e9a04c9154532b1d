"""G.711 A-law, as the telephone network carries audio."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]


def alaw_decode(data: bytes) -> Samples:
    """G.711 A-law to 16-bit samples."""
    code = np.frombuffer(data, dtype=np.uint8) ^ 0x55
    exponent = (code & 0x70) >> 4
    mantissa = (code & 0x0F).astype(np.int32)
    value = np.where(
        exponent == 0,
        (mantissa << 4) + 8,
        ((mantissa << 4) + 0x108) << np.maximum(exponent.astype(np.int32) - 1, 0),
    )
    return np.where(code & 0x80, value, -value).astype(np.int16)


def alaw_encode(samples: Samples) -> bytes:
    """16-bit samples to G.711 A-law, by the nearest of its 256 values."""
    order = np.argsort(_ALL_VALUES)
    ordered = _ALL_VALUES[order]
    place = np.clip(np.searchsorted(ordered, samples), 1, 255)
    nearer = np.where(samples - ordered[place - 1] < ordered[place] - samples, place - 1, place)
    return bytes(order[nearer].astype(np.uint8))


_ALL_VALUES = alaw_decode(bytes(range(256))).astype(np.int32)
