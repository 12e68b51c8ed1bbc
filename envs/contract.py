"""What a broken contract raises."""


class ContractViolation(AssertionError):
    """A domain violates the contract; the message names the place."""


def require(kept: object, breach: str) -> None:
    """Raise ContractViolation, which says `breach`, unless `kept`."""
    if not kept:
        raise ContractViolation(breach)
