#!/usr/bin/python3
"""What people do wrong in the files, one slip at a time: holdfastctl check names each at its line, and whoever follows
its advice has a sound configuration again."""
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from harness import BUILD, ROOT, run, written_when_true

JORDAN, GROUP, STAFF = "clients/jordan.conf", "clients/evening-group.conf", "staff.conf"
PLAN, EN, ES, SITE = "plans/aftercare.conf", "messages/en.conf", "messages/es.conf", "holdfast.conf"
GATEWAY = "gateways/primary.conf"
TUESDAY = '"your Tuesday group"; on = "TU"; at = "19:00"; place = "St Mark\'s hall"; remind = [ "2h" ];'
REVIEW = '"2026-12-02 14:00"'
PAYDAY = 'rrule = "FREQ=MONTHLY;BYMONTHDAY=1,15"'
MIA = """id = "r-1100"; name = "Mia"; phone = "+13125550170"; plan = "aftercare"; start = "2026-11-23";
consent = { at = "2026-11-23"; how = "paper"; by = "dcole"; };
"""
TWILIO = """preset = "twilio"; account = "AC00000000000000000000000000000000"; secret = "twilio-token";
from = "+13125550199"; public_url = "https://texts.example.org/hooks/primary";
"""


class Slip:
    """`was` of the example's file becomes `wrong`; without `was`, `wrong` is a new file.  The fault `says` what is wrong at
    the line where `at` first stands then (else where the edit is) of the file `where` (else that one).  By the advice
    `wrong` becomes `right`; with None, `right` is what check asks whether it was meant, put where `typed` stands.
    Where Jordan `leaves`, that is the last day."""

    def __init__(self, what, file, was, wrong, says, right=None, at=None, where=None, typed=None, mend=None, options=(), leaves=None):
        self.what, self.file, self.was, self.wrong, self.says, self.right = what, file, was, wrong, says, right
        self.at, self.where, self.typed, self.mend, self.options, self.leaves = at, where or file, typed, mend, options, leaves


def name_instead(name):
    return lambda folder, slip: (folder / slip.file).rename(folder / name)


def remove(folder, slip):
    path = folder / slip.file
    shutil.rmtree(path.parent) if path.parent.name == "evening" else path.unlink()


def readable(folder, slip):
    (folder / slip.file).chmod(0o644)


SLIPS = [
    # As a newcomer, an administrator and a counselor made them.
    Slip("a quote left open", JORDAN, 'sponsor  = "Sam"', 'sponsor  = "Sam', 'end it with "', 'sponsor  = "Sam"'),
    Slip("curly quotes", JORDAN, '"Sam"', "\u201cSam\u201d", "use straight quotes", '"Sam"'),
    Slip("an American date", GROUP, '"2026-11-16"; ', '"11/16/2026"; ', "is not a date"),
    Slip("a day that is not there", GROUP, 'from = "2026-11-16"', 'from = "2026-11-31"', "November 2026 has 30 days", 'from = "2026-11-30"'),
    Slip("a number as people write it", JORDAN, '"+13125550142"', '"(312) 555-0142"', "not a phone number", typed="(312) 555-0142"),
    Slip("a number with hyphens", JORDAN, '"+13125550142"', '"312-555-0142"', "not a phone number", typed="312-555-0142"),
    Slip("a digit too few", JORDAN, '"+13125550142"', '"+1312555014"', "too few digits", '"+13125550142"'),
    Slip("7pm", JORDAN, 'at = "19:00"', 'at = "7pm"', "is not a time of day"),
    Slip("7:00 PM", JORDAN, 'at = "19:00"', 'at = "7:00 PM"', "is not a time of day"),
    Slip("a time with pm behind a date", JORDAN, REVIEW, '"2026-12-02 2pm"', "is not a date and time"),
    Slip("Tuesday", JORDAN, 'on = "TU"', 'on = "Tuesday"', "is not a list of weekdays"),
    Slip("no comma between two meetings", JORDAN, 'remind = [ "2h" ]; },', 'remind = [ "2h" ]; }', "a comma is missing", 'remind = [ "2h" ]; },'),
    Slip("a comma behind the last", JORDAN, '"24h", "1h" ]; }', '"24h", "1h" ]; },', "remove it", '"24h", "1h" ]; }'),
    Slip("a bracket left open", JORDAN, '"24h", "1h" ]; }\n);', '"24h", "1h" ]; }\n', "the ) is missing", '"24h", "1h" ]; }\n);', at="meetings = ("),
    Slip("a brace left open", JORDAN, 'remind = [ "2h" ]; },', 'remind = [ "2h" ]; ', "write }, before it", 'remind = [ "2h" ]; },', at='{ id = "first-sat"'),
    Slip("an id twice", "clients/mia.conf", None, MIA.replace("r-1100", "r-1042"), "another id", mend=lambda folder, slip: (folder / slip.file).write_text(MIA)),
    Slip("a number twice", "clients/mia.conf", None, MIA.replace("0170", "0142"), "correct one", mend=lambda folder, slip: (folder / slip.file).write_text(MIA)),
    Slip("a meeting's id twice", JORDAN, 'id = "first-sat"', 'id = "tue"', "another id", 'id = "sat"'),
    Slip("2 hours", JORDAN, '"2h"', '"2 hours"', "is not a length of time"),
    Slip("saved as UTF-16", "clients/mia.conf", None, MIA.encode("utf-16"), "UTF-8", mend=lambda folder, slip: (folder / slip.file).write_text(MIA)),
    Slip("saved as Latin-1", "clients/mia.conf", None, MIA.replace("Mia", "María").encode("latin-1"), "encoding UTF-8", mend=lambda folder, slip: (folder / slip.file).write_text(MIA)),
    Slip("staff by the name", JORDAN, 'counselor = "mreyes"', 'counselor = "M. Reyes"', "no member of staff"),
    Slip("a key misspelt", JORDAN, 'counselor = "mreyes"', 'councelor = "mreyes"', "unknown key"),
    Slip("a key with a capital", JORDAN, 'counselor = "mreyes"', 'Counselor = "mreyes"', "unknown key"),
    Slip("a plan with a capital", JORDAN, '"aftercare"', '"Aftercare"', "no plan"),
    Slip("a value without quotes", JORDAN, '"aftercare"', "aftercare", "between straight quotes", '"aftercare"'),
    Slip("no consent", JORDAN, 'consent  = { at = "2026-10-24"; how = "paper"; by = "mreyes"; };', "", "add consent", 'consent  = { at = "2026-10-24"; how = "paper"; by = "mreyes"; };', at="id       ="),
    Slip("Central", JORDAN, '"America/Chicago"', '"Central"', "is not a time zone"),
    Slip("saved as mia.conf.txt", "clients/mia.conf.txt", None, MIA, "rename it mia.conf", mend=name_instead("clients/mia.conf")),
    Slip("saved as mia.docx", "clients/mia.docx", None, MIA, "in clients/mia.conf", mend=name_instead("clients/mia.conf")),
    Slip("a meeting without a place", JORDAN, "place = \"St Mark's hall\"; ", "", "add place", "place = \"St Mark's hall\"; "),
    Slip("a start of another century", JORDAN, 'start    = "2026-10-24"', 'start    = "2126-10-24"', "more than a year ahead", typed="2126-10-24"),
    Slip("a consent of next year", JORDAN, 'at = "2026-10-24"', 'at = "2027-10-24"', "has not come yet", typed="2027-10-24"),
    Slip("an appointment of last year", JORDAN, REVIEW, '"2025-12-02 14:00"', "before the client's start", typed="2025-12-02"),
    Slip("a plan long over", GROUP, 'start = "2026-11-09"', 'start = "2016-11-09"', "her plan ended", 'start = "2026-11-09"'),
    Slip("a copy left behind", "clients/Copy of jordan.conf", None, None, "already at", mend=remove, at='id       = "r-1042"', where=JORDAN),
    Slip("a field that is not there", EN, "{name}, how are things", "{first_name}, how are things", "unknown field", typed="first_name"),
    Slip("a brace of a field left open", EN, "{name}, how are things", "{name, how are things", "a brace", "{name}, how are things"),
    Slip("a quotation mark inside a text", EN, '"{site}: a short walk before dinner? It counts."', '"{site}: say "hello" to a friend"', "write ' there", '"{site}: say \'hello\' to a friend"'),
    Slip("a picture in a long text", EN, "Have a good day.", "Have a good day \U0001f600 and rest, and eat, and sleep, and call whom you like, and write to us, and walk a little, and then some more.", "leave it out",
         "Have a good day and rest, and eat, and sleep, and call whom you like, and write to us, and walk a little, and then some more."),
    Slip("NA in a title", JORDAN, "your Tuesday group", "NA meeting", "gives the treatment away", "your group"),
    # What else nothing was said of, or nothing that helped.
    Slip("saved as MIA.CONF", "clients/MIA.CONF", None, MIA, "rename it MIA.conf", mend=name_instead("clients/MIA.conf")),
    Slip("a folder in clients/", "clients/evening/mia.conf", None, MIA, "move its files", mend=remove, where="clients/evening"),
    Slip("staff.conf.txt", "staff.conf.txt", None, "staff = ( );\n", "not read", mend=remove),
    Slip("a folder with a capital", "Clients/mia.conf", None, MIA, "not read", mend=lambda folder, slip: shutil.rmtree(folder / "Clients"), where="Clients"),
    Slip("her own hour as a clock shows it", JORDAN, 'milestone = "12:00"', 'milestone = "7pm"', "24 hours", typed="7pm"),
    Slip("our own number as a loved one's", JORDAN, '"+13125550176"', '"+13125550199"', "our texts come from", '"+13125550176"'),
    Slip("EST", JORDAN, '"America/Chicago"', '"EST"', "write America/New_York", '"America/New_York"'),
    Slip("CST6CDT", JORDAN, '"America/Chicago"', '"CST6CDT"', "write America/Chicago", '"America/Chicago"'),
    Slip("Etc/GMT+6", JORDAN, '"America/Chicago"', '"Etc/GMT+6"', "write America/Chicago", '"America/Chicago"'),
    Slip("an appointment on a closed day", JORDAN, REVIEW, '"2026-12-25 14:00"', "choose another day", '"2026-12-28 14:00"'),
    Slip("every second Tuesday of the client's", JORDAN, 'on = "TU";', 'on = "TU"; every = 2;', "add a day on which it meets", 'on = "TU"; every = 2; from = "2026-10-27";'),
    Slip("a day on which the group does not meet", JORDAN, 'on = "TU";', 'on = "TU"; every = 2; from = "2026-12-02";', "on this day (WE)", 'on = "TU"; every = 2; from = "2026-12-01";'),
    Slip("day and month exchanged", JORDAN, REVIEW, '"2026-02-12 14:00"', "before the client's start", typed="2026-02-12"),
    Slip("a year mistyped", JORDAN, REVIEW, '"2206-12-02 14:00"', "more than a year ahead", typed="2206-12-02"),
    Slip("an appointment after she has left", JORDAN, REVIEW, '"2026-12-02 14:00"; }, { id = "late"; with = "Dr. Shah"; when = "2026-12-20 14:00"', "after the last day", REVIEW, leaves="2026-12-15",
         mend=lambda folder, slip: replace(folder / JORDAN, 'until = "2026-12-15"; ', "")),
    Slip("an appointment at two in the night", JORDAN, REVIEW, '"2026-12-02 02:00"', "24 hours", '"2026-12-02 14:00"'),
    Slip("our own number as a client's", JORDAN, '"+13125550142"', '"+13125550199"', "write the client's own", '"+13125550142"'),
    Slip("the site's number as a client's", JORDAN, '"+13125550142"', '"+13125550100"', "write the client's", '"+13125550142"'),
    Slip("an area code that nobody has", JORDAN, '"+13125550142"', '"+10125550142"', "area code", '"+13125550142"'),
    Slip("martes", JORDAN, 'on = "TU"', 'on = "martes"', "is not a list of weekdays"),
    Slip("Tue & Thu", PLAN, '"MO,TH"', '"Mon & Thu"', "is not a list of weekdays"),
    Slip("19h", JORDAN, 'at = "19:00"', 'at = "19h"', "is not a time of day"),
    Slip("hours in words", SITE, '"MO-FR 08:00-18:00"', '"Mon-Fri 8am-6pm"', "is not opening hours"),
    Slip("a rule in small letters", JORDAN, PAYDAY, 'rrule = "freq=monthly;bymonthday=1,15"', "is not a rule"),
    Slip("a weekday for a rule", PLAN, 'on = "SU"', 'rrule = "Sundays"', "weekdays stand in `on`", 'on = "SU"'),
    Slip("a rule that is over", JORDAN, PAYDAY, 'rrule = "FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20261101"', "UNTIL is past", PAYDAY),
    Slip("a zero-width space in a name", JORDAN, '"aftercare"', '"after\u200bcare"', "type it anew", '"aftercare"'),
    Slip("a soft hyphen in an id", JORDAN, 'id = "tue"', 'id = "tu\u00ade"', "type it anew", 'id = "tue"'),
    Slip("a no-break space between words", JORDAN, 'plan     =', 'plan\u00a0    =', "type a blank", 'plan     ='),
    Slip("a web page's &amp;", JORDAN, "St Mark's hall", "Hope &amp; Light", 'write "&"', "Hope & Light"),
    Slip("a web page's apostrophe", JORDAN, "St Mark's hall", "St Mark&#8217;s hall", 'write "\'"', "St Mark's hall"),
    Slip("a Spanish name in an English client's file", JORDAN, "your Tuesday group", "Narcóticos Anónimos", "gives the treatment away", "grupo"),
    Slip("a fellowship in capitals", JORDAN, "your Tuesday group", "CMA Tuesday", "gives the treatment away", "Tuesday"),
    Slip("a medicine", JORDAN, '"Dr. Shah"', '"Brixadi nurse"', "gives the treatment away", '"the nurse"'),
    Slip("whom the sponsor is known from", JORDAN, '"Sam"', '"Sam from NA"', "gives the treatment away", '"Sam"'),
    Slip("a message that names what a note has not", EN, "a short walk before dinner", "{title}: a walk before dinner", "{title} has no value", "a walk before dinner"),
    Slip("a plan that names whom not everybody has", PLAN, '; needs = "sponsor"', "", "{sponsor} has no value", '; needs = "sponsor"', at="sponsor       =", where=EN),
    Slip("a stop as an answer", PLAN, '"3", "rough"', '"3", "stop", "rough"', "remove it", '"3", "rough"'),
    Slip("a kind misspelt", PLAN, 'kind = "coping"', 'kind = "copping"', "has no meaning here"),
    Slip("before the texting hours", PLAN, 'at = "16:30"', 'at = "04:30"', "never sent", 'at = "16:30"'),
    Slip("a milestone after the plan", PLAN, "years = [ 1 ]", "years = [ 1, 2 ]", "2 years is after the end for everybody", "years = [ 1 ]"),
    Slip("unreadable for holdfastd", "clients/mia.conf", None, MIA, "cannot read it", mend=readable, options=("--user", "nobody")),
]

# Nothing is wrong with these, though they are not as the example has them.
TAKEN = [
    ("no semicolon at the end of a line", JORDAN, 'plan     = "aftercare";', 'plan     = "aftercare"'),
    ("a comma instead", JORDAN, 'plan     = "aftercare";', 'plan     = "aftercare",'),
    ("a blank in a list", PLAN, '"MO,TH"', '"MO, TH"'),
    ("a number from a contact", JORDAN, '"+13125550142"', '"\u202a+1\u00a0(312)\u00a0555\u20110142\u202c"'),
    ("a no-break space in a time", JORDAN, REVIEW, '"2026-12-02\u00a014:00"'),
    ("a dash of a word processor", SITE, '"09:00-20:00"', '"09:00\u201320:00"'),
    ("a ; at the end of a rule", JORDAN, PAYDAY, 'rrule = "FREQ=MONTHLY; BYMONTHDAY=1,15;"'),
    ("lines of Windows", JORDAN, "\n", "\r\n"),
    ("tabs", JORDAN, "     =", "\t="),
]


def check(folder, *options):
    told = subprocess.run([str(BUILD / "holdfastctl"), "check", str(folder), *options], capture_output=True, text=True)
    return told.returncode, told.stderr.splitlines()


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path, needle):
    return path.read_text(encoding="utf-8", errors="replace").split(needle)[0].count("\n") + 1


def make(folder, slip):
    """The line at which the fault must be."""
    path = folder / slip.file
    if slip.was is None:
        path.parent.mkdir(exist_ok=True)
        wrong = (folder / JORDAN).read_bytes() if slip.wrong is None else slip.wrong
        path.write_bytes(wrong if isinstance(wrong, bytes) else wrong.encode())
        if slip.options:
            path.chmod(0o600)
        return line_of(folder / slip.where, slip.at) if slip.at else 1
    offset = path.read_text(encoding="utf-8").index(slip.was)
    line = path.read_text(encoding="utf-8")[:offset].count("\n") + 1
    replace(path, slip.was, slip.wrong)
    if slip.leaves:
        replace(path, 'counselor = "mreyes";', f'until = "{slip.leaves}"; counselor = "mreyes";')
    return line_of(folder / slip.where, slip.at) if slip.at else line


def follow(folder, slip, told):
    """What whoever reads the advice does."""
    path = folder / slip.file
    if slip.mend:
        slip.mend(folder, slip)
    elif slip.right is not None:
        if slip.wrong:
            replace(path, slip.wrong, slip.right)
        else:
            shutil.copy(ROOT / "config" / slip.file, path)
    else:
        meant = re.search(r'did you mean "?([^"?]+)"?', told)
        assert meant, f"{slip.what}: no advice to follow: {told}"
        typed = slip.typed or re.search(r'"([^"]*)"', told.split(": ", 1)[1]).group(1)
        quoted = f'"{typed}"' in slip.wrong
        replace(path, f'"{typed}"' if quoted else typed, f'"{meant.group(1)}"' if quoted else meant.group(1))


def one(slip):
    with tempfile.TemporaryDirectory(prefix="holdfast-") as place:
        folder = Path(place) / "config"
        shutil.copytree(ROOT / "config", folder)
        Path(place).chmod(0o755)
        line = make(folder, slip)
        written_when_true(folder)
        code, told = check(folder, *slip.options)
        here = [text for text in told if text.startswith(f"{slip.where}:{line}: ") and slip.says in text]
        assert here, f"{slip.what}: not at {slip.where}:{line}: {told}"
        assert all(";" in text for text in told), f"{slip.what}: no advice: {told}"
        assert code == (0 if all(": warning: " in text for text in told) else 1), f"{slip.what}: {code}: {told}"
        follow(folder, slip, here[0])
        written_when_true(folder)
        left = check(folder, *slip.options)
        assert left == (0, []), f"{slip.what}: after its advice: {left}"
        return here[0]


def slips():
    """every slip is named at its line with advice, and by the advice the configuration is sound"""
    os.umask(0o022)
    assert len({slip.what for slip in SLIPS}) == len(SLIPS) >= 60
    wrong = []
    for slip in SLIPS:
        try:
            told = one(slip)
        except AssertionError as reason:
            wrong.append(str(reason))
            continue
        if os.environ.get("SHOW"):
            print(f"{slip.what} | {told}")
    assert not wrong, "\n".join(wrong)


def taken():
    """what is harmless is taken, and means the same"""
    for what, file, was, wrong in TAKEN:
        with tempfile.TemporaryDirectory(prefix="holdfast-") as place:
            folder = Path(place) / "config"
            shutil.copytree(ROOT / "config", folder)
            path = folder / file
            text = path.read_bytes().decode()
            assert was in text, what
            path.write_bytes((text.replace(was, wrong) if was == "\n" else text.replace(was, wrong, 1)).encode())
            written_when_true(folder)
            assert check(folder) == (0, []), (what, check(folder))
            shown = [subprocess.run([str(BUILD / "holdfastctl"), "preview", str(where), "--from", "2026-11-30", "--until", "2027-02-01"],
                                    capture_output=True, text=True, check=True).stdout for where in (folder, ROOT / "config")]
            assert shown[0] == shown[1], what


def example_numbers():
    """behind a gateway that reaches real phones, each number of the example is warned of at its line"""
    with tempfile.TemporaryDirectory(prefix="holdfast-") as place:
        folder = Path(place) / "config"
        shutil.copytree(ROOT / "config", folder)
        (folder / GATEWAY).write_text(TWILIO)
        written_when_true(folder)
        code, told = check(folder)
        named = {text.split(": ")[0] for text in told if "kept for examples" in text}
        wanted = {f"{file}:{number + 1}" for file in (JORDAN, GROUP, STAFF, SITE)
                  for number, text in enumerate((folder / file).read_text().splitlines()) if re.search(r'phone\s*=\s*"\+1', text)}
        assert code == 0 and named == wanted, (code, told, wanted)


run(slips, taken, example_numbers)
