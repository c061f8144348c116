"""Reads template.yaml, so that what runs here cannot drift from what is deployed.

Resolves the few intrinsic functions that the template uses; anything else raises, loudly.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent
REGION = "us-east-1"
ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Template:
    """The parsed template with its parameters' values and, as they are made, its resources' ids."""

    body: Mapping[str, Any]
    parameters: Mapping[str, str]
    refs: dict[str, str] = field(default_factory=dict)
    """Logical id → what Ref gives (table name, ARN ...)."""
    arns: dict[str, str] = field(default_factory=dict)
    """Logical id → what GetAtt Arn gives."""

    @classmethod
    def load(cls, parameters: Mapping[str, str], path: Path = ROOT / "template.yaml") -> "Template":
        body = yaml_parse(path.read_text())
        unknown = set(parameters) - set(body["Parameters"])
        if unknown:
            raise ValueError(f"template.yaml has no parameter {sorted(unknown)}")
        defaults = {name: str(spec.get("Default", "")) for name, spec in body["Parameters"].items()}
        return cls(body, {**defaults, **parameters})

    def save(self, path: Path) -> None:
        """Writes what was made, so that another process of the stack sees the same resources."""
        path.parent.mkdir(exist_ok=True)
        made = {"parameters": dict(self.parameters), "refs": self.refs, "arns": self.arns}
        path.write_text(json.dumps(made))

    @classmethod
    def saved(cls, path: Path) -> "Template":
        made = json.loads(path.read_text())
        template = cls.load(made["parameters"])
        template.refs.update(made["refs"])
        template.arns.update(made["arns"])
        return template

    def resources(self, kind: str) -> dict[str, Any]:
        """Logical id → properties of all resources of this type whose condition holds."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == kind and self._holds(resource.get("Condition"))
        }

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables that this function gets, resolved."""
        shared = self.body["Globals"]["Function"]["Environment"]["Variables"]
        own = self.body["Resources"][function]["Properties"].get("Environment", {}).get("Variables", {})
        return {name: str(self.resolve(value)) for name, value in {**shared, **own}.items()}

    def handler(self, function: str) -> tuple[str, str]:
        """(folder below functions/, attribute of its app module) of a function."""
        properties = self.body["Resources"][function]["Properties"]
        default = self.body["Globals"]["Function"]["Handler"]
        return Path(properties["CodeUri"]).name, properties.get("Handler", default).partition(".")[2]

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._function(name, argument)
        return {key: self.resolve(item) for key, item in value.items()}

    def _function(self, name: str, argument: Any) -> Any:
        match name:
            case "Fn::GetAtt":
                logical_id, attribute = argument if isinstance(argument, list) else argument.split(".")
                if attribute != "Arn":
                    raise NotImplementedError(f"GetAtt {logical_id}.{attribute}")
                return self.arns[logical_id]
            case "Fn::Sub":
                text, variables = argument if isinstance(argument, list) else (argument, {})
                known = {key: str(self.resolve(item)) for key, item in variables.items()}
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._substitute(found[1], known), text)
            case "Fn::Join":
                separator, items = argument
                resolved = self.resolve(items)
                return separator.join(resolved if isinstance(resolved, list) else [resolved])
            case "Fn::FindInMap":
                name_, first, second = (self.resolve(item) for item in argument)
                return self.body["Mappings"][name_][first][second]
        raise NotImplementedError(name)

    def _substitute(self, name: str, known: Mapping[str, str]) -> str:
        if name in known:
            return known[name]
        logical_id, _, attribute = name.partition(".")
        return self.arns[logical_id] if attribute == "Arn" else self._ref(name)

    def _ref(self, name: str) -> str:
        pseudo = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws"}
        if name in pseudo:
            return pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self.refs[name]

    def _holds(self, condition: str | None) -> bool:
        if condition is None:
            return True
        return bool(self._condition(self.body["Conditions"][condition]))

    def _condition(self, expression: Any) -> bool:
        (name, argument), *_ = expression.items()
        match name:
            case "Fn::Not":
                return not self._condition(argument[0])
            case "Fn::Equals":
                left, right = (self.resolve(item) for item in argument)
                return bool(left == right)
        raise NotImplementedError(name)
