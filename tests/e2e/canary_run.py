"""A whole live run on the simulated venues, with secrets that are looked for wherever a run leaves traces.

Run by test_canaries.py in a process of its own. Prints, as JSON, which secret was found where, how much was
searched. Registers, goes live, trades through faults and the death of the process of the handlers, and sends
keys where they do not belong.
"""

import base64
import json
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import requests

from dutchbook.adapters.clock import SystemClock
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from local.api import Api, Wallet
from local.demo.live import go_live
from local.demo.seed import seed_pairs
from local.processes import free_port
from local.schedule import Scheduler
from local.stack import LocalStack
from local.status_events import StatusEvents
from local.template import ROOT
from venues import environments
from venues.crypto import EthereumSigner
from venues.polymarket.trading_calls import open_api_key
from venues.registry import Hosts, open_public_data
from venues.servertime import ServerTime

KEY = "0x" + "c4a1" * 16
TRADE_SECONDS = 150
AGENT = {
    "platforms": dict.fromkeys(["polymarket", "kalshi", "limitless"], True),
    "strategy": "arbitrage",
    "maxPosition": 1000,
    "minProfit": 2,
    "maxTrades": 50,
    "stopLoss": 5,
    "maxDays": 3650,
}
SECRET_FIELDS = ("privateKey", "kalshiApiSecret", "limitlessApiSecret")
FAULTS = {
    "kalshi": [
        {"kind": "drop", "method": "POST", "path": "/trade-api/v2/portfolio/events/orders", "count": 1},
        {"kind": "status", "status": 500, "path": "/trade-api/v2/portfolio", "count": 2},
    ],
    "polymarket": [
        {"kind": "html", "status": 502, "path": "/order", "count": 1},
        {"kind": "status", "status": 401, "path": "/balance-allowance", "count": 1},
    ],
    "limitless": [{"kind": "status", "status": 500, "path": "/orders", "count": 1}],
}


class Canaries:
    """Secrets by name, in every spelling that a leak may have."""

    def __init__(self) -> None:
        self.spellings: dict[str, list[bytes]] = {}

    def add(self, name: str, secret: str) -> None:
        raw = secret.encode()
        spelt = {raw, raw.removeprefix(b"0x"), secret.upper().encode(), base64.b64encode(raw)}
        spelt |= {json.dumps(secret)[1:-1].encode(), secret.replace("\n", "").encode()}
        # the lines of a PEM block by themselves
        spelt |= {line.encode() for line in secret.splitlines() if len(line) >= 32 and "-----" not in line}
        self.spellings[name] = [text for text in spelt if len(text) >= 16]

    def found_in(self, text: bytes) -> list[str]:
        return [name for name, spelt in self.spellings.items() if any(one in text for one in spelt)]


class TraceDaemon:
    """Takes what functions send to X-Ray's daemon."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()
        # as Lambda's runtime tells a sampled invocation; the processes of the stack inherit it
        os.environ["AWS_XRAY_DAEMON_ADDRESS"] = f"127.0.0.1:{self._socket.getsockname()[1]}"
        os.environ["_X_AMZN_TRACE_ID"] = f"Root=1-{'0' * 8}-{'0' * 24};Parent={'0' * 16};Sampled=1"

    def _listen(self) -> None:
        while True:
            self.documents.append(self._socket.recv(65_536))


class Recording(Api):
    """Keeps the secrets that are sent and every answer."""

    def __init__(self, base: str, canaries: Canaries) -> None:
        super().__init__(base)
        self.canaries = canaries
        self.answers: list[bytes] = []
        self._session.hooks["response"].append(self._keep)

    def _keep(self, answer: requests.Response, **_: Any) -> None:
        said = f"{answer.status_code} {dict(answer.headers)} ".encode() + answer.content
        if not answer.request.path_url.startswith("/api/auth/verify"):
            self.answers.append(said)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        body = arguments.get("json")
        for field in SECRET_FIELDS:
            if isinstance(body, dict) and field in body:
                self.canaries.add(f"{path.rpartition('/')[2]} {field}", body[field])
        return super()._call(method, path, **arguments)


def main() -> int:
    wallet, canaries = Wallet(KEY), Canaries()
    traces = TraceDaemon()
    stack = LocalStack(port=free_port(), live_trading=True, operator=wallet.address)
    try:
        stack.start()
        api = Recording(stack.url, canaries)
        inbox = listen(stack)
        logs = [*run(stack, api, wallet, canaries)]
        places = {
            "answers": api.answers,
            "logs": [*logs, log(stack, "handlers"), log(stack, "cloud")],
            "tables": [*tables(stack)],
            "histories": [*histories(stack)],
            "messages": [*messages(stack, inbox)],
            "traces": traces.documents,
        }
        leaks = sorted(
            {
                f"{name} in {place}"
                for place, texts in places.items()
                for t in texts
                for name in canaries.found_in(t)
            }
        )
        stored = b"".join(secrets(stack))
        report = {
            "leaks": leaks,
            "searched": {place: sum(map(len, texts)) for place, texts in places.items()},
            "canaries": sorted(canaries.spellings),
            "where they belong": sorted(canaries.found_in(stored)),
            "trades": sorted(live_trades(api)),
            "readers": sorted(readers(api)),
        }
        sys.stdout.write(json.dumps(report) + "\n")
        return 0
    finally:
        stack.stop()


def run(stack: LocalStack, api: Recording, wallet: Wallet, canaries: Canaries) -> Iterator[bytes]:
    """The run; yields the log of a process before it is replaced."""
    seed_pairs()
    canaries.add("session token", api.sign_in(wallet))
    for name in ("TokenSecret", "CursorSecret"):
        kept = secrets_client(stack).get_secret_value(SecretId=stack.template.refs[name])["SecretString"]
        canaries.add(name, json.loads(kept)["current"])
    agent_id = api.post("/api/agent/register", {"wallet": wallet.address, **AGENT})["agent_id"]
    go_live(api, agent_id, wallet, KEY, stack.venue_urls)
    for part, secret in polymarket_api_key().items():
        canaries.add(f"polymarket api {part}", secret)
    misplace(stack, api, agent_id, canaries)
    for venue, faults in FAULTS.items():
        for fault in faults:
            url = f"{stack.venue_urls[venue]}/_sim/{venue}/faults"
            requests.post(url, json=fault, timeout=10).raise_for_status()
    api.post("/api/agent/activate", {"agent_id": agent_id})
    schedule, events = Scheduler(stack.template, stack.endpoint), StatusEvents(stack.template, stack.endpoint)
    schedule.start()
    events.start()
    try:
        wait_until(lambda: live_trades(api))
        yield log(stack, "handlers")
        stack.processes["handlers"].kill()
        stack.processes["handlers"].wait()
        stack.start_handlers()
        wait_until(lambda: {"HEDGED", "FLAT"} & set(live_trades(api)))
    finally:
        schedule.stop()
        events.stop()
    for path in ("trades", "positions", "alerts", "audit"):
        api.get(f"/api/agent/{agent_id}/{path}", limit="100" if path != "positions" else "1")
    api.get(f"/api/agent/status/{agent_id}")


def polymarket_api_key() -> dict[str, str]:
    """What the connector derives from the wallet's key: as good as the key for cancelling and reading."""
    clock = SystemClock()
    public = open_public_data(Hosts.from_env(os.environ), clock)
    server_time = ServerTime(clock, public.recorders[Venue.POLYMARKET])
    place = environments.polymarket(os.environ)
    key = open_api_key(public.http[Venue.POLYMARKET], place, EthereumSigner(Secret(KEY)), server_time)
    return {"secret": key.secret.reveal(), "passphrase": key.passphrase.reveal()}


def misplace(stack: LocalStack, api: Recording, agent_id: str, canaries: Canaries) -> None:
    """Keys where they do not belong, broken, or with a word too many: every one is refused."""
    misplaced = "misplaced" + "5ec2e7" * 12
    canaries.add("misplaced key", misplaced)
    path = f"{stack.url}/api/agent/{agent_id}/credentials"
    said = {"jurisdiction": "CH", "acceptTerms": True, "readinessOverride": "canaries"}
    headers = {"authorization": f"Bearer {api.token}", "content-type": "application/json"}
    tries = [
        (f"{path}/kalshi", json.dumps({"kalshiApiKey": misplaced, "kalshiApiSecret": misplaced, **said})),
        (f"{path}/kalshi", json.dumps({"privateKey": misplaced, **said})),
        (f"{path}/polymarket", json.dumps({"privateKey": misplaced, **said})),
        (f"{path}/limitless", json.dumps({"privateKey": KEY, "limitlessApiSecret": misplaced, **said})),
        (f"{path}/polymarket", json.dumps({"privateKey": [misplaced], "x": misplaced, **said})),
        (f"{path}/polymarket", '{"privateKey": "' + misplaced),
        (f"{path}/{misplaced}", json.dumps({"privateKey": KEY, **said})),
        (f"{stack.url}/api/agent/{agent_id}/credentials/kalshi?key={misplaced}", misplaced),
    ]
    for url, body in tries:
        answer = requests.put(url, data=body, headers=headers, timeout=10)
        if answer.ok:
            raise SystemExit(f"{url} took a misplaced key")
        # the path is the caller's own words, and a problem repeats it as its instance
        api.answers.append(answer.content.replace(re.sub(r".*/api/", "/api/", url).encode(), b""))
    refused = requests.get(
        f"{stack.url}/api/agents", headers={"authorization": f"Bearer {misplaced}"}, timeout=10
    )
    api.answers.append(refused.content)


def live_trades(api: Api) -> list[str]:
    agents = api.get("/api/agents")["items"]
    trades = [trade for a in agents for trade in api.get(f"/api/agent/{a['agent_id']}/trades")["items"]]
    return [trade["state"] for trade in trades if not trade["simulated"]]


def readers(api: Api) -> set[str]:
    """Who read the agents' keys, as their audit says."""
    agents = api.get("/api/agents")["items"]
    entries = [e for a in agents for e in api.get(f"/api/agent/{a['agent_id']}/audit", limit="1000")["items"]]
    return {entry["actor"] for entry in entries if entry["action"] == "credentials.read"}


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + TRADE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("no live trade in time")
        time.sleep(1)


# -- where a run leaves traces ------------------------------------------------------------------------


def log(stack: LocalStack, name: str) -> bytes:
    return (ROOT / ".local" / f"{name}-{stack.port}.log").read_bytes()


def secrets_client(stack: LocalStack) -> Any:
    return boto3.client("secretsmanager", endpoint_url=stack.endpoint)


def secrets(stack: LocalStack) -> Iterator[bytes]:
    client = secrets_client(stack)
    for listed in client.list_secrets()["SecretList"]:
        text = client.get_secret_value(SecretId=listed["ARN"])["SecretString"]
        # as JSON stores it, and as it was sent
        yield text.encode() + text.encode().decode("unicode_escape").encode()


def tables(stack: LocalStack) -> Iterator[bytes]:
    client = boto3.client("dynamodb", endpoint_url=stack.endpoint)
    for name in client.list_tables()["TableNames"]:
        for page in client.get_paginator("scan").paginate(TableName=name):
            yield json.dumps(page["Items"], default=str).encode()


def histories(stack: LocalStack) -> Iterator[bytes]:
    client = boto3.client("stepfunctions", endpoint_url=stack.endpoint)
    for machine in client.list_state_machines()["stateMachines"]:
        for execution in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            arn = execution["executionArn"]
            yield json.dumps(client.describe_execution(executionArn=arn), default=str).encode()
            yield json.dumps(client.get_execution_history(executionArn=arn)["events"], default=str).encode()


def listen(stack: LocalStack) -> str:
    """A queue that gets what is published from now on."""
    sqs = boto3.client("sqs", endpoint_url=stack.endpoint)
    url: str = sqs.create_queue(QueueName="canary-inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns = boto3.client("sns", endpoint_url=stack.endpoint)
    sns.subscribe(TopicArn=stack.template.refs["NotifyTopic"], Protocol="sqs", Endpoint=arn)
    topic = stack.template.refs["NotifyTopic"]
    sns.publish(TopicArn=topic, Message="the inbox works")
    return url


def messages(stack: LocalStack, inbox: str) -> Iterator[bytes]:
    sqs = boto3.client("sqs", endpoint_url=stack.endpoint)
    for url in {inbox, *sqs.list_queues().get("QueueUrls", [])}:
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                yield message["Body"].encode()
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    sys.exit(main())
