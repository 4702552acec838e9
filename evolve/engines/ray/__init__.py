"""The engine on Ray. Nothing else in Spikevolve knows Ray.

Three processes take part: the search, a process of its own that talks to Ray, and the workers.

- `ray_engine`: `RayEngine`, in the search's process
- `pool_process`: the process that talks to Ray, seen from there: started, spoken to, ended
- `pool_main`: what that process begins and ends with
- `pool`: what that process does: hand out pieces of work, replace workers that hang, die or are silent
- `slots`: what the pool knows of its workers; `notices`: what it tells the user of them
- `address`: the address of a cluster, looked at without Ray
- `cluster`: a local Ray started, or a cluster connected to
- `worker`: what workers do, and what travels to them and back
- `piece_in_hand`: the piece that a worker measures network by network, and whether one takes too long
- `awake_clock`: a clock that stands still while its process does
"""
