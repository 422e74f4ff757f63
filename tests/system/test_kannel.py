#!/usr/bin/python3
"""A text from a config file arrives, byte for byte, at a phone network behind a real gateway."""
from harness import Clinic, SECRET, client, clients, run, wait
from peers import Kannel
from test_webhook import Ear

CLIENT = "+13125560001"
PLAIN = "Riverside: a short walk before dinner? It counts."
SPANISH = "¿Cómo está, señora Núñez? Mañana, a las 10 [sala 4] {{€5}}."
# GSM-7 has ñ ¿ € [ ] { } and no ó á ú í: these make it UCS-2.
SPANISH_SENT = "¿Cómo está, señora Núñez? Mañana, a las 10 [sala 4] {€5}."
EMOJI = "Riverside: that is yours \U0001f331 \u2615"
LONG = "".join(f"{n:03d} one thing at a time. " for n in range(1, 13))[:299] + "."


def test_four_texts():
    """plain, Spanish, emoji and 300 characters arrive at Kannel's phone network byte for byte"""
    with Clinic() as clinic:
        kannel = Kannel(clinic)
        clinic.credential("kannel", SECRET)
        clinic.gateway(preset="kannel", base=f"http://127.0.0.1:{kannel.port}", account="tester", secret="kannel")
        for language in ("en", "es"):
            path = clinic.config / "messages" / f"{language}.conf"
            text = path.read_text()
            extra = "".join(f'  {name} = "{body}";\n' for name, body in (
                ("t_plain", PLAIN), ("t_spanish", SPANISH), ("t_emoji", EMOJI), ("t_long", LONG)))
            path.write_text(text.replace("messages = {", "messages = {\n" + extra, 1))
        clinic.only_clients(clients(*(client(n, at="10:00", message=m) for n, m in enumerate(
            ("t_plain", "t_spanish", "t_emoji", "t_long"), 1))))
        clinic.start_daemon(rehearse="2026-11-23 09:59:50", speed=10)
        clinic.start_courier()
        wait(lambda: sum("yours" in t[3] for t in kannel.arrived()) == 1 and
             sum("one thing" in t[3] for t in kannel.arrived()) == 2, "the texts")
        seen = {}
        for sender, to, kind, body in kannel.arrived():
            assert sender == "+13125550199", sender
            seen.setdefault(to, []).append((kind, body))
        texts = {to: [b for k, b in parts if "STOP" not in b] for to, parts in seen.items()}
        assert texts["+13125560001"] == [PLAIN], texts["+13125560001"]
        assert texts["+13125560003"] == [EMOJI], texts["+13125560003"]
        assert texts["+13125560002"] == [SPANISH_SENT], texts["+13125560002"]
        parts = texts["+13125560004"]
        assert len(parts) == 2 and [len(p) for p in parts] == [153, 147], [len(p) for p in parts]
        assert "".join(parts) == LONG
        assert seen["+13125560003"][-1][0] == "ucs-2"
        wait(lambda: len([m for m in clinic.ctl_json("messages") if m["state"] == "accepted"]) == 8,
             "eight accepted texts")


def start(clinic):
    """A Kannel that sends for the clinic and brings replies to its ear."""
    hook = f"http://127.0.0.1:{clinic.ear}/hooks/primary"
    kannel = Kannel(clinic, hook=f"{hook}/{SECRET}")
    clinic.credential("kannel", SECRET)
    clinic.gateway(preset="kannel", base=f"http://127.0.0.1:{kannel.port}", account="tester", secret="kannel",
                   public_url=hook)
    clinic.start_daemon()
    clinic.listen()
    return kannel


def test_both_ways():
    """a reply comes back through Kannel, its answer arrives at the phone, and receipts come for ours"""
    with Ear() as clinic:
        kannel = start(clinic)
        assert clinic.ask("/hooks/primary/guessed?from=1&text=x", method="GET")[0] == 403
        kannel.write_back(CLIENT, "+13125550199", "gracias por todo!")
        seen = wait(lambda: clinic.stored("sender, text"), "the reply")
        assert seen == [(CLIENT, "gracias por todo!")], seen
        wait(lambda: any(to == CLIENT for _, to, _, _ in kannel.arrived()), "the answer at the phone")
        assert not any("could not" in text.lower() for _, _, _, text in kannel.arrived())
        message = wait(lambda: [m for m in clinic.ctl_json("messages") if m["state"] == "delivered"],
                       "a receipt")[0]
        assert message["client"] == "c-00001", message


# What people write, in the alphabets in which phones send it, and what each of them is taken for.
REPLIES = (
    ("1", "written"),
    ("¿Mañana a las 10?", "written"),
    ("gracias  por todo \U0001f60a\U0001f60d", "written"),  # its bytes are blanks to whoever takes them for letters
    ("Ελπίζω να είστε καλά", "written"),  # before the answers are so many that she could be a robot
    ("STOP", "stop"),
    ("START", "start"),
    ("STOP \U0001f620", "stop"),
    ("START \U0001f642", "start"),
    ("quítenme de la lista", "stop"),
    ("ya no quiero vivir, ayúdame", "crisis"),
    ("I can’t go on, I want to kill myself \U0001f62d", "crisis"),
)


def test_any_alphabet():
    """eleven replies in GSM-7 and UCS-2 come through Kannel, each as it was written, and mean what they say"""
    with Ear() as clinic:
        kannel = start(clinic)
        for count, (text, _) in enumerate(REPLIES, 1):
            kannel.write_back(CLIENT, "+13125550199", text)
            wait(lambda: len(clinic.stored()) == count, f"reply {count}")
        assert clinic.stored("text") == [text for text, _ in REPLIES], clinic.stored("text")
        kinds = [entry["kind"] for entry in clinic.ctl_json("inbox")]
        assert kinds == [kind for _, kind in REPLIES], kinds
        reasons = {case["reason"] for case in clinic.ctl_json("cases")}
        assert {"stop", "crisis"} <= reasons, reasons
        assert clinic.ctl_json("client", "c-00001")["consent"] == "withdrawn"


if __name__ == "__main__":
    run(test_four_texts, test_both_ways, test_any_alphabet)
