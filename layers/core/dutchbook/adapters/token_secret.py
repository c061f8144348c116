"""The secret with the token keys, as text."""

from dutchbook.adapters import aws


def read_secret(secret_id: str) -> str:
    """SecretString of a secret. Raises StoreUnavailable."""
    with aws.service_errors("token keys"):
        return aws.secretsmanager().get_secret_value(SecretId=secret_id)["SecretString"]
