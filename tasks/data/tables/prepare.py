"""What training data decide about columns: medians for missing values, and which features are constant."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self, get_args

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from .columns import Meaning, Missing, Use, shortest
from .text_layout import FOUND_OUT, TextSettings


class Preparation(NamedTuple):
    """How columns become the features of a network, for this table and for all later ones.

    Attributes:
        columns: What each column is, in the order of the table.
        missing: What was asked for missing values.
        text: What was said of the layout of the text, which holds for later texts, too.
        order: In which order a network receives the features of the columns, by their numbers: that of the
            alphabet, so that tables whose columns stand in another order give the same networks. Empty for
            the order of the columns.
    """

    columns: tuple[Meaning, ...]
    missing: Missing = "refuse"
    text: TextSettings = FOUND_OUT
    order: tuple[int, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features in the order of the columns, as `complete` returns them."""
        return tuple(name for column in self.columns for name in self._names(column))

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features in the order in which a network receives them."""
        names = self.names
        return tuple(names[place] for place in self.order) or names

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the columns that features are made of."""
        return tuple(column.name for column in self.columns if column.features or column.flag)

    @staticmethod
    def _names(column: Meaning) -> tuple[str, ...]:
        return (*column.features, *((f"{column.name} missing",) if column.flag else ()))

    def complete(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put medians for missing values, and add what says that one was missing.

        Args:
            features: Of `features_of_table`, (rows, features), or signals, (samples, steps, channels); NaN where
                a value is missing.

        Returns:
            (rows, features of a network) in the order of the columns, or signals.
        """
        blocks: list[NDArray[np.float64]] = []
        start = 0
        for column in self.columns:
            block = features[..., start : start + len(column.features)]
            start += len(column.features)
            gaps = np.any(np.isnan(block), axis=-1, keepdims=True)
            if column.medians:
                block = np.where(np.isnan(block), column.medians, block)
            blocks.append(block)
            if column.flag:
                blocks.append(np.asarray(gaps, np.float64))
        return np.concatenate(blocks, axis=-1)

    def ordered(self, features: NDArray[Any]) -> NDArray[Any]:
        """Return features of `complete` in the order in which a network receives them."""
        return features[..., list(self.order)] if self.order else features

    def to_json(self) -> dict[str, Any]:
        """Return plain values, for the manifest of a run."""
        told = []
        for column in self.columns:
            entry: dict[str, Any] = {"name": column.name, "use": column.use}
            entry |= {key: list(v) for key in ("values", "medians") if (v := getattr(column, key))}
            entry |= {key: v for key in ("why", "missing", "flag") if (v := getattr(column, key))}
            if names := self._names(column):
                entry["features"] = list(names)
            told.append(entry)
        text = {"text": self.text.said} if self.text.said else {}
        order = {"order": list(self.order)} if self.order else {}
        return {"missing": self.missing, **text, "columns": told, **order}

    @classmethod
    def from_json(cls, told: object) -> Self:
        """Read what `to_json` wrote.

        Raises:
            InputError: It is damaged.
        """
        try:
            if not isinstance(told, Mapping) or told["missing"] not in get_args(Missing):
                raise ValueError
            columns = tuple(_meaning(entry) for entry in told["columns"])
            text, order = TextSettings(**told.get("text", {})), tuple(told.get("order", ()))
            found = cls(columns, told["missing"], text, order)
            if order and sorted(order) != list(range(len(found.names))):
                raise ValueError
            return found
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError("what is said of the columns of the data is damaged") from error


def _meaning(told: Mapping[str, Any]) -> Meaning:
    if told["use"] not in get_args(Use):
        raise ValueError
    return Meaning(
        name=str(told["name"]),
        use=told["use"],
        values=tuple(map(str, told.get("values", ()))),
        why=str(told.get("why", "")),
        missing=int(told.get("missing", 0)),
        medians=tuple(map(float, told.get("medians", ()))),
        flag=bool(told.get("flag", False)),
    )


def fit(
    columns: Sequence[Meaning], training: NDArray[np.float64], missing: Missing, where: str
) -> tuple[Preparation, NDArray[np.bool_]]:
    """Leave out features that are constant in the training data, and find the medians of the others.

    Args:
        columns: Of `understand`.
        training: Their features in the training data, (samples, features), NaN where they are missing.
        missing: What is asked for missing values.
        where: Whose data these are, for messages.

    Returns:
        The preparation, and (features,) which of the features it keeps.

    Raises:
        InputError: All features are constant.
    """
    fitted, kept, start = [], np.ones(training.shape[1], np.bool_), 0
    for column in columns:
        end = start + len(column.features)
        found, kept[start:end] = _fit_column(column, training[:, start:end], missing)
        fitted.append(found)
        start = end
    preparation = Preparation(tuple(fitted), missing)
    names = preparation.names
    if not names:
        raise InputError(f"{where}: every feature is constant in the training data")
    order = tuple(sorted(range(len(names)), key=lambda place: _alphabetical(names[place])))
    in_order = order == tuple(range(len(names)))
    return preparation._replace(order=() if in_order else order), kept


def _alphabetical(name: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """Return what puts names in the order of the alphabet, whatever the locale, and x2 before x10."""
    parts = re.findall(r"([^0-9]*)([0-9]*)", name)
    return tuple((text.casefold(), int(number or -1)) for text, number in parts), name


def _fit_column(
    column: Meaning, training: NDArray[np.float64], missing: Missing
) -> tuple[Meaning, NDArray[np.bool_]]:
    """Return a column as training data have it, and which of its features are kept."""
    if not column.features:
        return column, np.ones(0, np.bool_)
    varies = np.array([len(np.unique(f[~np.isnan(f)])) > 1 for f in training.T], np.bool_)
    gaps = np.isnan(training).any(axis=1)
    flag = missing == "flag" and bool(gaps.any()) and not gaps.all()
    if flag:
        varies[:] = True  # what is missing tells something, even of one value
    if not varies.any():
        here = training[~gaps]
        why = "has no values in the training data"
        if len(here):
            why = f"is {_constant(column, here[0])} in all training data"
        return column._replace(use="left out", values=(), why=why, medians=()), varies
    if column.use == "categories":
        values = tuple(v for v, keep in zip(column.values, varies, strict=True) if keep)
        column = column._replace(values=values)
    medians: tuple[float, ...] = ()
    if missing != "refuse":
        medians = tuple(map(float, np.nanmedian(training[:, varies], axis=0)))
    return column._replace(medians=medians, flag=flag), varies


def _constant(column: Meaning, features: NDArray[np.float64]) -> str:
    """Return the one value that a column has, in its own words."""
    if column.use == "categories":
        return repr(column.values[int(np.argmax(features))])
    if column.values:
        return repr(column.values[int(features[0])])
    if column.use == "date":
        return str(np.datetime64(round(float(features[0]) * 86_400), "s"))
    return shortest(float(features[0]))


def for_gaps(
    features: NDArray[np.float64],
    train: NDArray[np.int64],
    names: Sequence[str],
    missing: Missing | None,
    where: str,
) -> Preparation:
    """Find the medians of features that are an array, of which none is left out.

    Args:
        features: (samples, features), or signals, (samples, steps, channels); NaN where a value is missing.
        train: (training samples,) their rows.
        names: Of the features, or channels.
        missing: What is asked for missing values.
        where: Whose data these are, for messages.

    Raises:
        InputError: Gaps in signals are to be flagged, or a feature has no value in the training data.
    """
    if missing == "flag" and features.ndim != 2:
        raise InputError(f"{where}: missing is 'flag', but signals take 'median' only")
    columns = []
    for number, name in enumerate(names):
        gaps = np.isnan(features[..., number])
        learnt = features[train, ..., number]
        if np.isnan(learnt).all():
            raise InputError(f"{where}: feature {name!r} has no values in the training data")
        flag = missing == "flag" and bool(np.isnan(learnt).any())
        median = float(np.nanmedian(learnt))
        columns.append(Meaning(name, "number", (), "", int(gaps.sum()), (median,), flag))
    return Preparation(tuple(columns), missing or "refuse")
