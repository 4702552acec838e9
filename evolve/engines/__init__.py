"""Where networks are evaluated; what comes out does not depend on it.

- `engine`: `Engine`, what all engines do, and `LocalEngine`, threads of this process
- `ray`: `RayEngine`, worker processes on this machine or on a cluster
"""
