"""Writes THIRD-PARTY.md and NOTICE from what Maven resolved. After a dependency changed:

    mvn -DskipTests process-test-classes && python3 tools/licenses/third_parties.py

Licences come from each artifact's POM (or its parent's), notices from the jars. A licence that LICENCES does not know is an
error: somebody has to read it. DependenciesTest fails where the list is not that of the build.
"""
import pathlib
import re
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPOSITORY = pathlib.Path.home() / ".m2/repository"
OURS = "org.r1zero"
SYMJA = "reward-verifiers/symja-libraries"

# What a POM says: the SPDX id that we take; of several, that which is the first here
LICENCES = {
    r"apache(-| |$)|the apache|apache-2|^apache 2": "Apache-2.0",
    r"^mit|the mit": "MIT",
    r"bsd-2|bsd 2": "BSD-2-Clause",
    r"bsd-3|bsd 3|3-clause bsd|^bsd$": "BSD-3-Clause",
    r"bsd 4": "BSD-4-Clause",
    r"cc0": "CC0-1.0",
    r"epl.?2|\(epl\) 2": "EPL-2.0",
    r"cddl": "CDDL-1.0",
    r"lesser general public license,? version 3": "LGPL-3.0-only",
    r"lesser general public license (version )?2.1": "LGPL-2.1-only",
}
# What other papers than the POM say
NOTES = {
    "de.uni-mannheim.rz.krum:jas": "its POM names GPL 2 and LGPL 2.1; its jar has both texts, and COPYING.apache.jas, which puts the"
    " bytecode under Apache-2.0. We treat it as LGPL",
    "org.matheclipse:matheclipse-external": "holds Cream (LGPL-2.1-or-later), SnuggleTeX (BSD-3-Clause), lab4inf and tablesaw"
    " (Apache-2.0) and a class of Baeldung's (MIT); their texts are in the jar",
    "ai.djl.pytorch:pytorch-native": "holds PyTorch (BSD-3-Clause, with oneDNN, FBGEMM and others under permissive licences) and"
    " GCC's libgomp (GPL-3.0 with the runtime library exception)",
    "org.apache.lucene:lucene-core": "holds code and tables under BSD-2-Clause, BSD-3-Clause, MIT, Python's and Unicode's terms; its"
    " LICENSE.txt has their texts",
    "net.java.dev.jna:jna": "also under LGPL-2.1; we take Apache-2.0",
    **{
        f"jakarta.{part}:": "also under GPL-2.0 with the classpath exception; we take EPL-2.0"
        for part in ("annotation", "interceptor", "servlet", "transaction")
    },
    "javax.annotation:": "also under GPL-2.0 with the classpath exception; we take CDDL",
    "org.jgrapht:": "also under LGPL-2.1; we take EPL-2.0",
}


def pom(group, artifact, version):
    path = REPOSITORY / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.pom"
    return re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf8", errors="replace"), flags=re.S)


def names(group, artifact, version):
    text = pom(group, artifact, version)
    licences = re.search(r"<licenses>(.*?)</licenses>", text, re.S)
    if licences:
        return re.findall(r"<name>\s*(.*?)\s*</name>", licences.group(1), re.S)
    parent = re.search(r"<parent>(.*?)</parent>", text, re.S)
    if not parent:
        sys.exit(f"{group}:{artifact}:{version} names no licence: read its papers")
    return names(*(re.search(f"<{key}>\\s*(.*?)\\s*</{key}>", parent.group(1)).group(1) for key in ("groupId", "artifactId", "version")))


def spdx(coordinates):
    found = []
    for name in names(*coordinates):
        one_line = re.sub(r"\s+", " ", name).lower()
        found += [id for pattern, id in LICENCES.items() if re.search(pattern, one_line)]
    if not found:
        sys.exit(f"{':'.join(coordinates)}: no known licence in {names(*coordinates)}: read its papers, add it to LICENCES")
    return min(found, key=list(LICENCES.values()).index)


def dependencies(module):
    """(group, artifact, version, classifier) of each line such as group:artifact:jar[:classifier]:version:scope."""
    for line in (ROOT / module / "target/dependencies.txt").read_text().splitlines():
        parts = line.strip().split(" ")[0].split(":")
        if len(parts) >= 5 and parts[0] != OURS:
            yield parts[0], parts[1], parts[-2], parts[3] if len(parts) == 6 else ""


def notice(group, artifact, version, classifier):
    suffix = f"-{classifier}" if classifier else ""
    jar = REPOSITORY / group.replace(".", "/") / artifact / version / f"{artifact}-{version}{suffix}.jar"
    with zipfile.ZipFile(jar) as files:
        for name in files.namelist():
            if re.fullmatch(r"META-INF/NOTICE(\.txt|\.md)?", name):
                return files.read(name).decode("utf8", "replace").replace("\r", "").strip()
    return ""


def table(module):
    lines = ["| artifact | version | licence | |", "| --- | --- | --- | --- |"]
    for group, artifact, version, _ in sorted(set(dependencies(module))):
        key = f"{group}:{artifact}"
        note = next((text for start, text in NOTES.items() if key.startswith(start)), "")
        lines.append(f"| {key} | {version} | {spdx((group, artifact, version))} | {note} |")
    return "\n".join(lines)


def main():
    (ROOT / "THIRD-PARTY.md").write_text(
        f"""# Third parties

Written by `tools/licenses/third_parties.py` from what Maven resolves; `DependenciesTest` checks it. Texts of the licences:
[LICENSE](LICENSE) for Apache-2.0, [licenses/](licenses) for the others; each jar keeps its own papers. r1zero's jars and these
are not linked into one file: each may be replaced.

## In the process of r1zero

{table("experiments")}

## In the worker processes of the verifier `math` only

Symja, jas and what they need are never in r1zero's class path: worker processes, which talk over a pipe, load them from the
build's folder `symja`. Without that folder everything runs: where only Symja could tell whether two forms are equal, the verifier
`math` goes by sample points and says so (`symbolic: false` says that this is meant).

{table(SYMJA)}

## Data

[data/README.md](data/README.md) has the sources and licences of the data sets.
"""
    )
    texts = []
    for dependency in sorted({d for module in ("experiments", SYMJA) for d in dependencies(module)}):
        text = notice(*dependency)
        if text and text not in [known for _, known in texts]:
            texts.append((":".join(dependency[:2]), text))
    body = "\n\n".join(f"{'-' * 80}\n{name}\n\n{text}" for name, text in texts)
    (ROOT / "NOTICE").write_text(
        f"""r1zero
Copyright the authors of r1zero

Licensed under the Apache License, Version 2.0. THIRD-PARTY.md lists what the build brings along and under which licences.
The notices of those parts follow.

{body}
"""
    )


main()
