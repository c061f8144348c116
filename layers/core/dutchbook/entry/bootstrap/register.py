"""What Register is made of: the only module that names its concrete classes."""

import os
from dataclasses import dataclass
from functools import cache

from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.entry.settings import RegisterSettings
from dutchbook.ports import Agents, Clock
from dutchbook.usecases.register_agent import Checksum


@dataclass(frozen=True, slots=True)
class RegisterServices:
    """Ports that Register's routes use."""

    agents: Agents
    clock: Clock
    checksum: Checksum


@cache
def services() -> RegisterServices:
    """Built at the first request, kept for the life of the function. Raises SettingsError."""
    settings = RegisterSettings.from_env(os.environ)
    clock = SystemClock()
    return RegisterServices(
        agents=DynamoAgents(Table(settings.ledger_table), clock), clock=clock, checksum=checksum_address
    )


def checksum_address(address: str) -> str:
    """EIP-55, imported when an address has capitals: the keccak is not needed to start."""
    from venues.crypto import checksum_address as eip55  # noqa: PLC0415

    return eip55(address)
