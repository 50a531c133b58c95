"""A class that comes to a hub at once: each student logs in, pulls the bundle, opens the notebook, runs every cell."""

import json
import threading
import time
import uuid

import requests
import websocket

LIMIT = 600  # seconds that a student waits for anything
FIGURE = "application/vnd.vegalite"


class Student:
    """One student with a browser's session and what the clock said; `faults` is empty when all went well."""

    def __init__(self, hub, name, password):
        self.hub, self.name, self.password = hub, name, password
        self.session = requests.Session()
        self.times, self.faults = {}, []
        self.home = f"{hub}/user/{name}"

    def call(self, method, url, **more):
        answer = self.session.request(method, url, timeout=LIMIT, **more)
        answer.raise_for_status()
        return answer

    def log_in(self):
        self.call("GET", f"{self.hub}/hub/login")
        told = {
            "username": self.name,
            "password": self.password,
            "_xsrf": self.session.cookies.get("_xsrf", path="/hub/"),
        }
        self.call("POST", f"{self.hub}/hub/login", data=told, allow_redirects=False)
        made = self.call(
            "POST",
            f"{self.hub}/hub/api/users/{self.name}/tokens",
            json={"note": "hub-test"},
            headers={"X-XSRFToken": self.session.cookies.get("_xsrf", path="/hub/")},
        )
        self.token = made.json()["token"]
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"token {self.token}"

    def start(self):
        self.call("POST", f"{self.hub}/hub/api/users/{self.name}/server")
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            server = self.call("GET", f"{self.hub}/hub/api/users/{self.name}").json()["servers"]
            if server.get("", {}).get("ready"):
                return
            time.sleep(0.5)
        raise TimeoutError("the server was not ready")

    def pull(self, repository, branch, folder):
        told = {"repo": repository, "branch": branch, "targetpath": folder}
        lines = self.call("GET", f"{self.home}/git-pull/api", params=told).text.splitlines()
        last = json.loads([line for line in lines if line.startswith("data:")][-1][5:])
        if last.get("phase") != "finished":
            raise RuntimeError(f"nbgitpuller: {last.get('message', last)}")

    def run(self, path):
        book = self.call("GET", f"{self.home}/api/contents/{path}").json()["content"]
        told = {
            "path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"},
        }  # fmt: skip
        kernel = self.call("POST", f"{self.home}/api/sessions", json=told).json()["kernel"]["id"]
        line = websocket.create_connection(
            f"ws{self.home.removeprefix('http')}/api/kernels/{kernel}/channels",
            header=[f"Authorization: token {self.token}"],
            timeout=LIMIT,
        )
        try:
            for cell in book["cells"]:
                if cell["cell_type"] == "code":
                    self.cell(line, "".join(cell["source"]))
        finally:
            line.close()

    def cell(self, line, code):
        told = {
            "header": {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": self.name,
                       "session": self.name, "version": "5.3", "date": ""},
            "parent_header": {}, "metadata": {}, "channel": "shell",
            "content": {"code": code, "silent": False, "store_history": True, "user_expressions": {},
                        "allow_stdin": False, "stop_on_error": True},
        }  # fmt: skip
        line.send(json.dumps(told))
        ours = told["header"]["msg_id"]
        while True:
            found = json.loads(line.recv())
            if found["parent_header"].get("msg_id") != ours:
                continue
            kind, content = found["header"]["msg_type"], found["content"]
            if any(key.startswith(FIGURE) for key in content.get("data", {})):
                self.mark("first figure")
            if kind == "error":
                self.faults.append(f"{content['ename']}: {content['evalue']}")
            if kind == "execute_reply":
                return

    def mark(self, step):
        self.times.setdefault(step, time.monotonic() - self.began)

    def visit(self, gate, repository, branch, folder, path):
        gate.wait()
        self.began = time.monotonic()
        try:
            for step, work in (
                ("logged in", self.log_in),
                ("server ready", self.start),
                ("bundle there", lambda: self.pull(repository, branch, folder)),
                ("all cells run", lambda: self.run(f"{folder}/{path}")),
            ):
                work()
                self.mark(step)
        except (
            Exception
        ) as error:  # whatever goes wrong for a student is what the test is there to tell
            self.faults.append(f"{type(error).__name__}: {error}"[:300])


def visit_all(hub, names, password, repository, branch, folder, path):
    """Let all come at once; return the students, each with its times in seconds and its faults."""
    gate = threading.Barrier(len(names))
    students = [Student(hub, name, password) for name in names]
    threads = [
        threading.Thread(
            target=student.visit, args=(gate, repository, branch, folder, path), daemon=True
        )
        for student in students
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * LIMIT)
    return students
