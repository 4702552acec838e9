"""PyTorch: the gradient of a loss by its automatic differentiation, a surrogate in place of spikes.

The tick is that of `lif`, the loss cross-entropy of spikes + 0.3 · last potential / θ, plus a price on
every spike; what a spike does to the potential is not differentiated.
"""

from typing import Any

import numpy as np
import torch
from exchange import Gradient, Graph, answer_gradients
from numpy.typing import NDArray

PART = 0.3  # of the last potential
PRICE = 0.01  # of a spike


class Spike(torch.autograd.Function):
    """A step at the threshold, whose derivative is 1 / (1 + 2·|u − θ| / θ)² / θ."""

    @staticmethod
    def forward(ctx: Any, u: torch.Tensor, threshold: torch.Tensor) -> torch.Tensor:
        """Return 1 where a potential, (samples, neurons), is at least the threshold, (neurons,)."""
        ctx.save_for_backward(u, threshold)
        return (u >= threshold).to(u.dtype)

    @staticmethod
    def backward(ctx: Any, into: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what flows into potentials and thresholds."""
        u, threshold = ctx.saved_tensors
        flowing = into / (1 + 2 * (u - threshold).abs() / threshold) ** 2 / threshold
        return flowing, -flowing.sum(dim=0)


def spikes_of(
    graph: Graph, given: torch.Tensor, leaves: tuple[torch.Tensor, ...]
) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Run all samples; return the spikes of each tick, (samples, neurons), and the last potentials."""
    weights, biases, thresholds = leaves
    p = {name: torch.from_numpy(column) for name, column in graph.parameters.items()}
    ticks, samples, first = given.shape
    targets = torch.from_numpy(graph.targets).long()
    seen: list[torch.Tensor] = []
    v = torch.zeros(samples, graph.neurons)
    for t in range(ticks):
        due = np.flatnonzero(graph.delays <= t)
        sent = [seen[t - graph.delays[s]][:, graph.sources[s]] for s in due]
        arriving = torch.stack(sent, dim=1) * weights[due] if sent else torch.zeros(samples, 0)
        charge = biases + torch.zeros(samples, graph.neurons).index_add(1, targets[due], arriving)
        left = p["leak"] * v
        u = torch.where(left > p["v_min"], left, p["v_min"]) + charge
        recent = [((t - n <= p["refractory"]) & (seen[n] > 0)) for n in range(t)]
        held = torch.stack(recent).any(dim=0) if recent else torch.zeros_like(u, dtype=torch.bool)
        spiked = torch.where(held, 0.0, Spike.apply(u, thresholds))
        stopped = spiked.detach()
        hard = torch.where(stopped > 0, p["v_reset"], u)
        reset = torch.where(p["soft_reset"] > 0, u - thresholds * stopped, hard)
        v = torch.where(held, v, reset)
        seen.append(torch.cat((given[t], spiked[:, first:]), dim=1))
    return seen, v


def differentiate(graph: Graph, inputs: NDArray[np.bool_], labels: NDArray[np.int64]) -> Gradient:
    """Return the derivatives of the mean loss of all samples."""
    first = graph.source_count
    thresholds = graph.parameters["threshold"].copy()
    thresholds[:first] = 1  # sources have none
    numbers = (graph.weights, graph.parameters["bias"], thresholds)
    leaves = tuple(torch.from_numpy(part.copy()).requires_grad_() for part in numbers)
    given = torch.from_numpy(inputs.transpose(0, 2, 1).astype(np.float32))
    seen, last = spikes_of(graph, given, leaves)
    outputs = torch.from_numpy(graph.outputs).long()
    counts = torch.stack(seen).sum(dim=0)
    scores = counts[:, outputs] + PART * (last / leaves[2].detach())[:, outputs]
    loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels))
    (loss + PRICE * counts[:, first:].sum() / len(labels)).backward()
    found = [leaf.grad.numpy().copy() for leaf in leaves]
    for part in found[1:]:
        part[:first] = 0
    return Gradient(torch.stack(seen).detach().numpy().transpose(0, 2, 1) > 0, *found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    answer_gradients(differentiate)
