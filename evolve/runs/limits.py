"""When a search ends."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The first limit that is reached ends a search; None is no limit.

    Attributes:
        generations: Closed generations.
        evaluations: Measured individuals; checked whenever a generation closes.
        seconds: Time spent searching, from the first answer on, interruptions left out; an open
            generation is given up.
        target: Score of the champion, on the data that choose it.
    """

    generations: int | None = None
    evaluations: int | None = None
    seconds: float | None = None
    target: float | None = None

    def reached(self, generations: int, evaluations: int, seconds: float) -> str | None:
        """Name the limit that a search has reached, or returns None."""
        if self.generations is not None and generations >= self.generations:
            return "generations"
        if self.evaluations is not None and evaluations >= self.evaluations:
            return "evaluations"
        if self.out_of_time(seconds):
            return "minutes"
        return None

    def out_of_time(self, seconds: float) -> bool:
        """Tell whether the time is up."""
        return self.seconds is not None and seconds >= self.seconds

    def seconds_left(self, generations: int, evaluations: int, seconds: float) -> float | None:
        """Estimate the time to the nearest limit; None where no limit tells."""
        estimates = []
        if self.seconds is not None:
            estimates.append(self.seconds - seconds)
        if self.generations and generations:
            estimates.append(seconds * (self.generations / generations - 1))
        if self.evaluations and evaluations:
            estimates.append(seconds * (self.evaluations / evaluations - 1))
        return max(0.0, min(estimates)) if estimates else None
