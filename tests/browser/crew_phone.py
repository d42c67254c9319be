"""The phone of a crew that is called out, for tests in the browser."""

from tests.messages.house import House

CREW, SENDER = "+8612055550001", "10690000"


class Phone:
    """The crew's phone, and the engine that sends to it over the simulated provider."""

    def __init__(self, house: House) -> None:
        self.house = house

    def texts(self) -> list[str]:
        """What it has received once the engine has sent what waits, the newest first."""
        self.house.send()
        self.house.settle_down()
        items = self.house.http.get(f"/api/phones/{CREW}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def reply(self, text: str) -> None:
        """The provider brings it to the signed address for replies."""
        self.house.http.post(f"/api/phones/{CREW}/reply", json={"body": text, "to": SENDER}).raise_for_status()
