#!/usr/bin/python3
"""What the compiler and the linker were asked for is in the programs: looked up in them, not in the Makefile."""
import pathlib
import platform
import re
import subprocess
import tempfile

from harness import BUILD, run
from machine import PROGRAMS

# Calls that write into a buffer; with _FORTIFY_SOURCE those whose room is known become __NAME_chk.
FORTIFIED = re.compile(r"\b__\w+_chk\b")
SEGMENT = re.compile(r"^\s+(LOAD|GNU_STACK|GNU_RELRO)(?:\s+0x\w+){5}\s([R ][W ][E ])\s", re.M)
LANDING_PAD = bytes.fromhex("f30f1efa")  # endbr64


def readelf(*options):
    return subprocess.run(["readelf", "--wide", *options], check=True, capture_output=True, text=True).stdout


def first_bytes(program, function):
    address = int(re.search(rf"(\w+)\s+\d+ FUNC .* {function}$", readelf("-s", program), re.M)[1], 16)
    section = next(found for found in re.findall(r"\.text\s+PROGBITS\s+(\w+) (\w+)", readelf("-S", program)))
    with open(program, "rb") as file:
        file.seek(address - int(section[0], 16) + int(section[1], 16))
        return file.read(4)


def lacks(program):
    """What the program is missing, by name."""
    head, segments, dynamic = (readelf(option, program) for option in ("-h", "-l", "-d"))
    symbols = readelf("--dyn-syms", program)
    kinds = SEGMENT.findall(segments)
    found = {
        "PIE": "DYN" in re.search(r"Type:\s+(.*)", head)[1] and re.search(r"FLAGS_1.*\bPIE\b", dynamic),
        "RELRO": any(kind == "GNU_RELRO" for kind, _ in kinds),
        "BIND_NOW": re.search(r"FLAGS_1.*\bNOW\b", dynamic),
        "no executable stack": ("GNU_STACK", "RW ") in kinds,
        "nothing both writable and executable": not any("W" in how and "E" in how for _, how in kinds),
        "no path of its own for libraries": not re.search(r"RPATH|RUNPATH", dynamic),
        "stack protector": "__stack_chk_fail" in symbols,
        "fortify": [name for name in FORTIFIED.findall(symbols) if name != "__stack_chk_fail"],
    }
    if platform.machine() == "x86_64":
        # Debian's own start files are not marked, so that the whole is not; our functions are ready.
        found["CET"] = first_bytes(program, "main") == LANDING_PAD
    return sorted(name for name, there in found.items() if not there)


def test_breach():
    """a program that was built without all this is found out"""
    with tempfile.TemporaryDirectory(prefix="hf-system-") as directory:
        source, program = pathlib.Path(directory, "a.c"), pathlib.Path(directory, "a")
        source.write_text("#include <stdio.h>\nint main(void) { char b[9]; return !fgets(b, 9, stdin); }\n")
        subprocess.run(["gcc", "-O0", "-U_FORTIFY_SOURCE", "-no-pie", "-fno-stack-protector", "-fcf-protection=none",
                        "-Wl,-z,norelro,-z,lazy,-z,execstack,-rpath,/tmp", "-o", program, source], check=True,
                       capture_output=True)
        missing = lacks(program)
    bad = {"PIE", "RELRO", "BIND_NOW", "no executable stack", "stack protector", "fortify",
           "no path of its own for libraries"}
    assert bad <= set(missing), missing


def test_programs():
    """each program is position-independent, read-only after loading, guarded on the stack, fortified, and ready for CET"""
    missing = {name: lacks(BUILD / name) for name in PROGRAMS}
    assert not any(missing.values()), missing
    return ", ".join(PROGRAMS)


if __name__ == "__main__":
    run(test_breach, test_programs)
