"""The template as CloudFormation will see it, expanded offline."""

from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]


class _Session:
    region_name = "us-east-1"


@cache
def expanded_template() -> dict[str, Any]:
    body = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in body["Resources"].values():
        properties = resource.get("Properties", {})
        for key in ("CodeUri", "ContentUri", "DefinitionUri"):
            if key in properties:
                properties[key] = (
                    {"Bucket": "bucket", "Key": "key"} if key == "DefinitionUri" else "s3://bucket/key"
                )
    parameters = {name: spec.get("Default", "x") for name, spec in body["Parameters"].items()}
    return Translator({}, Parser(), boto_session=_Session()).translate(body, parameters)  # type: ignore[arg-type]


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource
        for name, resource in expanded_template()["Resources"].items()
        if resource["Type"] == kind
    }
