"""Linear readouts: their text form, and the settings of searches that suit them.

A network with a readout is a liquid state machine (Maass, Natschläger, Markram, 2002, Neural
Computation 14:2531): evolution shapes the network, and what its spikes mean is learnt in closed form.
"""

from dataclasses import dataclass
from typing import ClassVar

from ...errors import InputError
from ..text_form import parse


@dataclass(frozen=True)
class Ridge:
    """`ridge`: ridge regression on the spike counts of all neurons that have a potential.

    The window is cut into `bins` parts: tick t of T lies in part ⌊t · bins / T⌋. Each neuron has
    a count x in each part, a feature. The readout gives y = c + Σ W x for each class, whose target
    is 1 for its samples and 0 for others, or for each number. W and c minimise the squared error on
    the training data plus λ Σ W² (Hoerl, Kennard, 1970, Technometrics 12:55), with λ = `penalty` ·
    the mean over the features of Σ (x - mean x)², or 1 where nothing varies. The highest y is the
    class; ties go to the lowest.

    Attributes:
        neurons: Outputs of the network, ≥ 1; they are read, as hidden neurons are.
        bins: Parts of the window, ≥ 1.
        penalty: What λ is measured by, > 0.
    """

    name: ClassVar[str] = "ridge"
    main: ClassVar[str | None] = "neurons"

    neurons: int = 100
    bins: int = 4
    penalty: float = 0.03

    def __post_init__(self) -> None:
        """Check the fields; raises InputError."""
        for field in ("neurons", "bins"):
            if getattr(self, field) < 1:
                raise InputError(
                    f"readout ridge: {field} must be at least 1 (got {getattr(self, field)})"
                )
        if not self.penalty > 0:
            raise InputError(f"readout ridge: penalty must be above 0 (got {self.penalty})")


READOUTS: dict[str, type[Ridge]] = {Ridge.name: Ridge}


def readout(text: str) -> Ridge:
    """Make the readout that a text names.

    Raises:
        InputError: Unknown readout or setting, or a value out of range.
    """
    return parse(text, READOUTS, "readout")
