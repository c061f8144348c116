"""What Status is told."""

from dataclasses import dataclass

from dutchbook.entry.settings import reading


@dataclass(frozen=True, slots=True)
class StatusSettings:
    """Status: reads only."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    live_trading: bool
    cursor_secret_id: str
    """What signs page cursors. Not the token keys: whoever reads this function's memory signs nobody in."""
    site_origin: str
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "StatusSettings":
        return cls(
            stage=reading.stage(env),
            ledger_table=reading.name(env, "LEDGER_TABLE"),
            markets_table=reading.name(env, "MARKETS_TABLE"),
            guards_table=reading.name(env, "GUARDS_TABLE"),
            live_trading=reading.switch(env, "LIVE_TRADING"),
            cursor_secret_id=reading.name(env, "CURSOR_SECRET_ID"),
            site_origin=reading.origin(env, "SITE_ORIGIN"),
            aws_endpoint_url=reading.endpoint(env),
        )
