"""Tasks with environments, in which a network acts for whole episodes.

Kinds of tasks:

- `control_task`: `EpisodicTask`, what all kinds share; `Control` and `ContinuousControl`, environments
  in compiled code
- `python_task`: `PythonTask`, episodes in plain Python, its `Agent` and what that senses

How observations reach a network:

- `observation_encoder`: `Variable`; an encoder as a table, or with a kernel before it
- `observation_spikes`: the compiled half: values compared with the table, and kernels for encoders
  that need more than each value by itself

The compiled loop:

- `compiled_environment`: signatures of an environment's functions, `OBSERVE` and `STEP`; sine and
  cosine, the same bits on every processor; observations and rewards that are not finite
- `episode_loop`: environment, encoder, network and decoder, episode after episode
- `lanes`: what the loop keeps for each episode side by side
"""
