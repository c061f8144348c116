"""A built function as Lambda would import it: its folder, its layers, and what the runtime has by itself."""

import importlib.util
from pathlib import Path

from local.template import ROOT, Template

BUILD = ROOT / ".aws-sam" / "build"
_RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "dateutil", "urllib3", "jmespath", "six")


def runtime_folder(folder: Path) -> Path:
    """Links to the packages of Lambda's Python runtime, and to nothing else of this environment."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in _RUNTIME_PACKAGES:
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise RuntimeError(f"{package} is not installed here")
        source = Path(found.origin)
        target = source.parent if source.name == "__init__.py" else source
        link = folder / target.name
        if not link.exists():
            link.symlink_to(target)
    return folder


def import_path(template: Template, function: str, runtime: Path) -> list[Path]:
    """What stands on sys.path of the function, in Lambda's order. It must have been built."""
    shared = template.body["Globals"]["Function"]["Layers"]
    own = template.body["Resources"][function]["Properties"].get("Layers", [])
    layers = [layer["Ref"] for layer in [*shared, *own]]
    return [BUILD / function, *(BUILD / layer / "python" for layer in layers), runtime]
