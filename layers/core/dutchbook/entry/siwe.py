"""EIP-4361 messages, parsed by their exact grammar (eips.ethereum.org/EIPS/eip-4361).

One regular expression for the whole message, no optional whitespace, no trimming: two readings of one message
are how a signature for one site becomes a session on another. Every class is bounded and none overlaps the
text that follows it, so matching is linear.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from dutchbook.domain.errors import InvalidInput
from dutchbook.usecases.sign_in import SignInMessage

# RFC 3986: its reserved and unreserved characters, and what it makes of them
_STATEMENT = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]{1,500}"
_NAME_CHARS = r"A-Za-z0-9\-._~!$&'()*+,;="
_ESCAPED = r"%[0-9A-Fa-f]{2}"
_PCHAR = rf"(?:[{_NAME_CHARS}:@]|{_ESCAPED})"
_HOST = rf"(?:\[[0-9A-Fa-f:.]{{2,45}}\]|(?:[{_NAME_CHARS}]|{_ESCAPED})*)"
_AUTHORITY = rf"(?:(?:[{_NAME_CHARS}:]|{_ESCAPED})*@)?{_HOST}(?::\d{{0,5}})?"
_URI = (
    r"(?=[^\n]{1,500}(?:\n|\Z))[A-Za-z][A-Za-z0-9+.\-]{0,30}:"
    rf"(?://{_AUTHORITY}(?:/(?:{_PCHAR}|/)*)?|(?!//)(?:{_PCHAR}|/)*)"
    rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
)
_MOMENT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})"

_MESSAGE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]{0,20})://)?"
    r"(?P<domain>[A-Za-z0-9.-]{1,253}(?::\d{1,5})?) wants you to sign in with your Ethereum account:\n"
    r"(?P<address>0x[0-9a-fA-F]{40})\n"
    r"\n"
    rf"(?:(?P<statement>{_STATEMENT})\n)?"
    r"\n"
    rf"URI: (?P<uri>{_URI})\n"
    r"Version: (?P<version>1)\n"
    r"Chain ID: (?P<chain_id>[1-9]\d{0,15})\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,64})\n"
    rf"Issued At: (?P<issued_at>{_MOMENT})"
    rf"(?:\nExpiration Time: (?P<expires_at>{_MOMENT}))?"
    rf"(?:\nNot Before: (?P<not_before>{_MOMENT}))?"
    rf"(?:\nRequest ID: (?P<request_id>{_PCHAR}{{0,200}}))?"
    rf"(?P<resources>\nResources:(?:\n- {_URI}){{0,20}})?",
    re.ASCII,
)
_SIGNATURE = re.compile(r"0x(?:[0-9a-f]{2}){1,2000}", re.ASCII)


def parse(text: str, checksum: Callable[[str], str]) -> SignInMessage:
    """The message's fields. Raises InvalidInput naming `message`."""
    found = _MESSAGE.fullmatch(text)
    if found is None:
        raise InvalidInput("message", "is not a Sign-In with Ethereum message (EIP-4361, version 1)")
    address = found["address"]
    if checksum(address.lower()) != address:
        raise InvalidInput("message", "its address is not written with EIP-55 capitals")
    return SignInMessage(
        scheme=found["scheme"] or "",
        domain=found["domain"],
        address=address,
        statement=found["statement"] or "",
        uri=found["uri"],
        version=found["version"],
        chain_id=int(found["chain_id"]),
        nonce=found["nonce"],
        issued_at=_moment(found["issued_at"]),
        expires_at=_moment(found["expires_at"]) if found["expires_at"] else None,
        not_before=_moment(found["not_before"]) if found["not_before"] else None,
        request_id=found["request_id"] or "",
        resources=tuple((found["resources"] or "").split("\n- ")[1:]),
    )


def parse_signature(text: str) -> bytes:
    """The bytes of 0x and lower-case hex, as wallets write it: one signature has one spelling.

    Raises InvalidInput naming `signature`.
    """
    if not _SIGNATURE.fullmatch(text):
        raise InvalidInput("signature", "is not 0x and lower-case hex digits")
    return bytes.fromhex(text[2:])


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("message", f"{text} is no date and time") from None


def write(message: SignInMessage) -> str:
    """The text of a message, which `parse` reads back; for clients that sign."""
    lines = [
        f"{message.scheme + '://' if message.scheme else ''}{message.domain}"
        " wants you to sign in with your Ethereum account:",
        message.address,
        "",
        *([message.statement] if message.statement else []),
        "",
        f"URI: {message.uri}",
        f"Version: {message.version}",
        f"Chain ID: {message.chain_id}",
        f"Nonce: {message.nonce}",
        f"Issued At: {_written(message.issued_at)}",
    ]
    if message.expires_at is not None:
        lines.append(f"Expiration Time: {_written(message.expires_at)}")
    if message.not_before is not None:
        lines.append(f"Not Before: {_written(message.not_before)}")
    if message.request_id:
        lines.append(f"Request ID: {message.request_id}")
    if message.resources:
        lines += ["Resources:", *(f"- {resource}" for resource in message.resources)]
    return "\n".join(lines)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
