"""Prints the packages of the component: those of requirements.in, and what they need, without the tools."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

TOOLS = {"componentize-py", "mypy", "pytest", "ruff"}


def name_of(line: str) -> str:
    found = re.match(r"[\w.-]*", line.strip())
    return re.sub(r"[._-]+", "-", found[0] if found else "").lower()


wanted = {name_of(line) for line in Path("requirements.in").read_text().splitlines()} - TOOLS - {""}
seen: set[str] = set()
while wanted:
    name = wanted.pop()
    seen.add(name)
    try:
        package = distribution(name)
    except PackageNotFoundError:
        continue  # One that is for other systems, or an extra that is not installed.
    print(f"{name}@{package.version}")
    wanted |= {name_of(line) for line in package.requires or [] if "extra ==" not in line} - seen
