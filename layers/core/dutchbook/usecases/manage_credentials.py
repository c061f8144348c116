"""Credentials: set, shown as a stub, removed. They go in and never come out over HTTP.

Setting them never changes the mode. A venue account belongs to one agent: two that trade one account would
each believe in money that the other spends. It is claimed by a login at the venue, as whoever knows no more
than an account's public name must not be able to keep its owner out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from dutchbook.domain.agent import Agent, Mode
from dutchbook.domain.eligibility import BARS, why_barred
from dutchbook.domain.errors import InvalidInput, NotAuthorised, NotEligible, NotFound, WrongState
from dutchbook.domain.secret import Secret
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import Agents, AuditEntry
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.credentials import CredentialRecord, CredentialRecords
from dutchbook.ports.ledger import Ledger
from dutchbook.ports.secrets import SecretStore
from dutchbook.usecases.go_live import NEW_AGENT, Evidence, may_go_live, stated_place, unproven
from dutchbook.usecases.ownership import owned

SET_ID = "setId"
"""A field of the stored secret that no venue reads: which of the settings it came with."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the person says of himself."""

    jurisdiction: str
    accepted: bool
    """That he may trade there and has read the venue's terms."""
    override: str = ""
    """Why he goes on although the agent's demo record is no evidence yet; logged."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Credentials whose form is right: keys parse, and belong to the account named."""

    venue: Venue
    kind: str
    account: str
    """What is public of them: an address or a key id."""
    fields: Mapping[str, Secret]


type Check = Callable[[Venue, str, Mapping[str, Secret]], Checked]
"""(venue, wallet, fields) → what they are, offline. Raises InvalidInput naming the field."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a venue says of an account whose credentials it has accepted."""

    account: str
    """As `Checked.account` names it offline."""
    available: int
    """Dollars (micros) free to spend."""


type Verify = Callable[[Venue, Mapping[str, Secret]], Login]
"""Logs in and reads the balance; places nothing. Raises Refused, NotSent, Halted, NotEligible."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where credentials and what is known of them are kept."""

    agents: Agents
    secrets: SecretStore
    records: CredentialRecords
    ledger: Ledger
    clock: Clock
    check: Check
    verify: Verify
    evidence: Evidence

    def places(self, agent_id: str) -> Mapping[Venue, str]:
        """Where the owner said he was when he stored each venue's credentials."""
        return {record.venue: record.jurisdiction for record in self.records.of_agent(agent_id)}


def checked(
    keeper: Keeper, venue: Venue, wallet: str, fields: Mapping[str, Secret], said: Statement
) -> tuple[Checked, str]:
    """The credentials and the place, both acceptable; nothing is written.

    Raises InvalidInput naming the field, NotEligible.
    """
    place = stated_place(said.jurisdiction)
    if not said.accepted:
        raise InvalidInput("acceptTerms", f"must be true: you may trade on {venue} and have read its terms")
    barred = why_barred(venue, place)
    if barred:
        raise NotEligible(barred)
    return keeper.check(venue, wallet, fields), place


def by_venue(
    fields: Mapping[str, Secret], platforms: Sequence[Venue]
) -> Mapping[Venue, Mapping[str, Secret]]:
    """A registration's flat fields, each with its venue; the private key serves both wallets' venues.

    Raises InvalidInput for a field of a venue that is not chosen.
    """
    found: dict[Venue, dict[str, Secret]] = {}
    for name, value in fields.items():
        owner = next((venue for venue in Venue if name.startswith(venue.value)), None)
        if owner is not None:
            if owner not in platforms:
                raise InvalidInput(name, f"{owner} is not one of the chosen platforms")
            found.setdefault(owner, {})[name] = value
    if "privateKey" in fields:
        users = [venue for venue in (Venue.POLYMARKET, Venue.LIMITLESS) if venue in found]
        if Venue.POLYMARKET in platforms and Venue.POLYMARKET not in found:
            users.append(Venue.POLYMARKET)
        if not users:
            raise InvalidInput("privateKey", "belongs to polymarket or limitless, and neither is set up here")
        for venue in users:
            found.setdefault(venue, {})["privateKey"] = fields["privateKey"]
    return found


def check_all(
    keeper: Keeper,
    wallet: str,
    fields: Mapping[str, Secret],
    platforms: Sequence[Venue],
    said: Statement,
) -> Sequence[tuple[Checked, str]]:
    """A registration's credentials, all acceptable; nothing is written. Raises as `checked` does."""
    grouped = by_venue(fields, platforms)
    if grouped and not said.override:
        raise unproven(NEW_AGENT)
    return [checked(keeper, venue, wallet, grouped[venue], said) for venue in Venue if venue in grouped]


def set_credentials(
    keeper: Keeper, agent_id: str, wallet: str, venue: Venue, fields: Mapping[str, Secret], said: Statement
) -> CredentialRecord:
    """Stores or rotates an agent's credentials of a venue, unverified.

    A new key of the same account may come at any time; another account only when a removal might, because it
    takes the only key to what the old one holds.

    Raises NotFound, InvalidInput, NotEligible, WrongState.
    """
    agent = owned(keeper.agents, agent_id, wallet)
    if venue not in agent.platforms:
        raise InvalidInput("venue", f"{venue} is not one of the agent's platforms")
    found, place = checked(keeper, venue, wallet, fields, said)
    _refuse_another_place(keeper, agent_id, venue, place)
    before = _record(keeper, agent_id, venue)
    if before is not None and before.account != found.account:
        _refuse_if_needed(keeper, agent, venue)
    may_go_live(keeper.agents, keeper.clock, agent, keeper.evidence, said.override, wallet)
    record = store(keeper, agent_id, wallet, found, place)
    if before is not None and before.account != found.account:
        keeper.agents.release_account(agent_id, venue, before.account)
    return record


def store(keeper: Keeper, agent_id: str, wallet: str, found: Checked, place: str) -> CredentialRecord:
    """Stub, then the agent's "not verified", then the secret: no secret is ever without its stub, and none
    counts as verified that was not tested (`verify_credentials`). May be repeated.

    Raises NotFound (no such agent any more), WrongState (removed meanwhile).
    """
    venue = found.venue
    # drawn, not computed: two settings in one millisecond must differ, and nothing secret may show in it
    set_id = uuid4().hex
    now = utc(keeper.clock.now_ms())
    record = CredentialRecord(venue, found.kind, found.account, place, now, set_id=set_id)
    # `checked` refuses whoever has not accepted the terms
    said = {"jurisdiction": place, "accepted_terms": "true", "barred_places_of": BARS[venue].as_of}
    _note(keeper, agent_id, wallet, "credentials.set", record, **said)
    keeper.records.put(agent_id, record)
    keeper.agents.set_credential(agent_id, venue, present=False, actor=wallet)
    keeper.secrets.put(agent_id, venue, {**found.fields, SET_ID: Secret(set_id)})
    if _record(keeper, agent_id, venue) is None:
        # `forget` deletes the stub before the secret: one that came between is taken away here
        keeper.secrets.delete(agent_id, venue)
        raise WrongState(f"the credentials of {agent_id} on {venue} were removed meanwhile")
    return record


def verify_credentials(
    keeper: Keeper, agent_id: str, wallet: str, venue: Venue
) -> tuple[CredentialRecord, int]:
    """Logs in with the stored credentials and reads the balance (micros), without trading.

    From then on the account is the agent's and its credentials count as verified, or no longer when the
    venue refuses them. Raises NotFound, WrongState (set anew or edited meanwhile), AlreadyExists (the account
    is another agent's), and what the venue says: Refused, NotSent, NotEligible, Halted (live trading is off
    for this stack).
    """
    # the agent's version is read before stub and secret: a setting that comes later moves it on
    agent = owned(keeper.agents, agent_id, wallet)
    record = _record(keeper, agent_id, venue)
    if record is None:
        raise NotFound(f"no credentials of {agent_id} on {venue}")
    # written first: a read that nobody could write down does not happen
    _note(keeper, agent_id, wallet, "credentials.read", record)
    fields = keeper.secrets.get(agent_id, venue)
    if fields is None or _set_id(fields) != record.set_id:
        raise WrongState(f"the {venue} credentials are being set, or were not stored whole: set them again")
    try:
        login = keeper.verify(venue, fields)
        if login.account != record.account:
            raise NotAuthorised(f"{venue}: the credentials are of another account than the one they name")
    except NotAuthorised:
        keeper.agents.set_credential(agent_id, venue, present=False, actor=wallet)
        raise
    keeper.agents.claim_account(agent_id, venue, record.account)
    keeper.agents.set_credential(agent_id, venue, present=True, actor=wallet, version=agent.version)
    verified = replace(record, verified_at=utc(keeper.clock.now_ms()))
    keeper.records.verified(agent_id, verified)
    return verified, login.available


def remove_credentials(keeper: Keeper, agent_id: str, wallet: str, venue: Venue) -> None:
    """Raises NotFound, and WrongState while a live position or trade of the venue would be left without."""
    agent = owned(keeper.agents, agent_id, wallet)
    record = _record(keeper, agent_id, venue)
    if record is not None:
        _refuse_if_needed(keeper, agent, venue)
    # without a stub too: a removal may have died before it came to the secret
    forget(keeper, agent, venue, wallet)
    if record is None:
        raise NotFound(f"no credentials of {agent_id} on {venue}")


def forget(keeper: Keeper, agent: Agent, venue: Venue, actor: str) -> None:
    """Deletes one venue's secret and what is known of it, whatever of the two there is. May be repeated."""
    agent_id, record = agent.agent_id, _record(keeper, agent.agent_id, venue)
    if record is not None:
        _note(keeper, agent_id, actor, "credentials.delete", record)
        keeper.records.delete(agent_id, venue)
    # after the stub, as a setting does, so that a test under way cannot verify what is gone; before the
    # secret, so that no new trade counts on it
    if record is not None or venue in agent.credentials:
        keeper.agents.set_credential(agent_id, venue, present=False, actor=actor)
    if record is not None:
        keeper.agents.release_account(agent_id, venue, record.account)
    # the secret last: a setting that runs beside this sees that its stub is gone, or its secret goes here
    keeper.secrets.delete(agent_id, venue)


def _refuse_another_place(keeper: Keeper, agent_id: str, venue: Venue, place: str) -> None:
    """An agent has one owner, who is in one place."""
    for other, stated in keeper.places(agent_id).items():
        if other is not venue and stated != place:
            problem = (
                f"is {stated} in this agent's {other} credentials: state one place, or remove those first"
            )
            raise InvalidInput("jurisdiction", problem)


def _refuse_if_needed(keeper: Keeper, agent: Agent, venue: Venue) -> None:
    """Raises WrongState while real money or orders may depend on the venue's stored credentials."""
    for position in keeper.ledger.positions(agent.agent_id):
        if not position.simulated and position.key.venue is venue:
            raise WrongState(f"a live position on {venue} is open: close it first")
    for trade_id in keeper.ledger.under_way(agent.agent_id):
        trade = keeper.ledger.trade(trade_id)
        # one that cannot be read may be real
        if trade is None or not trade.simulated:
            raise WrongState(f"live trade {trade_id} is under way: wait until it has ended")
    if agent.mode is Mode.LIVE:
        raise WrongState("the agent is live: set its mode to demo first")


def _record(keeper: Keeper, agent_id: str, venue: Venue) -> CredentialRecord | None:
    for record in keeper.records.of_agent(agent_id):
        if record.venue is venue:
            return record
    return None


def _set_id(fields: Mapping[str, Secret]) -> str:
    return fields[SET_ID].reveal() if SET_ID in fields else ""


def _note(
    keeper: Keeper, agent_id: str, actor: str, action: str, record: CredentialRecord, **more: str
) -> None:
    detail = {"venue": record.venue.value, "kind": record.kind, "last_four": record.last_four, **more}
    entry = AuditEntry(utc(keeper.clock.now_ms()), actor, action, detail)
    keeper.agents.write_audit(agent_id, entry)
