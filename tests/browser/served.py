"""The web application in processes of its own: python -m tests.browser.served.

Everything is imported and joined once; for each line of JSON on its input (`url`, `keys`, `data`, `port`, `gateways`) a copy is forked that
serves that installation, and its process id and port are printed. The copies end when this process does."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import GatewaySettings, Settings
from tests.boards.served import Served
from tests.builders import application


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies
    data = os.environ["TOCSIN_DATA"]
    templates = application(
        installation({"url": f"sqlite:///{data}/none.db", "keys": new_key(), "data": data})
    ).jinja_env
    for name in templates.list_templates(extensions=["html", "svg"]):
        templates.get_template(name)
    ended, alive = os.pipe()
    for line in sys.stdin:
        read, write = os.pipe()
        copy = os.fork()
        if copy == 0:
            os.close(alive)
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), 1
            )  # what a copy logs would fill the pipe that only answers are read from
            served = Served(installation(given := json.loads(line)), port=given["port"], made=application)
            os.write(write, str(served.port).encode())
            os.close(write)
            os.read(ended, 1)  # returns when the first process is gone
            os._exit(0)
        os.close(write)
        print(json.dumps({"pid": copy, "port": int(os.read(read, 20) or 0)}), flush=True)
        os.close(read)


def installation(given: dict[str, Any]) -> Installation:
    url, keys = given["url"], given["keys"]
    settings = Settings(
        env="test",
        data=Path(given["data"]),
        database_url=url,
        keys=keys,
        quiet_hours=False,
        observation_factor=0,
        gateways=tuple(GatewaySettings(**each) for each in given.get("gateways", ())),
    )
    return Installation(settings, Database(url), parse(keys))


if __name__ == "__main__":
    main()
