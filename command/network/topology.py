"""What hangs on what: the operator's links as a graph, and who is left without a way to the core.

Pure: it is built from rows, answers questions about them and never changes. Elements are known by any integer id.
An id that the topology does not know counts as an element without links, so that a fault of an element imported a
moment ago is kept rather than refused.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

import rustworkx as rx

_REMEMBERED = 2_000_000
"""About how many members of neighbourhoods are kept for the next question (some 100 MB) before all are dropped."""


class TopologyError(ValueError):
    """The rows do not describe a graph: an element given twice, or a link to an element that is not given."""


@dataclass(frozen=True, eq=False)
class Topology:
    """Elements and undirected links. Core elements are where service comes from; the rest needs a path to one."""

    core: frozenset[int]
    orphans: frozenset[int]
    """Elements without a path to the core although nothing has failed: a gap in the records, not an outage."""

    _graph: "rx.PyGraph[int, None]"
    _index: Mapping[int, int]
    _source: int
    _access: Mapping[int, tuple[int, ...]]
    _component: Mapping[int, int]
    _near: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    @classmethod
    def build(cls, elements: Iterable[tuple[int, bool]], links: Iterable[tuple[int, int]]) -> Self:
        """Build from (element id, is core) and pairs of element ids. Doubled links count once.

        Raises TopologyError naming the element that comes twice or the link whose end is unknown.
        """
        rows = list(elements)
        index = {element: position for position, (element, _) in enumerate(rows)}
        if len(index) != len(rows):
            double = Counter(element for element, _ in rows).most_common(1)[0][0]
            raise TopologyError(f"element {double} is given twice; give each element once")
        core = frozenset(element for element, is_core in rows if is_core)
        pairs = list(links)
        graph = _graph(index, pairs)
        component = _components(graph.subgraph([index[e] for e in index if e not in core]))
        source = _join_core(graph, [index[e] for e in core])
        orphans = frozenset(index) - _reached(graph, source)
        return cls(core, orphans, graph, index, source, _access(index, core, pairs), component)

    def isolated(self, failed: Collection[int]) -> frozenset[int]:
        """Elements that work but have no path to a core element left once the failed ones are gone."""
        gone = frozenset(failed)
        down = [self._index[element] for element in gone if element in self._index]
        if not down:
            return frozenset()
        graph = self._graph.copy()
        graph.remove_nodes_from(down)
        return frozenset(self._index.keys() - _reached(graph, self._source) - gone - self.orphans)

    def cut_off(self, failed: Collection[int]) -> frozenset[int]:
        """The failed elements and those they isolate: everything whose subscribers are without service."""
        return self.isolated(failed).union(failed)

    def neighbourhood(self, element: int, hops: int) -> frozenset[int]:
        """The element itself and all within that many links of it, on ways that do not touch a core element.

        A core element is nobody's neighbour: two regions that share only a core element are strangers.
        """
        key = (element, hops)
        if (known := self._near.get(key)) is None:
            known = frozenset(self._spread(element, hops))
            if len(self._near) * len(known) > _REMEMBERED:
                self._near.clear()
            self._near[key] = known
        return known

    def components(self) -> Mapping[int, int]:
        """Each element that is not core → its component once the core is taken away, named by its smallest id."""
        return self._component

    def connected_groups(self, elements: Collection[int], hops: int) -> tuple[frozenset[int], ...]:
        """The elements in groups whose members are linked, step by step, by being at most that many hops apart.

        Groups come in order of their smallest id.
        """
        left = set(elements)
        groups = []
        for start in sorted(left):
            if start in left:
                groups.append(self._take_group(start, left, hops))
        return tuple(groups)

    def _take_group(self, start: int, left: set[int], hops: int) -> frozenset[int]:
        left.discard(start)
        group = [start]
        for element in group:
            reached = self.neighbourhood(element, hops) & left
            left -= reached
            group.extend(reached)
        return frozenset(group)

    def _spread(self, element: int, hops: int) -> Iterator[int]:
        seen = {element}
        queue = deque([(element, 0)])
        while queue:
            here, distance = queue.popleft()
            yield here
            if distance < hops:
                fresh = [other for other in self._access.get(here, ()) if other not in seen]
                seen.update(fresh)
                queue.extend((other, distance + 1) for other in fresh)


def _graph(index: Mapping[int, int], pairs: list[tuple[int, int]]) -> "rx.PyGraph[int, None]":
    graph: rx.PyGraph[int, None] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(list(index))
    try:
        graph.add_edges_from_no_data([(index[a], index[b]) for a, b in pairs])
    except KeyError as unknown:
        a, b = next(pair for pair in pairs if unknown.args[0] in pair)
        raise TopologyError(
            f"link {a}–{b}: element {unknown.args[0]} is not among the elements; add it or drop the link"
        ) from None
    return graph


def _join_core(graph: "rx.PyGraph[int, None]", core: list[int]) -> int:
    """Add one more node, linked to every core element, so that one search finds all that any of them serves."""
    source = graph.add_node(-1)
    graph.add_edges_from_no_data([(source, node) for node in core])
    return source


def _reached(graph: "rx.PyGraph[int, None]", source: int) -> set[int]:
    nodes = rx.node_connected_component(graph, source)
    nodes.discard(source)
    return {graph[node] for node in nodes}


def _access(
    index: Mapping[int, int], core: frozenset[int], pairs: list[tuple[int, int]]
) -> Mapping[int, tuple[int, ...]]:
    near: dict[int, set[int]] = {element: set() for element in index if element not in core}
    for a, b in pairs:
        if a in near and b in near:
            near[a].add(b)
            near[b].add(a)
    return {element: tuple(sorted(others)) for element, others in near.items() if others}


def _components(graph: "rx.PyGraph[int, None]") -> Mapping[int, int]:
    found: dict[int, int] = {}
    for nodes in rx.connected_components(graph):
        members = [graph[node] for node in nodes]
        found.update(dict.fromkeys(members, min(members)))
    return MappingProxyType(found)
