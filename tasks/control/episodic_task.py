"""Tasks of episodes: an environment that shows variables, and an encoder that networks see them by."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..encoded_task import EncodedTask
from ..encoders import Encoder, encoder
from ..task import TaskSettings
from ..text_form import text_of
from ..workload import Split, Workload, random_stream
from .observation_encoder import Perception, Variable, perception


class EpisodicTask(EncodedTask):
    """An environment, in which networks live through episodes.

    A subclass defines `starts`, and calls `_perceive` when its `variables` are known. The starts
    are drawn from (seed, split, generation or fixed), the episode coming first, so that those of
    training, validation and test never meet. The arrays of a workload are the starts, (episodes,
    rows) float64, each followed by the memory with which the encoder begins, and
    `Perception.arrays`.

    Attributes:
        variables: What a network sees.
        ticks: Length of a decision window.
        training_episodes: Episodes of one evaluation, unless the settings give another number.
        validation_episodes: Episodes on which a champion is chosen.
        test_episodes: Episodes of the final test.
        perception: How networks perceive the variables.
    """

    has_validation = True

    variables: tuple[Variable, ...]
    training_episodes: int = 10
    validation_episodes: int = 100
    test_episodes: int = 1000
    perception: Perception
    _encoder: Encoder

    def __init__(self, settings: TaskSettings) -> None:
        """Check the settings.

        Raises:
            InputError: A setting is out of range.
        """
        super().__init__(settings)
        self.ticks = self._at_least_one("ticks")
        self.episodes: int = self.training_episodes  # which the settings may override
        self.episodes = self._at_least_one("episodes")
        self.fresh = settings.fresh_episodes is not False

    @abstractmethod
    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw what episodes start from: (episodes, rows) float64, an episode after the other."""

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Draw the starts of a split; those of training anew in every generation if `fresh`."""
        if split != "train" or not self.fresh:
            generation = None
        sizes = {"validation": self.validation_episodes, "test": self.test_episodes}
        episodes = sizes.get(split, self.episodes)
        rng = random_stream(seed, split, generation)
        # A stream of its own: encoders that draw leave the starts as they are.
        memories = self.perception.begin(rng.spawn(1)[0], episodes)
        starts = np.asarray(self.starts(split, rng, episodes), np.float64)
        if starts.ndim != 2 or len(starts) != episodes:
            raise InputError(
                f"task {self.name}: starts have the shape {starts.shape}, but it must be "
                f"({episodes}, …), a row for each episode"
            )
        starts = np.hstack([starts, memories])
        return Workload.of(split, episodes, starts, *self.perception.arrays)

    def describe(self) -> dict[str, object]:
        """Return the task as plain values."""
        return super().describe() | {
            "encoder": text_of(self._encoder),
            "episodes": self.episodes,
            "validation_episodes": self.validation_episodes,
            "test_episodes": self.test_episodes,
            "variables": [list(variable) for variable in self.variables],
        }

    def _perceive(self, text: str) -> None:
        """Take the encoder that a text names, and with it the inputs.

        Raises:
            InputError: There is no such encoder, a setting is out of range, the window too short, or
                the range of a variable empty or infinite.
        """
        for variable in self.variables:
            if not -np.inf < variable.low < variable.high < np.inf:
                raise InputError(
                    f"task {self.name}: {variable.name} has the range {variable.low} … "
                    f"{variable.high}, but it must go from a finite number to a higher one"
                )
        self._encoder = encoder(text)
        self._publish_traits(lambda other: other.shortest(len(self.variables)) <= self.ticks)
        self.inputs = len(self.variables) * self._width()
        if self._encoder.kind == "charges":
            self.input_kind = "charges"
        self._encoder_changed()

    def _encoder_changed(self) -> None:
        self.perception = perception(self._encoder, self.variables, self._setting(), self._width())
