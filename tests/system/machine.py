"""A Debian of its own with the real systemd: debootstrap once, then systemd-nspawn on a copy.

Nothing of it is seen from outside: no network, no registration, and its processes end with its first one.  What
is made once is kept as a tar in the build directory, under a name that says what is in it.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from harness import BUILD, ROOT, Process, wait

PROGRAMS = ("holdfastd", "holdfast-courier", "holdfastctl", "holdfast-sandbox")
BASE = {"systemd", "systemd-sysv", "dbus", "tzdata"}


def make_install(*variables):
    """`make install` as a user would type it, whatever make this test was started by."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    # By the name that built it: what make knows of headers is kept under that name.
    build = BUILD.relative_to(ROOT) if BUILD.is_relative_to(ROOT) else BUILD
    subprocess.run(["make", "--no-print-directory", "-C", ROOT, f"BUILD={build}", "install", *variables],
                   check=True, capture_output=True, text=True, env=environment)


def output(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def packages():
    """The base, and whatever has the libraries that our programs are linked with."""
    paths = set(re.findall(r"=> (/\S+)", output("ldd", *(BUILD / p for p in PROGRAMS))))
    # The loader and dpkg may each call the same directory /lib or /usr/lib.
    paths |= {path.removeprefix("/usr") if path.startswith("/usr/") else "/usr" + path for path in paths}
    done = subprocess.run(["dpkg-query", "-S", *sorted(paths)], capture_output=True, text=True)
    owners = {line.split(":")[0] for line in done.stdout.splitlines()}
    assert owners, done.stderr
    return sorted(BASE | owners)


def mirror():
    """(address, release) of the Debian that apt is set up with on this machine."""
    release = re.search(r"^VERSION_CODENAME=(\S+)", pathlib.Path("/etc/os-release").read_text(), re.M)[1]
    lines = output("apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)", "Created-By: Packages",
                   f"Release: {release}", "Component: main").split()
    assert lines, f"apt knows no mirror of {release}"
    return lines[0], release


def base_tar():
    """The tar of a fresh Debian; made where there is none yet."""
    address, release = mirror()
    names = ",".join(packages())
    tar = BUILD / f"{release}-{hashlib.sha256(names.encode()).hexdigest()[:12]}.tar"
    if tar.exists():
        return tar

    tar.parent.mkdir(parents=True, exist_ok=True)
    directory = tempfile.mkdtemp(prefix="hf-system-", dir="/tmp")
    try:
        root, fresh = f"{directory}/root", f"{directory}/tar"
        # What it mounts and starts is gone with it, however it ends.
        output("unshare", "--mount", "--pid", "--fork", "--kill-child", "debootstrap", "--variant=minbase",
               f"--include={names}", release, root, address)
        output("tar", "-C", root, "--numeric-owner", "--exclude=./var/cache/apt/*", "--exclude=./var/lib/apt/lists/*",
               "--exclude=./usr/share/doc/*", "--exclude=./dev/*", "-cf", fresh, ".")
        shutil.copy(fresh, f"{tar}.new")
        os.replace(f"{tar}.new", tar)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return tar


def own_cgroups(name):
    """A new cgroup below our own for each hierarchy that a systemd uses: nspawn makes two of its own in there."""
    paths = {}
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        paths[controllers] = path.strip("/")
    made = []
    for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
        _, point, kind, options, *_ = line.split()
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            made.append(pathlib.Path(point) / paths["" if kind == "cgroup2" else "name=systemd"] / name)
            made[-1].mkdir()
    return made


class Machine:
    def __init__(self):
        self.dir = self.root = self.nspawn = self.init = None
        self.cgroups = []

    def __enter__(self):
        # Ended by a signal it still cleans up.
        signal.signal(signal.SIGTERM, lambda *_: exit(1))
        return self

    def __exit__(self, kind, value, trace):
        if self.init and isinstance(value, SystemExit) and value.code:
            self.tell()
        if self.nspawn:
            self.stop()
        for path in (path for top in self.cgroups for path, _, _ in os.walk(top, topdown=False)):
            with contextlib.suppress(OSError):
                os.rmdir(path)
        if self.dir:
            shutil.rmtree(self.dir, ignore_errors=True)

    def tell(self):
        try:
            lines = self.run("journalctl", "--no-pager", "-n", "40", code=None).splitlines()
            print("\n".join(f"# {line}" for line in lines))
        except subprocess.TimeoutExpired:
            print("# its systemd does not answer")

    # --- from the first breath to the last

    def boot(self):
        tar = base_tar()
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-system-", dir="/tmp"))
        self.root = self.dir / "root"
        self.root.mkdir()
        output("tar", "-C", self.root, "--numeric-owner", "-xpf", tar)
        (self.root / "etc/machine-id").write_text("")
        name = f"hf-{os.getpid()}"
        self.cgroups = own_cgroups(name)
        enter = "".join(f"echo $$ >{path}/cgroup.procs && " for path in self.cgroups) + 'exec "$@"'
        # It survives Ctrl-C, until stop(); it does not survive this process.
        self.nspawn = Process(self.dir / "nspawn.log", "sh", "-c", enter, "sh", "setpriv", "--pdeathsig", "TERM",
                              "systemd-nspawn", "-D", self.root, "--boot", "--register=no", "--keep-unit",
                              "--private-network", "--console=read-only", "--link-journal=no", "--settings=no",
                              "--resolv-conf=off", "--timezone=off", f"--machine={name}", start_new_session=True)
        self.init = wait(self.find_init, "the container's first process")
        up = ("running\n", "degraded\n")
        wait(lambda: self.run("systemctl", "is-system-running", code=None) in up, "the container to be up")

    def find_init(self):
        assert self.nspawn.running(), self.nspawn.output()
        pid = self.nspawn.pid
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            # The helper that sets it up may be gone by now.
            with contextlib.suppress(OSError):
                if pathlib.Path(f"/proc/{child}/comm").read_text() == "systemd\n":
                    return int(child)
        return None

    def stop(self):
        """Off like a machine; where that takes too long the first process is killed, and all others with it."""
        if self.nspawn.running():
            self.nspawn.process.terminate()
        try:
            self.nspawn.wait()
        except subprocess.TimeoutExpired:
            if self.init:
                os.kill(self.init, signal.SIGKILL)
            self.nspawn.kill()

    # --- inside

    def run(self, *command, code=0, given=None):
        """What a command inside says; code=None takes any exit status."""
        assert self.init, "the container did not come up"
        done = subprocess.run(["nsenter", "-t", str(self.init), "-a", *command], capture_output=True, text=True,
                              input=given, timeout=90, env={"PATH": "/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8"})
        assert code is None or done.returncode == code, f"{command}: {done.returncode}: {done.stderr}{done.stdout}"
        return done.stdout

    def property(self, unit, name):
        return self.run("systemctl", "show", "--value", "-p", name, unit).strip()

    def write(self, path, text, mode="0644", group="root"):
        self.run("install", "-D", "-m", mode, "-g", group, "/dev/stdin", path, given=text)

    def status(self):
        """What `holdfastctl status` says, or None where nobody answers."""
        try:
            return json.loads(self.run("holdfastctl", "status", "--json", code=None))
        except ValueError:
            return None

    def journal(self):
        """Every entry, whole; what is not plain text comes as bytes."""
        entries = [json.loads(line) for line in self.run("journalctl", "-o", "json", "--all").splitlines()]
        for entry in entries:
            for name, value in entry.items():
                if isinstance(value, list) and all(isinstance(byte, int) for byte in value):
                    entry[name] = bytes(value).decode(errors="replace")
        return entries
