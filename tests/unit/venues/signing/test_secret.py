import copy
import dataclasses
import json
import pickle
import traceback

import pytest

from dutchbook.domain.secret import Confidential, InvalidCredential, Secret

TEXT = "hunter2-hunter2"


@pytest.mark.parametrize(
    "show",
    [repr, str, "{}".format, "{:>40}".format, lambda s: f"{s!r} {s}", lambda s: str([s])],
)
def test_a_secret_shows_asterisks(show):
    shown = show(Secret(TEXT))

    assert "**********" in shown
    assert TEXT not in shown


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_a_secret_is_not_serialised_or_copied(leak):
    with pytest.raises(TypeError) as caught:
        leak(Secret(TEXT))

    assert TEXT not in str(caught.value)


def test_a_dataclass_around_a_secret_shows_no_more():
    @dataclasses.dataclass
    class Credentials:
        key: str
        secret: Secret

    credentials = Credentials("id", Secret(TEXT))

    assert TEXT not in repr(credentials)
    with pytest.raises(TypeError):
        dataclasses.asdict(credentials)


def test_equality_tells_nothing_of_the_text():
    assert Secret(TEXT) != Secret(TEXT)
    assert Secret(TEXT) != TEXT


def test_a_secret_has_no_dict_to_dump():
    assert not hasattr(Secret(TEXT), "__dict__")


def test_reveal_is_the_way_to_read_it():
    assert Secret(TEXT).reveal() == TEXT


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_secret_is_refused(empty):
    with pytest.raises(InvalidCredential):
        Secret(empty)


def test_a_traceback_with_local_values_does_not_show_it():
    def fails(secret):
        raise RuntimeError("boom")

    try:
        fails(Secret(TEXT))
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    assert TEXT not in shown


def test_confidential_objects_show_their_class_alone():
    class Holder(Confidential):
        pass

    assert repr(Holder()) == "<Holder>"
