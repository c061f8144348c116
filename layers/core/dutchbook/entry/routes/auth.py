"""Sign-In with Ethereum: ask for a nonce, sign it, get a token. The only writes without one."""

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from dutchbook.entry import siwe
from dutchbook.entry.bootstrap.register import RegisterServices, services
from dutchbook.entry.formats import moment
from dutchbook.entry.http import new_router
from dutchbook.entry.models import VerifyRequest
from dutchbook.entry.views import NonceAnswer, SessionAnswer
from dutchbook.usecases import sign_in

router = new_router()

Own = Annotated[RegisterServices, Depends(services)]


@router.post("/api/auth/nonce", tags=["sign-in"], summary="A nonce to sign, good for five minutes and once")
def nonce(own: Own) -> NonceAnswer:
    text, expires_at = sign_in.give_nonce(own.nonces, own.clock)
    return NonceAnswer(nonce=text, expires_at=moment(expires_at))


@router.post("/api/auth/verify", tags=["sign-in"], summary="A token for a signed EIP-4361 message")
def verify(body: VerifyRequest, own: Own) -> SessionAnswer:
    session = sign_in.sign_in(
        own.nonces,
        own.tokens,
        own.clock,
        own.recover,
        own.policy,
        siwe.parse(body.message, own.checksum),
        body.message.encode(),
        siwe.parse_signature(body.signature),
    )
    return SessionAnswer(token=session.token, wallet=session.wallet, expires_at=moment(session.expires_at))
