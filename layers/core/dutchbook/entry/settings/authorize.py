"""What Authorize is told."""

from dataclasses import dataclass

from dutchbook.entry.settings import reading


@dataclass(frozen=True, slots=True)
class AuthorizeSettings:
    """Authorize: checks a token's signature, touches no table."""

    token_secret_id: str
    siwe_domain: str
    """The token's audience."""
    operators: frozenset[str]
    """Lower-case wallets that may approve pairs and use the kill switch."""
    aws_endpoint_url: str = ""

    @classmethod
    def from_env(cls, env: reading.Environment) -> "AuthorizeSettings":
        return cls(
            token_secret_id=reading.name(env, "TOKEN_SECRET_ID"),
            siwe_domain=reading.siwe_domain(env),
            operators=reading.wallets(env, "OPERATOR_WALLETS"),
            aws_endpoint_url=reading.endpoint(env),
        )
