"""Writes golden.json and provenance.json of a golden's folder; used by the make_*_goldens.py scripts."""
import datetime, hashlib, importlib.metadata, json, os, sys


def write(folder, values, generator, packages, tolerance, **facts):
    """Writes values as golden.json, and the provenance of all files in the folder.

    packages: names whose versions made the numbers. facts: more of the provenance, such as a seed.
    """
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "golden.json"), "w") as f:
        json.dump(values, f, ensure_ascii=True, allow_nan=False)
    files = sorted(n for n in os.listdir(folder) if n != "provenance.json")
    provenance = dict(
        generator="test-fixtures/tools/" + generator, **facts,
        versions={**{p: importlib.metadata.version(p) for p in packages}, "python": sys.version.split()[0]},
        command=f"python {generator} OUT_DIR", date=datetime.date.today().isoformat(), tolerance=tolerance,
        sha256={n: sha256(os.path.join(folder, n)) for n in files})
    with open(os.path.join(folder, "provenance.json"), "w") as f:
        json.dump(provenance, f, indent=1)
        f.write("\n")
    print(folder, sum(os.path.getsize(os.path.join(folder, n)) for n in files), "bytes")


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
