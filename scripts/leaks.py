"""Looks for keys in what git tracks: `make lint`. What was reviewed stands in .secrets.baseline.

    python -m scripts.leaks            fails on what is not in the baseline
    python -m scripts.leaks --write    writes the baseline anew; whoever commits it has looked at each entry

detect-secrets' own hook fails, too, when a known test key has moved by a line; this compares what was found.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from detect_secrets.core import baseline
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings, get_settings

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / ".secrets.baseline"
# recorded answers of venues, lock files and generated pages: long hashes, and nobody writes a key there
_LEFT_OUT = re.compile(
    r"tests/fixtures/(?!signing)|tests/cases/|local/day/|.*package-lock\.json$|.*requirements.*\.txt$"
    r"|docs/api/openapi\.json$|\.secrets\.baseline$|.*\.(css|svg|png|gz)$"
)
# names of AWS actions, of variables that hold the name of a secret, and the key of an AWS that is in memory
_HARMLESS_LINES = ["secretsmanager:", "SECRETS_PREFIX", r"(?i)aws_secret_access_key.{1,4}\"(local|testing)\""]


def scan() -> SecretsCollection:
    """What looks like a key in the files that git tracks or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [
        name
        for name in listed.stdout.split("\0")
        if name and not _LEFT_OUT.match(name) and (ROOT / name).is_file()
    ]
    filters = get_settings().filters
    filters["detect_secrets.filters.regex.should_exclude_line"] = {"pattern": _HARMLESS_LINES}
    found = SecretsCollection(root=str(ROOT))
    found.scan_files(*names)
    return found


def main(arguments: list[str]) -> int:
    with default_settings():
        found = scan()
        if arguments == ["--write"]:
            for name, secret in found:
                secret.is_secret = False
                secret.filename = name  # not where this clone happens to lie
            BASELINE.write_text(json.dumps(baseline.format_for_output(found), indent=2) + "\n")
            return 0
        reviewed = baseline.load(json.loads(BASELINE.read_text()))
    known = {(name, secret.type, secret.secret_hash) for name, secret in reviewed}
    fresh = [(name, secret) for name, secret in found if (name, secret.type, secret.secret_hash) not in known]
    for name, secret in fresh:
        print(f"{name}:{secret.line_number}: {secret.type}: take it out, or review it and run --write")
    return 1 if fresh else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
