"""What Settle and Redeem are told."""

from dataclasses import dataclass

from dutchbook.entry.settings import reading


@dataclass(frozen=True, slots=True)
class SettleSettings:
    """Settle: public reads and the ledger; no credentials."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    notify_topic_arn: str
    record_books: str = ""
    """Where the scan records books, and this what markets paid: a bucket or a file; empty for none."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "SettleSettings":
        return cls(
            stage=reading.stage(env),
            ledger_table=reading.name(env, "LEDGER_TABLE"),
            markets_table=reading.name(env, "MARKETS_TABLE"),
            guards_table=reading.name(env, "GUARDS_TABLE"),
            notify_topic_arn=reading.arn(env, "NOTIFY_TOPIC_ARN"),
            record_books=reading.name(env, "RECORD_BOOKS") if env.get("RECORD_BOOKS") else "",
            aws_endpoint_url=reading.endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class RedeemSettings:
    """Redeem: as Settle, and the credentials of real accounts."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    notify_topic_arn: str
    secrets_prefix: str
    live_trading: bool
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "RedeemSettings":
        return cls(
            stage=reading.stage(env),
            ledger_table=reading.name(env, "LEDGER_TABLE"),
            markets_table=reading.name(env, "MARKETS_TABLE"),
            guards_table=reading.name(env, "GUARDS_TABLE"),
            notify_topic_arn=reading.arn(env, "NOTIFY_TOPIC_ARN"),
            secrets_prefix=reading.name(env, "SECRETS_PREFIX"),
            live_trading=reading.switch(env, "LIVE_TRADING"),
            aws_endpoint_url=reading.endpoint(env),
        )
