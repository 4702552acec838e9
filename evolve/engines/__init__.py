"""Where networks are evaluated: on threads of this process, or on Ray."""
