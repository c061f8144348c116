"""Values that must never be printed, logged, pickled or serialised by accident."""

from typing import Never


class InvalidCredential(ValueError):
    """A key or secret that cannot work; the message names the fix and never repeats the value."""


class Confidential:
    """Base of objects that hold key material: they show their class name and refuse to be pickled.

    Equality stays identity, so that comparing two of them tells nothing of what they hold.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: object) -> Never:
        # copy, deepcopy, pickle and dataclasses.asdict all come through here
        raise TypeError(f"{type(self).__name__} holds a secret and is not copied or serialised")

    def __getstate__(self) -> Never:
        # object's own hands out what the slots hold
        raise TypeError(f"{type(self).__name__} holds a secret and is not copied or serialised")


class Secret(Confidential):
    """Text that is shown as asterisks; `reveal` is the one way to read it.

    Raises InvalidCredential when the text is empty or blank.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value.strip():
            raise InvalidCredential("the secret is empty")
        self._value = value

    def reveal(self) -> str:
        """The text itself: pass it to the signer, keep it in no other variable."""
        return self._value

    def __repr__(self) -> str:
        return "**********"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return "**********"
