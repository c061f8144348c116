"""What keeps strangers out, as CloudFormation sees it."""

import re
from typing import Any

from local.static import SECURITY_HEADERS
from tests.support.expanded import expanded_template, resources

DATA_KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}


def only(kind: str) -> dict[str, Any]:
    (resource,) = resources(kind).values()
    properties: dict[str, Any] = resource["Properties"]
    return properties


def test_tables_secrets_logs_environments_and_the_topic_are_under_our_key() -> None:
    ours = ({"Ref": "DataKey"}, DATA_KEY)
    for table in resources("AWS::DynamoDB::Table").values():
        assert table["Properties"]["SSESpecification"]["KMSMasterKeyId"] in ours
    for secret in resources("AWS::SecretsManager::Secret").values():
        assert secret["Properties"]["KmsKeyId"] in ours
    for name, group in resources("AWS::Logs::LogGroup").items():
        assert group["Properties"]["KmsKeyId"] in ours, name
    for function in resources("AWS::Lambda::Function").values():
        assert function["Properties"]["KmsKeyArn"] in ours
    for topic in resources("AWS::SNS::Topic").values():
        assert topic["Properties"]["KmsMasterKeyId"] in ours
    assert only("AWS::KMS::Key")["EnableKeyRotation"] is True


def test_signing_in_registering_and_keys_are_throttled_harder_than_the_rest() -> None:
    stage = only("AWS::ApiGatewayV2::Stage")
    usual = stage["DefaultRouteSettings"]
    (body,) = (api["Properties"]["Body"] for api in resources("AWS::ApiGatewayV2::Api").values())
    credentials = "/api/agent/{agent_id}/credentials/{venue}"
    for route in (
        "POST /api/agent/register",
        "POST /api/auth/nonce",
        "POST /api/auth/verify",
        f"PUT {credentials}",
        f"POST {credentials}/test",
    ):
        method, path = route.split()
        assert method.lower() in body["paths"][path], "the key must name a route that exists"
        assert stage["RouteSettings"][route]["ThrottlingRateLimit"] < usual["ThrottlingRateLimit"]
        assert stage["RouteSettings"][route]["ThrottlingBurstLimit"] < usual["ThrottlingBurstLimit"]


def test_one_origin_is_admitted_and_no_cookie() -> None:
    (body,) = (api["Properties"]["Body"] for api in resources("AWS::ApiGatewayV2::Api").values())
    cors = body["x-amazon-apigateway-cors"]
    assert cors["allowOrigins"] == [expanded_template()["Parameters"]["SiteOrigin"]["Default"]]
    assert not cors.get("allowCredentials")


def test_access_logs_say_who_and_what_but_no_body_query_or_token() -> None:
    logged = only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["Format"]
    assert set(re.findall(r"\$context\.([\w.]+)", logged)) == {
        "requestId",
        "identity.sourceIp",
        "routeKey",
        "status",
        "responseLatency",
        "authorizer.error",
    }


def test_state_machines_log_errors_without_their_data() -> None:
    for machine in resources("AWS::StepFunctions::StateMachine").values():
        assert machine["Properties"]["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_concurrency_is_reserved_only_when_asked() -> None:
    assert expanded_template()["Parameters"]["ReservedConcurrency"]["Default"] == 0
    for function in resources("AWS::Lambda::Function").values():
        asked, given, none = function["Properties"]["ReservedConcurrentExecutions"]["Fn::If"]
        assert (asked, given, none) == (
            "ReserveConcurrency",
            {"Ref": "ReservedConcurrency"},
            {"Ref": "AWS::NoValue"},
        )


def test_the_pages_files_are_read_by_cloudfront_alone_over_tls() -> None:
    bucket = only("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
    assert "BucketEncryption" in bucket
    reads, plain = only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert reads["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert reads["Action"] == "s3:GetObject"
    assert "distribution/${Distribution}" in str(reads["Condition"]["StringEquals"]["aws:SourceArn"])
    assert (plain["Effect"], plain["Principal"], plain["Action"]) == ("Deny", "*", "s3:*")
    assert plain["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_api_is_behind_the_same_name_uncached_and_a_firewall_can_stand_before_both() -> None:
    config = only("AWS::CloudFront::Distribution")["DistributionConfig"]
    (api,) = config["CacheBehaviors"]
    assert api["PathPattern"] == "/api/*"
    assert api["ViewerProtocolPolicy"] == "https-only"
    assert api["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "Managed-CachingDisabled"
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert config["WebACLId"]["Fn::If"] == ["HasWebAcl", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]
    assert expanded_template()["Parameters"]["WebAclArn"]["Default"] == ""


def test_cloudfront_sends_the_headers_that_the_local_page_is_tested_with() -> None:
    config = only("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    told = config["SecurityHeadersConfig"]
    custom = {item["Header"]: item["Value"] for item in config["CustomHeadersConfig"]["Items"]}
    assert (
        custom
        | {
            "content-security-policy": told["ContentSecurityPolicy"]["ContentSecurityPolicy"],
            "referrer-policy": told["ReferrerPolicy"]["ReferrerPolicy"],
            "x-content-type-options": "nosniff",
        }
        == SECURITY_HEADERS
    )
    assert told["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert told["FrameOptions"]["FrameOption"] == "DENY"
    assert all(header["Override"] for header in told.values())


def test_what_outlives_the_stack_keeps_the_key_it_is_encrypted_with():
    """A deleted key would make a retained table unreadable."""
    everything = expanded_template()["Resources"]
    retained = {name for name, body in everything.items() if body.get("DeletionPolicy") == "Retain"}
    assert {"LedgerTable", "DataKey"} <= retained
    assert everything["DataKey"]["UpdateReplacePolicy"] == "Retain"
