"""What Register is told."""

from dataclasses import dataclass

from dutchbook.entry.settings import reading


@dataclass(frozen=True, slots=True)
class RegisterSettings:
    """Register: sign-in, agents, credentials and operators' decisions."""

    stage: str
    ledger_table: str
    markets_table: str
    guards_table: str
    secrets_prefix: str
    token_secret_id: str
    siwe_domain: str
    site_origin: str
    live_trading: bool
    data_key_id: str = ""
    """KMS key of new secrets; empty means the account's own."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "RegisterSettings":
        return cls(
            stage=reading.stage(env),
            ledger_table=reading.name(env, "LEDGER_TABLE"),
            markets_table=reading.name(env, "MARKETS_TABLE"),
            guards_table=reading.name(env, "GUARDS_TABLE"),
            secrets_prefix=reading.name(env, "SECRETS_PREFIX"),
            token_secret_id=reading.name(env, "TOKEN_SECRET_ID"),
            siwe_domain=reading.siwe_domain(env),
            site_origin=reading.origin(env, "SITE_ORIGIN"),
            live_trading=reading.switch(env, "LIVE_TRADING"),
            data_key_id=reading.name(env, "DATA_KEY_ID") if env.get("DATA_KEY_ID") else "",
            aws_endpoint_url=reading.endpoint(env),
        )
