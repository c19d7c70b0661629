#!/usr/bin/env python3
"""A second verifier of exported histories, written from docs/history-format.md alone: verify_history.py DIR [--kept FILE].

Only the standard library. It has no Ed25519: signatures are checked by the command `openssl` (3 or newer), or not at all, which it says.
"""
import base64, gzip, hashlib, json, os, re, shutil, subprocess, sys, tempfile

NAMES = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "streamversion", "schemaversion"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
OPENSSL = shutil.which("openssl")


class Ends(Exception):
    """The end: exit code, reason, and between which positions."""


def sha(data): return hashlib.sha256(data).digest()
def node(left, right): return sha(b"\x01" + left + right)


def add(edge, size, hashed):
    while size % 2:
        hashed, size = node(edge.pop(), hashed), size // 2
    edge.append(hashed)


def root_of(edge):
    if not edge: return sha(b"")
    root = edge[-1]
    for left in reversed(edge[:-1]): root = node(left, root)
    return root


def split(n): return 1 << ((n - 1).bit_length() - 1)


def included(m, n, path, leaf):
    """f of §5; a path that is too short or too long gives None."""
    if n == 1: return leaf if not path else None
    k, below = split(n), path[:-1]
    inner = (included(m, k, below, leaf) if m < k else included(m - k, n - k, below, leaf)) if path else None
    return None if inner is None else node(inner, path[-1]) if m < k else node(path[-1], inner)


def consistent(m, n, path, first, whole=True):
    """g of §5; None as above."""
    if m == n: return (None if path else (first, first)) if whole else (path[0], path[0]) if len(path) == 1 else None
    if not path: return None
    k, below, h = split(n), path[:-1], path[-1]
    pair = consistent(m, k, below, first, whole) if m <= k else consistent(m - k, n - k, below, first, False)
    return pair and ((pair[0], node(pair[1], h)) if m <= k else (node(h, pair[0]), node(h, pair[1])))


def paper(text):
    """Keys, checkpoints and proofs of a text."""
    keys, notes, proofs, body, signatures = {}, [], [], [], []
    for line in text.split("\n") + ["end"]:
        signature = re.fullmatch(r"— (\S+) (\S+)", line)
        if signatures and line and not signature:
            if len(body) < 3: raise Ends(2, "something that is no checkpoint")
            notes.append({"origin": body[0], "size": int(body[1]), "root": base64.b64decode(body[2], validate=True),
                          "text": "".join(it + "\n" for it in body), "signatures": signatures})
            body, signatures = [], []
        if signature: signatures.append((signature[1], base64.b64decode(signature[2], validate=True)))
        elif not body and line.startswith("{"): proofs.append(json.loads(line))
        elif not body and re.fullmatch(r"[^\s+]+\+[0-9a-f]{8}\+\S+", line):
            name, key_id, key = line.split("+", 2)
            raw = base64.b64decode(key, validate=True)
            if raw[:1] != b"\x01" or len(raw) != 33 or sha(name.encode() + b"\n" + raw)[:4].hex() != key_id:
                raise Ends(2, "no Ed25519 key, or its id is not its own")
            keys[name, key_id] = raw[1:]
        elif line: body.append(line)
    return keys, notes, proofs


def verified(key, text, signature):
    if not OPENSSL: return True
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": bytes.fromhex("302a300506032b6570032100") + key, "text": text.encode(), "signature": signature}
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file: file.write(content)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True).returncode == 0


def believe(note, keys, service, limits):
    name = "guanxi/" + service
    if note["origin"] not in limits: raise Ends(2, "a checkpoint of another history: " + repr(note["origin"]))
    if note["size"] > limits[note["origin"]]: raise Ends(1, "a checkpoint of what a later epoch replaced", limits[note["origin"]] + 1)
    known = [(keys[name, raw[:4].hex()], raw[4:]) for signer, raw in note["signatures"] if signer == name and (name, raw[:4].hex()) in keys]
    if not known or not all(verified(key, note["text"], it) for key, it in known):
        raise Ends(1, "the checkpoint of size %d is not signed by a known key" % note["size"])


def verify(folder, kept_file):
    def content(name):
        with open(os.path.join(folder, name), "rb") as file: return file.read()

    manifest = json.loads(content("manifest.json"))
    if manifest["format"] != 1: raise Ends(2, "format %r is not 1" % manifest["format"])
    service, first, last, complete = manifest["service"], manifest["from"], manifest["to"], manifest.get("complete", True)
    log = "guanxi/%s/%s/" % (manifest["namespace"], service)
    if manifest["origin"] != log + manifest["epoch"]: raise Ends(2, "the origin does not fit")
    limits, least = {manifest["origin"]: float("inf")}, float("inf")
    for it in reversed(manifest.get("previousOrigins", [])):
        least = min(least, it["base"])
        limits[it["origin"]] = least
    bases = {it["base"]: base64.b64decode(it["root"]) for it in manifest.get("previousOrigins", [])}
    sums = [line.split("  ", 1) for line in content("SHA256SUMS").decode().splitlines()]
    damaged = [name for listed, name in sums if sha(content(name)).hex() != listed]
    keys, kept, proofs = paper(open(kept_file, encoding="utf-8").read() if kept_file else content("keys.txt").decode())
    kept = [it for it in kept if it["origin"].startswith(log)]
    notes = paper(content("checkpoints.txt").decode())[1]
    for it in notes + kept: believe(it, keys, service, limits)
    edged = json.loads(content("edge.json")) if complete and first > 1 else {"size": first - 1, "hashes": [], "streams": {}}
    edge, versions = [bytes.fromhex(it) for it in edged["hashes"]], {subject: it - 1 for subject, it in edged["streams"].items()}
    if edged["size"] != first - 1 or complete and len(edge) != bin(first - 1).count("1"): raise Ends(2, "edge.json does not fit")
    signed = {it["size"]: it["root"] for it in notes}
    roots = dict(signed) if not complete else {first - 1: root_of(edge)}
    places = [json.loads(line) for line in content("proofs.ndjson").splitlines()] if not complete else None
    position, right, before = first - 1, 0, ""
    for number, line in enumerate(gzip.open(os.path.join(folder, "events.ndjson.gz"))):
        position = places[number]["position"] if places else position + 1
        if line[-1:] != b"\n" or position > last: raise Ends(1, "more events than the manifest says, or half a one", right + 1, position)
        leaf = sha(b"\x00" + line[:-1])
        if places:
            place = places[number]
            if included(position - 1, place["size"], [base64.b64decode(it) for it in place["path"]], leaf) != signed[place["size"]]:
                raise Ends(1, "not the event under the signed root", position)
        else: add(edge, position - 1, leaf)
        try: record = json.loads(line)
        except ValueError: raise Ends(1, "no JSON", right + 1, position)
        if list(record)[:9] != NAMES or record["source"] != "/guanxi/" + service or not TIME.fullmatch(record["time"]):
            raise Ends(1, "no record of this service", right + 1, position)
        begins = 0 if complete or first == 1 else record["streamversion"] - 1
        if record["streamversion"] != versions.get(record["subject"], begins) + 1: raise Ends(1, "a version is missing or twice", right + 1, position)
        if record["time"] < before: raise Ends(1, "time falls", right + 1, position)
        versions[record["subject"]], before = record["streamversion"], record["time"]
        if complete and (position in signed or position in bases or any(it["size"] == position for it in kept) or any(position in (int(it["from"]), int(it["to"])) for it in proofs)):
            roots[position] = root_of(edge)
            if signed.get(position, roots[position]) != roots[position]: raise Ends(1, "the root is not the signed one", right + 1, position)
            if position in signed: right = position
    if complete and (position != last or last not in signed): raise Ends(1, "the events or the checkpoints end too early", right + 1, position + 1)
    for it in kept:
        if it["size"] in roots:
            if roots[it["size"]] != it["root"]: raise Ends(1, "not the root of size %d that you kept" % it["size"], 1, it["size"])
            continue
        known = {**roots, it["size"]: it["root"]}
        pairs = [(int(p["from"]), int(p["to"]), p["path"]) for p in proofs]
        pairs = [p for p in pairs if p[0] in known and p[1] in known and it["size"] in p[:2]]
        if any(consistent(m, n, [base64.b64decode(h) for h in path], known[m]) != (known[m], known[n]) for m, n, path in pairs):
            raise Ends(1, "a proof of consistency fails")
        if not pairs and it["size"] > last: raise Ends(1, "you kept a checkpoint of size %d: cut off" % it["size"], last + 1)
    if any(roots.get(size, root) != root for size, root in bases.items()): raise Ends(1, "the manifest states another root of an earlier epoch")
    if damaged: raise Ends(1, "SHA256SUMS does not fit " + ", ".join(damaged))
    print("PASS %d events in %d streams%s" % (number + 1 if position >= first else 0, len(versions), "" if OPENSSL else "; signatures were not checked"))


if __name__ == "__main__":
    try: verify(sys.argv[1], sys.argv[3] if sys.argv[2:3] == ["--kept"] else None)
    except Ends as error:
        code, reason, *between = error.args
        print("UNUSABLE" if code == 2 else "FAIL", reason, *between)
        sys.exit(code)
    except Exception as error:
        print("UNUSABLE", repr(error))
        sys.exit(2)
