"""A notice policy of a test's own: the shipped file with some places changed."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from command.messages import policy
from command.messages.policy import Policy


def written(folder: Path, **changes: dict[str, Any]) -> Path:
    """A file that differs from the shipped one in `section={"name": value}`; its name tells it from every other one."""
    yaml = YAML()
    data = yaml.load(policy.FILE.read_text("utf-8"))
    for section, values in changes.items():
        data[section].update(values)
    path = folder / f"notices-{abs(hash(str(changes)))}.yaml"
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(data, stream)
    return path


def shipped() -> Policy:
    """The policy that ships."""
    return policy.read_file(policy.FILE)
