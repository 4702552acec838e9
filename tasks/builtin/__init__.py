"""The tasks that have a name: data sets and environments, listed in `tasks.catalogue`.

Data sets, loaded or made when they are asked for:

- `scikit_learn`: iris, wine, breast_cancer, digits
- `generated`: xor, gaps, reconstruct, recall, cylinder_bell_funnel, mackey_glass
- `event_data`: moving_digits before an event camera; shd and nmnist from a local download

(The tasks data and csv, the user's own files, are in `tasks.data.own_data`.)

Environments, each with its dynamics as compiled kernels:

- `acrobot`, `pendulum`: tasks of the same names
- `cartpole`: cartpole and TENNLab's levels, cartpole_easy … cartpole_hardest
- `double_pole`: double_pole, double_pole_no_velocity
- `mountain_car`: mountain_car, mountain_car_continuous
- `navigation`: a task of the same name
"""
