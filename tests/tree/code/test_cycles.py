"""Import cycles: there are none between the modules of the whole repository, imports inside functions included."""

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.tree.source_files import EVERYTHING, imported_by, module_of, sources, tree_of


def graph_of(modules: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Return the modules that each module imports; of `from a import b` only the module a.b where there is one."""
    graph = {}
    for name, tree in modules.items():
        found = imported_by(tree) & modules.keys()
        graph[name] = {one for one in found if not any(other.startswith(f"{one}.") for other in found)} - {
            name
        }
    return graph


def cycle_in(graph: Mapping[str, set[str]]) -> list[str]:
    """Return one cycle of a graph of imports, as a path that ends where it began. Empty where there is none."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def test_no_two_modules_import_each_other_however_far_round() -> None:
    graph = graph_of({module_of(path): tree_of(path) for path in sources(*EVERYTHING)})
    assert len(graph) > 350
    assert "shared.errors" in graph["case_service.access"]
    assert cycle_in(graph) == []


@pytest.mark.parametrize(
    ("planted", "length"),
    [
        ({"a.x": "from b import y", "b.y": "import c.z", "c.z": "def late():\n    from a.x import thing"}, 4),
        ({"a.x": "from b.y import thing", "b.y": "from a import x"}, 3),
        ({"a": "from a.x import thing", "a.x": "from a import y", "a.y": "import a.z", "a.z": ""}, 0),
    ],
)
def test_a_cycle_is_noticed(planted: Mapping[str, str], length: int) -> None:
    modules = {name: ast.parse(source) for name, source in planted.items()}
    assert len(cycle_in(graph_of(modules))) == length
