"""Makes what `sam build` built ready for Lambda: `python -m scripts.pack`, as the last step of `make build`.

Lambda's /opt and /var/task cannot be written, so a function without bytecode compiles all that it imports at
every cold start. The bytecode is of the unchecked kind: nothing there ever changes, and a checked one would
compare times that the upload does not keep.
"""

import compileall
import py_compile
import shutil
import sys
from pathlib import Path

from local.runtime import BUILD

UNUSED = (
    # 1.6 MB of a page that our API does not serve
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    # the old interface of pydantic, kept for others
    "pydantic/v1",
)


def main() -> int:
    for folder in sorted(path for path in BUILD.iterdir() if path.is_dir()):
        is_layer = (folder / "python").is_dir()
        if is_layer:
            for name in UNUSED:
                shutil.rmtree(folder / "python" / name, ignore_errors=True)
        if not _compile(folder, "/opt" if is_layer else "/var/task"):
            print(f"{folder.name} holds what does not compile", file=sys.stderr)
            return 1
    return 0


def _compile(folder: Path, where: str) -> bool:
    """Tracebacks name the places that the files have in Lambda."""
    return bool(
        compileall.compile_dir(
            folder,
            maxlevels=20,
            force=True,
            quiet=1,
            stripdir=str(folder),
            prependdir=where,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
