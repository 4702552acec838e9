"""The compiled loops over a network's ticks and neurons. They run any model of `neurons`.

- `scalar_loop`: one number after the other, on any processor and without a compiler;
- `vector_loop`: blocks of lanes, for processors with AVX2; `vector_tick`: the tick that it makes;
- `event_loop`: one sample, where a spike visits the synapses that it leaves by;
- `entries`: the loops, compiled for one model and arithmetic; what goes into the raster of a window,
  and what comes out;
- `model_types`: how a loop is told which model it runs;
- `vectors`: operations on blocks of lanes, written as LLVM instructions.

Packing a loop's arrays in tuples, to shorten the calls, cost 20 to 37 % of its speed when measured.
"""
