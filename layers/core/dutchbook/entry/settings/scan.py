"""What Scan, Catalogue and Match are told."""

from dataclasses import dataclass

from dutchbook.entry.settings import reading


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """Scan: public market data, the agents whose limits fit, the start of trades."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    execute_pair_arn: str
    live_trading: bool
    tick_seconds: int = 15
    """Time between two scans: a tick later than that is dropped."""
    max_starts: int = 300
    """Trades started in one tick."""
    demo_pair_threshold: int | None = None
    """Least score (ppm) of pairs that demo agents may trade before a human has read them; None: none."""
    record_books: str = ""
    """Bucket, or file path on a machine of one's own, that each tick's books go to; empty: nowhere."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "ScanSettings":
        return cls(
            stage=reading.stage(env),
            ledger_table=reading.name(env, "LEDGER_TABLE"),
            markets_table=reading.name(env, "MARKETS_TABLE"),
            guards_table=reading.name(env, "GUARDS_TABLE"),
            execute_pair_arn=reading.arn(env, "EXECUTE_PAIR_ARN"),
            live_trading=reading.switch(env, "LIVE_TRADING"),
            tick_seconds=reading.tick_seconds(env),
            max_starts=reading.count(env, "MAX_STARTS_PER_TICK", 300, reading.MOST_STARTS),
            demo_pair_threshold=reading.threshold(env, "DEMO_PAIR_THRESHOLD"),
            record_books=reading.name(env, "RECORD_BOOKS") if env.get("RECORD_BOOKS") else "",
            aws_endpoint_url=reading.endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class CatalogueSettings:
    """Catalogue and Match: public market data and pairs, no money."""

    stage: str
    markets_table: str
    guards_table: str
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "CatalogueSettings":
        return cls(
            stage=reading.stage(env),
            markets_table=reading.name(env, "MARKETS_TABLE"),
            guards_table=reading.name(env, "GUARDS_TABLE"),
            aws_endpoint_url=reading.endpoint(env),
        )
