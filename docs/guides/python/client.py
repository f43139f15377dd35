"""Signs in to Doorward from a program, says whose token it got, and stays signed in."""
import getpass
import sys

import requests
from verify import Verifier


class Refused(Exception):
    """What Doorward says is wrong; `code` is for programs, the text for people."""

    def __init__(self, problem: dict):
        super().__init__(problem["detail"])
        self.code = problem["code"]


class Doorward:
    def __init__(self, url: str):
        self.api, self.tokens = f"{url}/api/v1", {}

    def post(self, path: str, body: dict) -> dict:
        answer = requests.post(f"{self.api}/{path}", json=body, timeout=10)
        if not answer.ok:
            raise Refused(answer.json())
        return answer.json()

    def sign_in(self, identifier: str, password: str, code: str | None = None) -> None:
        body = {"identifier": identifier, "password": password}
        if code:
            body["code"] = code
        self.tokens = self.post("token", body)

    def refresh(self) -> None:
        # Each refresh token works once. Keep the new one before you use the new access token.
        self.tokens = self.post("token/refresh", {"refresh_token": self.tokens["refresh_token"]})

    def get(self, path: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return requests.get(f"{self.api}/{path}", headers=headers, timeout=10)

    def me(self) -> dict:
        answer = self.get("me")
        if answer.status_code == 401:
            self.refresh()
            answer = self.get("me")
        if not answer.ok:
            raise Refused(answer.json())
        return answer.json()

    def sign_out(self) -> None:
        self.post("token/revoke", {"token": self.tokens["refresh_token"]})


if __name__ == "__main__":
    # python client.py https://id.example.org ada@example.org
    url, identifier = sys.argv[1:3]
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    doorward = Doorward(url)
    try:
        doorward.sign_in(identifier, password)
    except Refused as refused:
        if refused.code != "second_factor_required":
            sys.exit(str(refused))
        doorward.sign_in(identifier, password, input("Code: "))
    claims = Verifier(url, f"{url}/api/v1").claims(doorward.tokens["access_token"])
    doorward.refresh()
    me = doorward.me()
    assert claims["sub"] == me["id"]
    print(f"Signed in as {me['display_name']} with {', '.join(claims['amr'])}")
    doorward.sign_out()
