"""The web application in a process of its own: python -m tests.browser.served URL KEYS DATA PORT. It ends when its input ends."""

import sys
from pathlib import Path

from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import parse
from command.core.settings import Settings
from tests.boards.served import Served


def main() -> None:
    url, keys, data, port = sys.argv[1:5]
    settings = Settings(env="test", data=Path(data), database_url=url, keys=keys, quiet_hours=False)
    served = Served(Installation(settings, Database(url), parse(keys)), port=int(port))
    print(served.port, flush=True)
    sys.stdin.read()
    served.close()


if __name__ == "__main__":
    main()
