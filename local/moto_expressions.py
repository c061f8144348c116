"""moto's expressions, quicker: each is parsed and proved well-formed once, and walked without detours.

moto parses a condition three times for each item of a transaction and an update twice, copies the update's
tree by way of pickling, and walks that ten times, asking at each node for all the kinds of node it is for.
"""

import functools
from typing import Any

_EXPRESSIONS = 1024
"""How many are remembered. Our adapters write a few dozen; conditions come with their values."""


def make_quick() -> None:
    """Patches moto for the life of this process."""
    from moto.dynamodb import comparisons  # noqa: PLC0415 - moto reads its port at import
    from moto.dynamodb.parsing import ast_nodes, expressions, validators  # noqa: PLC0415

    conditions: Any = comparisons.ConditionExpressionParser
    conditions.parse = _parsed_once(conditions.parse)
    nodes: Any = ast_nodes
    parser: Any = expressions
    checks: Any = validators
    parser.UpdateExpressionParser.make = staticmethod(_made_once(parser.UpdateExpressionParser.make))
    nodes.Node.__deepcopy__ = _copy_of_tree
    nodes.DepthFirstTraverser.traverse = _traverse(nodes.Node)
    # these three look at the expression and at their own state, and change nothing
    for check in (
        checks.ActionCountValidator,
        checks.OverlappingPathsValidator,
        checks.UpdateHashRangeKeyValidator,
    ):
        check.traverse = _passed_once(check.traverse)


def _parsed_once(parse: Any) -> Any:
    """A condition is looked for by its text, its names and its values: what is made of it holds all three."""
    known: dict[tuple[str, str, str], tuple[Any, tuple[str, ...], tuple[str, ...]]] = {}

    @functools.wraps(parse)
    def parsed(self: Any) -> Any:
        said = self.condition_expression
        same = said, repr(self.expression_attribute_names), repr(self.expression_attribute_values)
        if same in known:
            condition, names, values = known[same]
            self.expr_attr_names_found.extend(names)
            self.expr_attr_values_found.extend(values)
            return condition
        condition = parse(self)
        if len(known) >= _EXPRESSIONS:
            known.clear()
        known[same] = condition, tuple(self.expr_attr_names_found), tuple(self.expr_attr_values_found)
        return condition

    return parsed


def _made_once(make: Any) -> Any:
    @functools.lru_cache(_EXPRESSIONS)
    def made(expression: str) -> Any:
        tree = make(expression)
        tree.source = expression
        return tree

    return made


def _copy_of_tree(node: Any, _memo: Any) -> Any:
    """What is made of an expression is copied before it is changed: nodes over nodes, names and numbers."""
    copied = object.__new__(type(node))
    copied.__dict__.update(node.__dict__)
    copied.parent = None
    copied.children = [_copy_of_child(child, copied) for child in node.children or ()]
    return copied


def _copy_of_child(child: Any, parent: Any) -> Any:
    if not hasattr(child, "parent"):
        return child
    copied = _copy_of_tree(child, None)
    copied.parent = parent
    return copied


def _traverse(node_class: Any) -> Any:
    """moto's walk, which looks up once for a kind of walk and a kind of node what is done at it."""

    @functools.cache
    def watched(kinds: Any, kind: Any) -> Any:
        """The first of `kinds` that a node of `kind` is of; None: none; False: it is no node."""
        return (
            next((one for one in kinds if issubclass(kind, one)), None)
            if issubclass(kind, node_class)
            else False
        )

    def traverse(self: Any, root: Any) -> Any:
        processors = self._processing_map()
        kinds = tuple(processors)

        def visit(node: Any, position: int) -> Any:
            of: Any = type(node)
            kind = watched(kinds, of)
            if kind is False:
                return node
            parent = node.parent
            for index, child in enumerate(node.children or ()):
                self.pre_processing_of_child(node, index)
                visit(child, index)
            if kind is not None:
                node = processors[kind](node)
                node.parent = parent
                if parent:
                    parent.children[position] = node
            return node

        return visit(root, -1)

    return traverse


def _passed_once(traverse: Any) -> Any:
    """What an expression has passed once with the same names and keys, it passes again."""
    passed: set[tuple[str, str]] = set()

    @functools.wraps(traverse)
    def walked(self: Any, root: Any) -> Any:
        same = root.source, repr(vars(self))
        if same not in passed:
            traverse(self, root)
            if len(passed) >= _EXPRESSIONS:
                passed.clear()
            passed.add(same)
        return root

    return walked
