"""Logs as JSON lines, with whatever looks like a key taken out before it is written; metrics; trace notes.

Redaction is a net under the rule that secrets are never logged, not a replacement for it: by the name of the
key, and by the shape of the value (private keys, tokens, PEM blocks).
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from dutchbook.entry.tracing import annotate

__all__ = ["REDACTED", "MetricUnit", "annotate", "logger", "put_metrics", "redact", "redact_text"]

REDACTED = "[redacted]"

_SECRET_NAME = re.compile(
    r"private_?key|secret|passphrase|password|api_?key|authorization|token|signature|cookie|pem\b",
    re.IGNORECASE,
)
# names that contain one of those words and say nothing secret
_HARMLESS_NAMES = frozenset({"token_secret_id", "cursor_secret_id", "yes_token", "no_token", "next_token"})
_SECRET_SHAPES = (
    # private keys look like any other 32 bytes: public hashes are let through by their field's name, markets
    # of Polymarket by the venue before them
    re.compile(r"(?<![0-9a-fA-Fx])(?<!polymarket:)(?:0x)?[0-9a-fA-F]{64}(?![0-9a-fA-F])"),
    # tried once, at the start of each run of letters: from every place within one it would take minutes
    re.compile(r"(?<![\w-])(?=[\w-]*?eyJ)[\w-]{8,}\.[\w-]{5,}\.[\w-]{10,}"),
    re.compile(r"-----BEGIN [A-Z ]{1,40}-----.*?(?:-----END [A-Z ]{1,40}-----|\Z)", re.DOTALL),
)
# a pair inside a text, such as a quoted JSON body, whole or cut off; backslashes where it was quoted twice
_SECRET_PAIR = re.compile(
    r"""(\\{0,4}["'])(\w{0,40}(?:private_?key|secret|passphrase|password|api_?key)\w{0,40})\1"""
    r"""\s{0,9}:\s{0,9}\\{0,4}["'](?:\\.|[^"'\\])*""",
    re.IGNORECASE,
)
_PUBLIC_HASH_NAMES = frozenset({"tx_hash", "venue_order_id", "condition_id", "market_id", "market"})


def redact(value: Any, name: str = "") -> Any:
    """A copy of a log record's value with secrets replaced; strings, mappings and sequences are walked."""
    if name and _SECRET_NAME.search(name) and name not in _HARMLESS_NAMES:
        return REDACTED
    if isinstance(value, Mapping):
        return {key: redact(item, str(key)) for key, item in value.items()}
    if isinstance(value, str):
        return value if name in _PUBLIC_HASH_NAMES else redact_text(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [redact(item, name) for item in value]
    return value


def redact_text(text: str) -> str:
    """The text without what has the shape of a key, a token or a PEM block, or a secret's name before it."""
    text = _SECRET_PAIR.sub(lambda pair: f"{pair[1]}{pair[2]}{pair[1]}:{pair[1]}{REDACTED}", text)
    for shape in _SECRET_SHAPES:
        text = shape.sub(REDACTED, text)
    return text


def _serialise(record: dict[str, Any]) -> str:
    # default=str comes first: an object's own text may hold what the walk must see
    plain = json.loads(json.dumps(record, default=str))
    return json.dumps(redact(plain), separators=(",", ":"), ensure_ascii=False)


logger = Logger(json_serializer=_serialise)
"""Service name and level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL."""


def put_metrics(values: Mapping[str, tuple[MetricUnit, float]], **dimensions: str) -> None:
    """Writes one line in CloudWatch's embedded metric format; no call, and nothing without a namespace.

    The dimension `service` is the stack (`dutchbook-dev`), so that two stages never share a figure.
    """
    if not values or not os.environ.get("POWERTOOLS_METRICS_NAMESPACE"):
        return
    metrics = EphemeralMetrics(service=f"dutchbook-{os.environ.get('STAGE', 'local')}")
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    for name, (unit, amount) in values.items():
        metrics.add_metric(name, unit, amount)
    metrics.flush_metrics()
