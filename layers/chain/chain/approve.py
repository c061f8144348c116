"""python -m chain.approve polymarket --amount 250: what trading needs leave for, shown first, then given.

    --wallet ADDRESS     show only; no key is asked for
    --funder ADDRESS     Polymarket's wallet of the key, when it is not the key's own address
    --adapters           also what split, merge and redeem need
    --exchange ADDRESS   Limitless: the markets' venue.exchange; with --adapter to sell in groups of one
                         winner, and with --fee-module where venue.feeModuleType is COLLATERAL
    --revoke             take back all that can have been given, whatever else is asked
    --send               after the list, ask once and send; without it nothing leaves

Nodes: POLYGON_RPC_URL, BASE_RPC_URL. The key is asked for, or read from WALLET_PRIVATE_KEY.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from getpass import getpass
from typing import TextIO

from web3.providers import BaseProvider, HTTPProvider

from chain.approvals import (
    Approval,
    all_of_limitless,
    all_of_polymarket,
    for_limitless,
    for_polymarket,
    missing,
    revoked,
)
from chain.calls import Call
from chain.wallet import Chain, ChainError, Wallet
from dutchbook.domain.money import parse_micros
from dutchbook.domain.secret import InvalidCredential, Secret
from venues import environments
from venues.crypto import EthereumSigner, checksum_address
from venues.polymarket.signing import SignatureType
from venues.polymarket.wallets import signature_type_of

DONE, STOPPED, FAILED = 0, 3, 1

_ALL_OR_NOTHING = (
    "Outcome tokens are ERC-1155: a contract may move ALL of them or none, now and later. "
    "python -m chain.approve ... --revoke takes that back."
)
_NOT_BY_US = (
    "These calls must come from {funder} ({kind}), a contract that Polymarket's relayer drives with a key of "
    "its own. We do not build relayer batches: nothing is sent. Either\n"
    "  - trade once on polymarket.com with this account: it gives its approvals there (unlimited ones), or\n"
    "  - send the calls above, in this order, as one batch with Polymarket's own client and a relayer key;\n"
    "then run this command again: it reads the chain and lists what is still missing."
)


def main(
    argv: Sequence[str],
    env: Mapping[str, str] = os.environ,
    *,
    out: TextIO = sys.stdout,
    ask: Callable[[str], str] = input,
    ask_secret: Callable[[str], str] = getpass,
    connect: Callable[[str], BaseProvider] = HTTPProvider,
) -> int:
    """Returns the process's exit status: 0 done or shown, 3 stopped before sending, 1 failed."""
    options = _parser().parse_args(argv)
    try:
        return _run(options, env, out, ask, ask_secret, connect)
    except (ChainError, InvalidCredential, ValueError) as error:
        print(f"stopped: {error}", file=out)
        return FAILED


def _run(
    options: argparse.Namespace,
    env: Mapping[str, str],
    out: TextIO,
    ask: Callable[[str], str],
    ask_secret: Callable[[str], str],
    connect: Callable[[str], BaseProvider],
) -> int:
    key = None if options.wallet else _key(env, ask_secret)
    owner = checksum_address(options.wallet) if key is None else EthereumSigner(key).address
    holder = checksum_address(options.funder) if options.funder else owner
    chain, approvals = _wanted(options, env, connect)
    calls = missing(approvals, holder, chain.read)
    _show(out, options, holder, calls)
    if not calls:
        return DONE
    kind = signature_type_of(owner, holder) if options.venue == "polymarket" else SignatureType.EOA
    if kind is None:
        raise ValueError(f"{holder} is no Polymarket wallet of {owner}'s key")
    if kind is not SignatureType.EOA:
        print(_NOT_BY_US.format(funder=holder, kind=kind.name.lower().replace("_", " ")), file=out)
        return STOPPED
    if key is None or not options.send:
        print("Nothing was sent. Add --send (and leave --wallet out) to send these.", file=out)
        return DONE
    if ask(f"Send {len(calls)} transactions from {owner}? Type yes: ").strip() != "yes":
        print("Nothing was sent.", file=out)
        return STOPPED
    wallet = Wallet(chain, key)
    for call in calls:
        print(f"{call.what}: {wallet.send(call)}", file=out)
    return DONE


def _wanted(
    options: argparse.Namespace, env: Mapping[str, str], connect: Callable[[str], BaseProvider]
) -> tuple[Chain, tuple[Approval, ...]]:
    if options.venue == "polymarket":
        polymarket = environments.polymarket(env)
        approvals = _of_polymarket(options, polymarket)
        chain = Chain(connect(polymarket.rpc), polymarket.exchanges.chain_id)
    else:
        limitless = environments.limitless(env)
        approvals = _of_limitless(options, limitless)
        chain = Chain(connect(limitless.rpc), limitless.chain_id)
    return chain, approvals


def _of_polymarket(
    options: argparse.Namespace, polymarket: environments.PolymarketEnvironment
) -> tuple[Approval, ...]:
    if options.revoke:
        return revoked(all_of_polymarket(polymarket))
    return for_polymarket(polymarket, _amount(options), adapters=options.adapters)


def _of_limitless(
    options: argparse.Namespace, limitless: environments.LimitlessEnvironment
) -> tuple[Approval, ...]:
    if options.revoke:
        return revoked(all_of_limitless(limitless))
    amount = _amount(options)
    exchanges, adapters, modules = (
        [checksum_address(one) for one in told]
        for told in (options.exchange, options.adapter, options.fee_module)
    )
    if not exchanges:
        raise ValueError("limitless needs --exchange: the venue.exchange of the markets to trade")
    return for_limitless(limitless, amount, exchanges, adapters, modules)


def _amount(options: argparse.Namespace) -> int:
    amount = parse_micros(options.amount)
    if amount <= 0:
        raise ValueError("--amount is needed: the dollars that each exchange may take, such as 250")
    return amount


def _show(out: TextIO, options: argparse.Namespace, holder: str, calls: Sequence[Call]) -> None:
    if not calls:
        print(f"{holder}: nothing is missing, nothing to send.", file=out)
        return
    print(f"{holder} needs {len(calls)} transactions:", file=out)
    for number, call in enumerate(calls, start=1):
        print(f"{number}. {call.what}\n   to {call.to}\n   data 0x{call.data.hex()}", file=out)
    if not options.revoke:
        print(_ALL_OR_NOTHING, file=out)


def _key(env: Mapping[str, str], ask_secret: Callable[[str], str]) -> Secret:
    return Secret(env.get("WALLET_PRIVATE_KEY") or ask_secret("Private key of the wallet (not shown): "))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chain.approve", description=__doc__.partition("\n")[0])
    parser.add_argument("venue", choices=["polymarket", "limitless"])
    parser.add_argument("--amount", default="0", help="dollars that each exchange may take, such as 250")
    parser.add_argument("--wallet", help="show what this address needs; no key is asked for")
    parser.add_argument("--funder", help="Polymarket: the wallet that holds the money")
    parser.add_argument("--adapters", action="store_true", help="also for split, merge and redeem")
    for name, field in (("exchange", "exchange"), ("adapter", "adapter"), ("fee-module", "feeModule")):
        told = f"Limitless: a market's venue.{field}; may be repeated"
        parser.add_argument(f"--{name}", action="append", default=[], help=told)
    parser.add_argument("--revoke", action="store_true", help="take back all that can have been given")
    parser.add_argument("--send", action="store_true", help="send after showing and asking")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
