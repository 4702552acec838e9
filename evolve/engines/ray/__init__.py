"""The engine on Ray. Nothing else in Spikevolve knows Ray.

Three processes take part: the search, a process of its own that talks to Ray, and the workers.

- `ray_engine`: `RayEngine`, in the search's process
- `pool_process`: the process that talks to Ray, seen from there: started, spoken to, ended
- `pool`: what that process does: hand out pieces of work, replace workers that hang or die
- `address`: the address of a cluster, looked at without Ray
- `cluster`: a local Ray started, or a cluster connected to
- `worker`: what workers do, and what travels to them and back
"""
