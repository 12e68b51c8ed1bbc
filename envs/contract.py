"""What a broken contract raises."""


class ContractViolation(AssertionError):
    """A domain does not keep the contract; says where."""


def require(kept: object, breach: str) -> None:
    """Raise ContractViolation, which says `breach`, unless `kept`."""
    if not kept:
        raise ContractViolation(breach)
