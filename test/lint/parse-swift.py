"""Parses Swift sources and names the places that are none. Usage: parse-swift.py FILE..."""

import sys

import tree_sitter_swift
from tree_sitter import Language, Parser

parser = Parser(Language(tree_sitter_swift.language()))


def problems(node):
    """The nodes below this one that the grammar does not know, or that it misses."""
    if node.is_error or node.is_missing:
        yield node
    for child in node.children:
        if child.has_error or child.is_missing:
            yield from problems(child)


failed = False
for path in sys.argv[1:]:
    with open(path, "rb") as source:
        tree = parser.parse(source.read())
    for node in problems(tree.root_node):
        print(f"{path}:{node.start_point.row + 1}:{node.start_point.column + 1}: error: this is no Swift")
        failed = True
sys.exit(1 if failed else 0)
