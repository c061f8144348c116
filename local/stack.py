"""The whole system on one machine.

Three processes, as in the cloud three parties: the venues (simulators), the cloud (moto: tables, secrets,
topics, state machines that execute) and the handlers. Killing one leaves the others standing.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from local.aws import create_stack, shared_environment
from local.processes import free_port, neighbouring_ports, spawn, stop, wait_for
from local.template import ACCOUNT, REGION, ROOT, Template

_VENUE_PARAMETERS = {
    "polymarket": {
        "PolymarketClobBase": "",
        "PolymarketGammaBase": "",
        "PolymarketDataBase": "",
        "PolymarketGeoblockUrl": "/api/geoblock",
        "PolygonRpcUrl": "/rpc",
    },
    # Kalshi's base includes its path, as the real one does
    "kalshi": {"KalshiApiBase": "/trade-api/v2"},
    "limitless": {"LimitlessApiBase": "", "BaseRpcUrl": "/rpc"},
}
"""What each simulator stands for: template parameter and the path under its host."""


@dataclass
class LocalStack:
    """Start, use `url`, stop."""

    port: int = 8080
    live_data: bool = False
    """Public data of the real venues instead of the simulators; orders are simulated all the same."""
    live_trading: bool = False
    operator: str = ""
    """Wallet with the operator's rights."""
    seed: int = 2026
    lambda_port: int = 0
    """Where Step Functions finds the functions; 0: in the handlers' process, which is started then."""
    processes: dict[str, Popen[bytes]] = field(default_factory=dict)
    venue_urls: dict[str, str] = field(default_factory=dict)
    endpoint: str = ""
    template: Template = field(init=False)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> "LocalStack":
        parameters = {
            "LiveTrading": "true" if self.live_trading else "false",
            "SiteOrigin": self.url,
            "OperatorWallets": self.operator.lower(),
            # a file here, a bucket in the cloud
            "RecordBooks": os.environ.get("RECORD_BOOKS", ""),
        }
        if not self.live_data:
            parameters |= self._start_venues()
        self.endpoint = parameters["AwsEndpointUrl"] = self._start_cloud()
        self.template = create_stack(Template.load(parameters), self.endpoint)
        # the handlers' process and our own look into the stores with the same environment
        os.environ.update(shared_environment(self.template) | local_environment())
        self.template.save(stack_file(self.port))
        if not self.lambda_port:
            self.start_handlers()
        return self

    def start_handlers(self) -> None:
        """Starts, or starts anew, the process that runs the handlers."""
        process = self.processes["handlers"] = spawn(
            f"handlers-{self.port}", "local.handlers", ["--port", str(self.port)]
        )
        wait_for(f"handlers-{self.port}", process, f"http://127.0.0.1:{self.port}/")

    def stop(self) -> None:
        for name in ("handlers", "cloud", "venues"):
            if name in self.processes:
                stop(self.processes[name])

    def _start_venues(self) -> dict[str, str]:
        first = neighbouring_ports(len(_VENUE_PARAMETERS))
        process = spawn(
            f"venues-{self.port}", "local.venues", ["--port", str(first), "--seed", str(self.seed)]
        )
        self.processes["venues"] = process
        parameters: dict[str, str] = {}
        for index, (venue, paths) in enumerate(_VENUE_PARAMETERS.items()):
            url = self.venue_urls[venue] = f"http://127.0.0.1:{first + index}"
            wait_for(f"venues-{self.port}", process, url)
            parameters |= {name: url + path for name, path in paths.items()}
        return parameters

    def _start_cloud(self) -> str:
        port = free_port()
        process = spawn(
            f"cloud-{self.port}",
            "local.cloud",
            ["--port", str(port), "--lambda-host", f"http://127.0.0.1:{self.lambda_port or self.port}"],
        )
        self.processes["cloud"] = process
        url = f"http://127.0.0.1:{port}"
        wait_for(f"cloud-{self.port}", process, f"{url}/moto-api/")
        return url


def stack_file(port: int) -> Path:
    """Where a stack says what it made, for the other processes of the same stack."""
    return ROOT / ".local" / f"stack-{port}.json"


def local_environment() -> dict[str, str]:
    """What Lambda's runtime sets by itself."""
    return {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ACCOUNT_ID": ACCOUNT,
        "POWERTOOLS_SERVICE_NAME": "dutchbook",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "STORE_READ_SECONDS": "20",
    }
