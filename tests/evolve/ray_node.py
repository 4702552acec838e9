"""A node of a Ray cluster, reachable from this machine only, where several make one cluster.

    python ray_node.py FILE CPUS [ADDRESS]

Writes in FILE at which address the cluster is, once the node has started; without ADDRESS it is the first
one. `ray start` makes no second node on loopback.
"""

import sys
import time
from pathlib import Path
from typing import Any

import ray

if __name__ == "__main__":
    file, cpus, *address = sys.argv[1:]
    private: Any = ray._private
    parameters = private.parameter.RayParams(
        num_cpus=int(cpus),
        object_store_memory=100_000_000,
        gcs_address=address[0] if address else None,
        temp_dir=None if address else str(Path(file).parent),
        include_dashboard=False,
        include_log_monitor=False,
        node_manager_port=0,
        min_worker_port=0,
        max_worker_port=0,
    )
    node = private.node.Node(parameters, head=not address, spawn_reaper=False)
    Path(file).write_text(node.gcs_address)
    time.sleep(3600)
