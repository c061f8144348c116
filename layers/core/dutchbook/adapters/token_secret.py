"""A secret with signing keys (of tokens, of cursors), as text."""

from dutchbook.adapters import aws


def read_secret(secret_id: str) -> str:
    """SecretString of a secret. Raises StoreUnavailable."""
    with aws.service_errors("signing keys"):
        return aws.secretsmanager().get_secret_value(SecretId=secret_id)["SecretString"]
