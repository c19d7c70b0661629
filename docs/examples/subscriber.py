#!/usr/bin/env python3
"""Reads everything that a service of Guanxi ever recorded, once, by the history door: docs/subscribe.md. Standard library only.

  GUANXI_URL=… GUANXI_TOKEN=… python3 subscriber.py accounts state.json [--kept FILE] [--once]
"""
import base64, json, os, sys, time, urllib.error, urllib.request
import verify_history as history

URL, TOKEN = os.environ.get("GUANXI_URL", "http://127.0.0.1:8080"), os.environ["GUANXI_TOKEN"]


def door(service, path):
    request = urllib.request.Request("%s/v1/history/%s/%s" % (URL, service, path), headers={"authorization": "Bearer " + TOKEN})
    with urllib.request.urlopen(request, timeout=60) as answer: return answer.headers, answer.read()


def save(file, state):
    """Where we stand and what we made of it, in one step."""
    with open(file + ".part", "w", encoding="utf-8") as part: json.dump(state, part)
    os.replace(file + ".part", file)


def enter(service, state):
    """The service is in another epoch: back to the last position that all epochs since ours share."""
    epochs = json.loads(door(service, "epochs")[1])["epochs"]
    known = state["epoch"] in [""] + [it["id"] for it in epochs]
    position = min([state["position"]] + [int(it["base"]) for it in epochs if it["id"] > state["epoch"]]) if known else 0
    if position < state["position"]: print("a restore undid what we took above position %d: set it right" % position)
    state.update(epoch=max(it["id"] for it in epochs), position=position)


def take(state, position, text):
    """What we make of a record: here we count types. Its place in its stream shows that we lack none of that stream."""
    record = json.loads(text)
    if position != state["position"] + 1: raise SystemExit("position %d came after %d" % (position, state["position"]))
    state["types"][record["type"]] = state["types"].get(record["type"], 0) + 1
    state["position"] = position


def prove(service, position, text, kept):
    """The record stands in the history that the service has signed: docs/history-format.md §5."""
    proof = json.loads(door(service, "proof?position=%d" % position)[1])
    keys = history.paper(open(kept, encoding="utf-8").read() if kept else door(service, "keys")[1].decode())[0]
    [note] = history.paper(proof["checkpoint"])[1]
    history.believe(note, keys, service, {note["origin"]: float("inf")})
    path = [base64.b64decode(it) for it in proof["path"]]
    root = history.included(position - 1, note["size"], path, history.sha(b"\x00" + text))
    if int(proof["size"]) != note["size"] or root != note["root"]: raise SystemExit("position %d is not the record that was signed" % position)
    print("position %d stands in the signed history of %d events%s" % (position, note["size"], "" if history.OPENSSL else "; no openssl, signature not checked"))


def main(service, file, kept, once):
    state = {"epoch": "", "position": 0, "types": {}}
    if os.path.exists(file): state = json.load(open(file, encoding="utf-8"))
    last = None
    while True:
        try:
            headers, body = door(service, "events?after=%d&limit=1000&wait=%d" % (state["position"], 0 if once else 30))
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500: raise
            time.sleep(5)
            continue
        if headers["epoch"] != state["epoch"]:
            enter(service, state)
            continue
        lines = body.split(b"\n")[:-1]
        for number, text in enumerate(lines, state["position"] + 1): take(state, number, text)
        save(file, state)
        last = (state["position"], lines[-1]) if lines else last
        if last and len(lines) < 1000: prove(service, *last, kept)
        if once and not lines: return print("took all up to position %d; %s" % (state["position"], json.dumps(state["types"], sort_keys=True)))


if __name__ == "__main__":
    words = [it for it in sys.argv[1:] if it != "--once"]
    kept = words[words.index("--kept") + 1] if "--kept" in words else None
    names = [it for it in words if it not in ("--kept", kept)]
    try: main(names[0] if names else "accounts", names[1] if len(names) > 1 else "state.json", kept, "--once" in sys.argv)
    except history.Ends as error: raise SystemExit(error.args[1])
    except KeyboardInterrupt: pass
