"""Limits and names of programs over digits."""

SMALLEST, LARGEST = 2, 16
"""Bases."""
MOST_DIGITS = 8
"""Of an operand."""
MOST_ANSWERS = 16
"""Digits of an answer."""
MOST_NODES, DEEPEST = 9, 4
"""Nodes of a program's tree, and of its longest path."""
FEWEST_CONSTANT, MOST_CONSTANT = 2, 15
BOUND = 2**53
"""What no value of a program reaches."""

LEAVES = ("x", "y")
PAIRS = ("add", "subtract", "max")
"""Operators of two programs."""
SCALES = ("times", "modulo")
"""Operators of a program and a constant."""
TOKENS = (*LEAVES, *PAIRS, *SCALES)
"""What a node is; its place here is its number."""
X, Y, ADD, SUBTRACT, MAX, TIMES, MODULO = range(len(TOKENS))
