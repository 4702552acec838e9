"""The tasks that have a name: data sets and environments, listed in `catalogue`.

Data sets, loaded or made when they are asked for:

- `patterns`: `xor`, `gaps`, `reconstruct`, `recall`
- `scikit_learn`: `iris`, `wine`, `breast_cancer`, `digits`
- `time_series`: `cylinder_bell_funnel`, `mackey_glass`
- `moving_digits`: `moving_digits`, seen by the sensor of `event_camera`
- `recordings`: `shd`, `nmnist`, from a local download
- `data.own_data`: `data`, `csv`, the user's own files

Environments, each with its dynamics as compiled kernels:

- `acrobot`, `pendulum`: tasks of the same names
- `cartpole`: `cartpole` and TENNLab's levels `cartpole_easy` … `cartpole_hardest`
- `double_pole`: `double_pole`, `double_pole_no_velocity`
- `mountain_car`: `mountain_car`, `mountain_car_continuous`
"""
