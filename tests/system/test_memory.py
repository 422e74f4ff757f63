#!/usr/bin/python3
"""Memory that runs out at any moment: no crash, nothing half done, and it goes on."""
import itertools
import os
import random
import struct
import subprocess

from harness import BUILD, Clinic, run, wait

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = int(os.environ.get("SEED", "1729"))
TRIALS = int(os.environ.get("TRIALS", "40"))  # of each act; by hand some thousands


class Memory:
    """The allocations of one process: fail(n) lets the nth from now on fail."""

    def __init__(self, clinic):
        self.file = clinic.dir / "failing_malloc"
        self.library = clinic.dir / "failing_malloc.so"
        self.file.write_bytes(struct.pack("q", 0))
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", self.library,
                        f"{HERE}/failing_malloc.c", "-ldl"], check=True)

    def environment(self):
        return {**os.environ, "LD_PRELOAD": str(self.library), "FAILING_MALLOC": str(self.file)}

    def write(self, n):
        with open(self.file, "r+b") as file:
            file.write(struct.pack("q", n))

    def left(self):
        return struct.unpack("q", self.file.read_bytes())[0]


class Small(Clinic):
    def __init__(self):
        super().__init__()
        self.gateway()
        self.start_sandbox()
        self.memory = Memory(self)
        self.deaths = 0

    def up(self):
        self.start_daemon(env=self.memory.environment())
        wait(lambda: self.ctl_json("status")["gateways"][0]["connected"], "the courier")

    def still_there(self, may_crash):
        """It lives, or has ended with a code of its own and starts again; a signal is a crash."""
        self.memory.write(0)
        if not self.try_status():
            code = self.daemon.wait()
            assert code >= 0 or may_crash, f"ended by signal {-code}: {self.daemon.output()[-2000:]}"
            self.deaths += 1
            self.up()

    def ask(self, *arguments):
        return subprocess.run([str(BUILD / "holdfastctl"), "--socket", str(self.run / "api.sock"), *arguments],
                              capture_output=True, text=True, timeout=60).returncode

    def allocations(self, act):
        """How many one act takes."""
        self.memory.write(1 << 40)
        act()
        count = (1 << 40) - self.memory.left()
        self.memory.write(0)
        return count


def acts(clinic):
    number = iter(range(1000000))
    people = itertools.cycle(["r-1042", "r-1057", "r-1061"])  # each may be sent thirty by hand a day
    return {
        "reload": lambda: clinic.ask("reload"),
        "status": lambda: clinic.ask("status"),
        "clients": lambda: clinic.ask("clients"),
        "client": lambda: clinic.ask("client", "r-1042"),
        "send": lambda: clinic.ask("send", "--anyway", "--why", "a trial", next(people), f"Riverside: see you at {next(number)}."),
        "pause": lambda: clinic.ask("pause", "r-1057", "--why", "away"),
    }


def test_memory():
    """each act with one allocation that fails, at many places of it"""
    if b"__asan_init" in (BUILD / "holdfastd").read_bytes():
        return "not tried: the sanitiser has an allocator of its own"
    dice = random.Random(SEED)
    with Small() as clinic:
        clinic.start_courier()
        clinic.up()
        told = []
        for name, act in acts(clinic).items():
            act()
            count = clinic.allocations(act)
            places = range(1, count + 1) if count <= TRIALS else sorted(dice.sample(range(1, count + 1), TRIALS))
            for place in places:
                clinic.memory.write(place)
                act()
                try:
                    # libconfig does not look whether it was given memory; then the old schedule is there again.
                    clinic.still_there(may_crash=name == "reload")
                except AssertionError as error:
                    raise AssertionError(f"{name}, allocation {place} of {count}: {error}")
            told.append(f"{name} {len(places)} of {count}")
        assert clinic.ask("reload") == 0
        assert clinic.ask("send", "--anyway", "--why", "a trial", "r-1042", "Riverside: all is well.") == 0
        wait(lambda: any("all is well" in r["text"] for r in clinic.delivered()), "the last text")
        texts = [(r["to"], r["text"]) for r in clinic.delivered()]
        assert len(texts) == len(set(texts)), "a text went out twice"
        return f"{', '.join(told)}; ended and started again {clinic.deaths} times"


if __name__ == "__main__":
    run(test_memory)
