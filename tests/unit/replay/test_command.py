"""`make replay` with bad input says what is wrong and what it takes, and writes nothing."""

import gzip
import sys

import pytest

from local.replay.__main__ import main

ONLY_PAID = b'{"v":1,"tick":"20260301T000000Z-paid","at_ms":1772323200000,"resolved":{}}\n'


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["missing.gz"], "missing.gz: cannot be read"),
        (["words.gz"], "words.gz: cannot be read"),
        (["cut.gz"], "cut.gz: is no recording of books"),
        (["other.gz"], "other.gz: is no recording of books"),
        (["paid.gz"], "paid.gz: holds no books"),
        (["paid.gz", "--params", "[1]"], "--params: is a JSON object"),
        (["paid.gz", "--params", "window"], "argument --params"),
        (["paid.gz", "--params", '{"window": "wide"}', "--strategy", "momentum"], "strategyParams.window"),
        (["paid.gz", "--strategy", "luck"], "argument --strategy"),
        (["paid.gz", "--max-position", "much"], "argument --max-position"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(options, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.gz").write_text("words")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(ONLY_PAID)[:-12])
    (tmp_path / "other.gz").write_bytes(gzip.compress(b'{"a": 1}\n'))
    (tmp_path / "paid.gz").write_bytes(gzip.compress(ONLY_PAID))
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(sys, "argv", ["replay", *options])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before
