"""Tasks with environments, in which a network acts for whole episodes.

Kinds of tasks:

- `episodic_task`: what both kinds share, `EpisodicTask`: starts, encoder, workloads
- `control_task`: `Control` and `ContinuousControl`, environments in compiled code
- `python_task`: `PythonTask`, episodes in plain Python, and its `Agent`
- `python_episodes`: the senses of networks in Python, and their spikes in flight

How observations reach a network:

- `observation_encoder`: `Variable`; an encoder as a table, or with a kernel before it
- `observation_spikes`: the compiled half: values are compared with the table
- `compiled_senses`: kernels for encoders that need more than each value by itself

The compiled loop:

- `compiled_environment`: signatures of an environment's functions, `OBSERVE` and `STEP`
- `trigonometry`: sine and cosine for them, the same bits on every processor
- `episode_loop`: environment, encoder, network and decoder, episode after episode
- `lanes`: what the loop keeps for each episode side by side
- `finite_observations`: observations and rewards that are not finite, found and put into words
"""
