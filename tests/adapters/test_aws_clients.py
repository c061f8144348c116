"""Clients of all services that the functions use, from one session."""

import pytest

from dutchbook.adapters import aws


@pytest.mark.parametrize("service", [aws.dynamodb, aws.secretsmanager, aws.stepfunctions, aws.sns, aws.s3])
def test_each_service_has_a_client_made_once(service, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.forget_clients()
    assert service() is service()
    assert service().meta.region_name == "us-east-1"
    aws.forget_clients()
