"""Reasons that one step writes down and another knows again."""

RESOLVED = "resolved by"
"""How the reason of a trade begins that an operator has ended: of that nobody needs to be told."""


def why_halted(trade_id: str) -> str:
    """Why an agent halts with a trade; it stays so until that very trade is resolved."""
    return f"{trade_id} is quarantined"
