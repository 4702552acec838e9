import re

import pytest

from spikevolve.errors import InputError
from spikevolve.tasks.decoders.classes import FirstSpike, FirstTo, decoder
from spikevolve.tasks.encoders import ENCODERS, Latency, Population, Rate, encoder
from spikevolve.tasks.text_form import text_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate", Rate()),
        ("rate:mirrored", Rate(mirrored=True)),
        ("rate:5", Rate(spikes=5)),
        ("rate: 5 , mirrored=no", Rate(spikes=5, mirrored=False)),
        ("latency:silent_below=0.25", Latency(silent_below=0.25)),
        ("population:6,beta=2", Population(fields=6, beta=2.0)),
    ],
)
def test_reads_encoders(text: str, expected: object) -> None:
    assert encoder(text) == expected


def test_reads_decoders() -> None:
    assert decoder("first_to:3") == FirstTo(3)
    assert decoder("first_spike") == FirstSpike()


@pytest.mark.parametrize("text", ["rate:7,mirrored", "latency:3,silent_below=0.1", "charge:0.5"])
def test_whole_text_reads_back(text: str) -> None:
    assert encoder(text_of(encoder(text))) == encoder(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rat", "unknown encoder 'rat' (did you mean 'rate'?)"),
        (
            "rate:mirored=1",
            "encoder 'rate:mirored=1': rate has no 'mirored' (did you mean 'mirrored'?)",
        ),
        ("rate:spikes=many", "spikes must be a whole number of at most 1000000000 (got 'many')"),
        (
            "rate:99999999999999999999",
            "spikes must be a whole number of at most 1000000000 (got '9",
        ),
        ("rate:mirrored=maybe", "mirrored must be true or false (got 'maybe')"),
        ("rate:spikes=0", "encoder rate: spikes must be at least 1 (got 0)"),
        ("rate:3,spikes=4", "'spikes' is given twice"),
        ("poisson:gain=inf", "gain must be a finite number (got 'inf')"),
        ("population:2", "encoder population: fields must be at least 3 (got 2)"),
        ("latency:silent_below=2", "silent_below must lie in 0 … 1 (got 2.0)"),
    ],
)
def test_refuses_wrong_encoders(text: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        encoder(text)


def test_an_unknown_word_is_answered_by_all_known_ones() -> None:
    with pytest.raises(InputError) as refused:
        encoder("morse")

    there = str(refused.value).partition("(there are: ")[2].rstrip(")").split(", ")
    assert sorted(there) == sorted(ENCODERS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("first", "unknown decoder of classes and actions 'first' (did you mean 'first_to'?)"),
        ("first_to:0", "decoder first_to: k must be at least 1 (got 0)"),
        ("first_spike:3", "'3' is not KEY=VALUE (it takes no settings)"),
        ("spike_count:k=3", "spike_count has no 'k' (it takes no settings)"),
    ],
)
def test_refuses_wrong_decoders(text: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        decoder(text)
