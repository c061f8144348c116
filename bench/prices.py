"""AWS's list prices that the cost model uses: dollars, us-east-1, without free tiers and discounts.

As this project knew them in November 2026; each names the page to check it against before relying on it.
"""

from dataclasses import dataclass

DATE = "2026-11"
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for `per` units."""

    dollars: float
    per: float
    unit: str
    page: str

    def of(self, units: float) -> float:
        return units / self.per * self.dollars


MILLION = 1e6
LAMBDA_SECONDS = Price(0.0000166667, 1, "GB-second, x86", "aws.amazon.com/lambda/pricing")
LAMBDA_REQUESTS = Price(0.20, MILLION, "request", "aws.amazon.com/lambda/pricing")
DYNAMODB_WRITES = Price(0.625, MILLION, "write request unit", "aws.amazon.com/dynamodb/pricing/on-demand")
DYNAMODB_READS = Price(0.125, MILLION, "read request unit", "aws.amazon.com/dynamodb/pricing/on-demand")
DYNAMODB_STORAGE = Price(0.45, 1, "GB-month, point-in-time recovery in", "aws.amazon.com/dynamodb/pricing")
STANDARD_TRANSITIONS = Price(25, MILLION, "state transition", "aws.amazon.com/step-functions/pricing")
EXPRESS_REQUESTS = Price(1, MILLION, "Express execution", "aws.amazon.com/step-functions/pricing")
EXPRESS_SECONDS = Price(0.00001667, 1, "GB-second, Express", "aws.amazon.com/step-functions/pricing")
HTTP_API = Price(1, MILLION, "request", "aws.amazon.com/api-gateway/pricing")
SECRETS = Price(0.40, 1, "secret-month", "aws.amazon.com/secrets-manager/pricing")
SECRET_CALLS = Price(0.05, 10_000, "call", "aws.amazon.com/secrets-manager/pricing")
KEYS = Price(1, 1, "key-month", "aws.amazon.com/kms/pricing")
KEY_CALLS = Price(0.03, 10_000, "call", "aws.amazon.com/kms/pricing")
LOGS = Price(0.50, 1, "GB taken in", "aws.amazon.com/cloudwatch/pricing")
METRICS = Price(0.30, 1, "metric-month", "aws.amazon.com/cloudwatch/pricing")
ALARM_METRICS = Price(0.10, 1, "metric of an alarm, month", "aws.amazon.com/cloudwatch/pricing")
TRACES = Price(5, MILLION, "trace recorded", "aws.amazon.com/xray/pricing")
SCHEDULES = Price(1, MILLION, "invocation of the scheduler", "aws.amazon.com/eventbridge/pricing")
