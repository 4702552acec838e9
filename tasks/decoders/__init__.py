"""From the spikes of outputs to classes, numbers and actions."""
