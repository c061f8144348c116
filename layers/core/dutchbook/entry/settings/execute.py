"""What BuyLeg, SellLeg, Trade, Sweep and Notify are told."""

from dataclasses import dataclass

from dutchbook.entry.settings import reading


@dataclass(frozen=True, slots=True)
class ExecuteSettings:
    """BuyLeg, SellLeg, Trade and Sweep."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    notify_topic_arn: str
    live_trading: bool
    secrets_prefix: str = ""
    """Only BuyLeg, SellLeg and Sweep have it: Trade needs no key."""
    execute_pair_arn: str = ""
    """Only Sweep has it: it asks which executions run."""
    paper_latency_ms: int = 0
    """How long the paper venue waits before it looks at the book, milliseconds."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "ExecuteSettings":
        return cls(
            stage=reading.stage(env),
            ledger_table=reading.name(env, "LEDGER_TABLE"),
            markets_table=reading.name(env, "MARKETS_TABLE"),
            guards_table=reading.name(env, "GUARDS_TABLE"),
            secrets_prefix=reading.name(env, "SECRETS_PREFIX") if env.get("SECRETS_PREFIX") else "",
            execute_pair_arn=reading.arn(env, "EXECUTE_PAIR_ARN") if env.get("EXECUTE_PAIR_ARN") else "",
            notify_topic_arn=reading.arn(env, "NOTIFY_TOPIC_ARN"),
            live_trading=reading.switch(env, "LIVE_TRADING"),
            paper_latency_ms=reading.milliseconds(env, "PAPER_LATENCY_MS", 0),
            aws_endpoint_url=reading.endpoint(env),
        )


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Notify: one secret, the webhook's URL."""

    webhook_secret_id: str
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "NotifySettings":
        return cls(
            webhook_secret_id=reading.name(env, "WEBHOOK_SECRET_ID"),
            aws_endpoint_url=reading.endpoint(env),
        )
