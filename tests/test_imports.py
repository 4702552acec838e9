"""No module imports another that imports it, on whatever way."""

from graphlib import CycleError, TopologicalSorter

import grimp


def test_there_are_no_circles_of_imports() -> None:
    graph = grimp.build_graph("spikevolve")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        raise AssertionError(" → ".join(reversed(error.args[1]))) from None
