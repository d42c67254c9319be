"""`make bench [ONLY=name,…]`: every figure, one JSON line each, with its goal; a miss is said, not hidden."""

import argparse
import importlib
import sys
import time

import orjson

from command.core import garbage

MODULES = (
    "fan_out",
    "impact",
    "imports",
    "alarms",
    "alarms_single",
    "send",
    "send_smpp",
    "receipts",
    "volume",
    "copies",
    "page_lane",
    "board",
    "board_page",
    "board_latency",
    "archive_search",
    "allocation",
    "overview",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*MODULES, []], help="modules to run; all when none is named")
    asked = parser.parse_args().only or MODULES
    missed = 0
    for name in asked:
        begun = time.monotonic()
        module = importlib.import_module(f"tests.bench.{name}")
        garbage.settle()  # as every process of the product does
        for figure in module.run():
            missed += not figure.get("met", True)
            print(orjson.dumps(figure).decode(), flush=True)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print(f"{missed} goals missed", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
