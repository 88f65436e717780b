"""Computes a comparison's numbers again from its raw verdicts, and prints ours beside what r1zero wrote.

Usage: python3 check_intervals.py COMPARISON_DIR [--resamples 4000] [--seed 7] [--all]     (no packages needed)

Reads arms/*/seed-*/evaluation.jsonl and takes nothing of r1zero's but the lines' verdicts, tokens, ends and votes: what is
right is read from the first reward's verdict. Checks pass@1, pass@k (1 - C(n-c, k) / C(n, k)), cons@k (over all subsets of
k samples; a tie by lot), accuracy within a budget of tokens, readability and length with their intervals (Wilson's with the effective number of samples, Student's); and of every two arms
the paired bootstraps, Newcombe's interval, the sign-flip test and the verdict. Definitions: docs/evaluation.md.

Means, Wilson's, Student's and Newcombe's ends must agree to 1e-9. Ends of bootstraps and p-values are drawn here with other
random numbers, so the share of our draws below r1zero's end must be 2.5 % (97.5 %), and the share of sign flips its p, within
4.5 standard deviations of such a share. Prints the worst and what disagrees (--all: every line); exit code 1 if anything does.
"""
import argparse, bisect, collections, functools, itertools, json, math, operator, pathlib, random, statistics, sys

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--resamples", type=int, default=4000)
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("--all", action="store_true")
options = parser.parse_args()
written = json.loads((options.folder / "comparison.json").read_text())
R1ZERO_RESAMPLES = 2000  # over problems; it draws 4000 over problems and seeds
lot = random.Random(options.seed)


def percentile(ordered, percent):
    """The estimate R-6 (Hyndman and Fan), as commons-math has it."""
    at = percent / 100 * (len(ordered) + 1)
    low = min(max(math.floor(at), 1), len(ordered) - 1)
    return ordered[low - 1] + (min(max(at, 1), len(ordered)) - low) * (ordered[low] - ordered[low - 1])


def ends(means):
    ordered = sorted(means)
    return percentile(ordered, 2.5), percentile(ordered, 97.5)


Z = statistics.NormalDist().inv_cdf(0.975)


@functools.lru_cache
def student(freedom):
    """The 97.5 % quantile of Student's t: its density summed up by Simpson's rule, then halving."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    density = lambda t: scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2)

    def above_zero(t, parts=4000):
        h = t / parts
        return h / 3 * math.fsum((1 if i in (0, parts) else 4 if i % 2 else 2) * density(i * h) for i in range(parts + 1))

    low, high = 0.0, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if above_zero(middle) < 0.475 else (low, middle)
    return low


def between_trainings(trainings):
    return statistics.variance(trainings) / len(trainings) if len(trainings) > 1 else 0.0


def of_shares(problems, samples, trainings=()):
    """Wilson's interval with the effective number of samples of Korn and Graubard."""
    share, n = statistics.fmean(problems), len(problems)
    binomial, effective = share * (1 - share), len(problems)
    if binomial > 0 and n > 1:
        spread = statistics.pvariance(problems) / n
        worth = binomial / spread * (Z / student(n - 1)) ** 2 if spread else n * samples
        effective = max(n, min(n * samples, worth))
    if binomial > 0:
        effective = 1 / (1 / effective + between_trainings(trainings) / binomial)
    a, b, c = 1 + Z * Z / effective, -2 * share - Z * Z / effective, share * share  # (p - share)^2 = z^2 p (1 - p) / n
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return min(share, max(0.0, (-b - root) / (2 * a))), max(share, min(1.0, (-b + root) / (2 * a)))


def of_means(problems, trainings=()):
    n, mean = len(problems), statistics.fmean(problems)
    own = student(n - 1) * math.sqrt(statistics.variance(problems) / n) if n > 1 else 0.0
    half = math.hypot(own, Z * math.sqrt(between_trainings(trainings)))
    return mean - half, mean + half


def newcombe(a, b, mean_a, mean_b, ends_a, ends_b):
    """Newcombe's method 10 for paired shares, on arms' own intervals."""
    n, mu, nu = len(a), statistics.fmean(a), statistics.fmean(b)
    covariance = math.fsum((x - mu) * (y - nu) for x, y in zip(a, b)) / n
    covariance = max(0.0, covariance - 0.5 / n) if covariance > 0 else covariance
    scale = math.sqrt(statistics.pvariance(a) * statistics.pvariance(b))
    r = covariance / scale if scale else 0.0
    side = lambda own, other: math.sqrt(max(0.0, own * own + other * other - 2 * r * own * other))
    mean = mean_a - mean_b
    return mean - side(mean_a - ends_a[0], ends_b[1] - mean_b), mean + side(ends_a[1] - mean_a, mean_b - ends_b[0])


def sign_flips(differences, draws):
    """The share of draws of signs whose sum is at least as large."""
    sizes = [abs(d) for d in differences if abs(d) > 1e-12]
    reached = abs(math.fsum(differences)) - 1e-9
    hits = sum(abs(sum(s if lot.random() < 0.5 else -s for s in sizes)) >= reached for _ in range(draws))
    return hits / draws


def folder_name(arm):
    import re
    return re.sub("[^a-z0-9]+", "-", arm.lower())


def right(line):
    """The verdict of the first reward; readability's are named apart."""
    first = next(v for name, v in line["verdicts"].items() if not name.startswith("readability/"))
    assert (first["outcome"] == "correct") == line["right"], "right is not what the first verdict says"
    return float(line["right"])


def says(line, name):
    return line["verdicts"].get("readability/" + name, {}).get("outcome") == "correct"


cut = lambda line: line["finish_reason"] == "length"
MEASURES = {
    "pass1": (False, right),
    "pass1_greedy": (True, right),
    "readable": (False, lambda o: float(says(o, "language") and says(o, "repetition") and not cut(o))),
    "language_mixing": (False, lambda o: float(not says(o, "language"))),
    "repetition": (False, lambda o: float(not says(o, "repetition"))),
    "format": (False, lambda o: float(says(o, "format"))),
    "truncated": (False, lambda o: float(cut(o))),
    "length": (False, lambda o: float(o["tokens"])),
}


def vote(group):
    """1 where the answer that most give is right; 1/t where it is one of t; samples without an answer do not vote."""
    counts = collections.Counter(o["vote"] for o in group if o["vote"] >= 0)
    if not counts:
        return 0.0
    most = max(counts.values())
    winners = [answer for answer, count in counts.items() if count == most]
    is_right = {o["vote"]: o["right"] for o in reversed(group)}
    return sum(is_right[w] for w in winners) / len(winners)


def cons_at(group, k):
    if math.comb(len(group), k) > 5000:
        return None  # r1zero draws subsets there
    subsets = list(itertools.combinations(group, k))
    return sum(vote(s) for s in subsets) / len(subsets)


def pass_at(group, k):
    n, c = len(group), sum(o["right"] for o in group)
    return 1 - math.comb(n - c, k) / math.comb(n, k)


def budget(group, tokens, most):
    counts = lambda o: o["right"] and (tokens == most or (not cut(o) and o["tokens"] <= tokens))
    return sum(map(counts, group)) / len(group)


class Arm:
    """What one arm's completions say: for each quantity [seed][problem]."""

    def __init__(self, node):
        self.name = node["name"]
        place = options.folder / "arms" / folder_name(self.name)
        files = sorted(place.glob("seed-*/evaluation.jsonl"), key=lambda f: int(f.parent.name[5:])) or [place / "evaluation.jsonl"]
        files = [f for f in files if node["base"] or int(f.parent.name[5:]) in node["seeds"]]
        self.rows = collections.defaultdict(list)
        for file in files:
            groups = {True: collections.defaultdict(list), False: collections.defaultdict(list)}
            for text in file.read_text().splitlines():
                line = json.loads(text)
                groups[line["sample"] < 0][line["problem"]].append(line)
            if not groups[False]:
                groups[False] = groups[True]
            self.problems = sorted(groups[False])
            self.samples = max(len(g) for g in groups[False].values()) if any(
                o["sample"] >= 0 for g in groups[False].values() for o in g) else 1
            add = lambda key, greedy, value: self.rows[key].append([value(groups[greedy][p]) for p in self.problems])
            for name, (greedy, of) in MEASURES.items():
                add(name, greedy, lambda group: statistics.fmean(map(of, group)))
            for point in node["pass_at"]:
                add(("pass_at", point["x"]), False, lambda group: pass_at(group, point["x"]))
            for point in node["cons_at"]:
                if cons_at(next(iter(groups[False].values())), point["x"]) is not None:
                    add(("cons_at", point["x"]), False, lambda group: cons_at(group, point["x"]))
            most = max(point["x"] for point in node["budgets"])
            for point in node["budgets"]:
                add(("budgets", point["x"]), False, lambda group: budget(group, point["x"], most))

    def draw(self, draws):
        """Means of each quantity for each seed under each draw of problems."""
        self.drawn = {
            key: [[sum(take(row)) / len(row) for take in draws] for row in rows] for key, rows in self.rows.items()
        }
        seeds = len(next(iter(self.rows.values())))
        self.order = [[lot.randrange(seeds) for _ in range(seeds)] for _ in draws]

    def problem_means(self, key):
        return [statistics.fmean(seeds) for seeds in zip(*self.rows[key])]

    def ends(self, key, with_seeds):
        """The ends of its own interval."""
        trainings = [statistics.fmean(row) for row in self.rows[key]] if with_seeds else ()
        if key == "length":
            return of_means(self.problem_means(key), trainings)
        samples = 1 if key == "pass1_greedy" else max(1, self.samples)
        return of_shares(self.problem_means(key), samples * len(self.rows[key]), trainings)

    def mean(self, key):
        return statistics.fmean(map(statistics.fmean, self.rows[key]))

    def over_problems(self, key):
        return [statistics.fmean(seeds) for seeds in zip(*self.drawn[key])]

    def over_seeds(self, key):
        return [statistics.fmean(self.drawn[key][s][i] for s in order) for i, order in enumerate(self.order)]


class Ledger:
    """Counts what was compared."""

    def __init__(self):
        self.compared = self.wrong = 0
        self.worst = 0.0

    def say(self, what, ours, theirs):
        self.note(what, ours, theirs, abs(ours - theirs) > 1e-9)

    def note(self, what, ours, theirs, bad):
        self.compared += 1
        self.wrong += bad
        if bad or options.all:
            print(f"{'DIFFERS ' if bad else ''}{what:78} ours {ours:.5f}  r1zero {theirs:.5f}")

    def ends(self, what, ours, theirs):
        for name, own, other in zip(("low", "high"), ours, theirs):
            self.say(f"{what} {name}", own, other)

    def bootstrap(self, what, means, theirs):
        ordered = sorted(means)
        allowed = 4.5 * math.sqrt(0.025 * 0.975 * (1 / len(means) + 1 / R1ZERO_RESAMPLES))
        for name, share, ours, other in zip(("low", "high"), (0.025, 0.975), ends(means), theirs):
            # many means are equal where values are few: any share between these is right
            below = bisect.bisect_left(ordered, other - 1e-9) / len(means)
            up_to = bisect.bisect_right(ordered, other + 1e-9) / len(means)
            off = max(0.0, below - share, share - up_to)
            self.worst = max(self.worst, off / allowed)
            self.note(f"{what} {name}", ours, other, off > allowed)


nodes = [node for node in written["arms"] if node["measured"]]
arms = [Arm(node) for node in nodes]
problems = len(arms[0].problems)
assert all(arm.problems == arms[0].problems for arm in arms), "arms answered different problems"
draws = [operator.itemgetter(*(lot.randrange(problems) for _ in range(problems))) for _ in range(options.resamples)]
for arm in arms:
    arm.draw(draws)
ledger = Ledger()
print(f"{'arm':26}{'accuracy':>10}  {'ours over problems and seeds':32}r1zero")
for arm, node in zip(arms, nodes):
    for key in MEASURES:
        ledger.say(f"{arm.name} {key} mean", arm.mean(key), node[key]["mean"])
        ledger.ends(f"{arm.name} {key} over problems", arm.ends(key, False), node[key]["ci_problems"])
        ledger.ends(f"{arm.name} {key} and seeds", arm.ends(key, True), node[key]["ci_problems_and_seeds"])
    for field in ("pass_at", "cons_at", "budgets"):
        for point in node[field]:
            key = (field, point["x"])
            if key in arm.rows:
                ledger.say(f"{arm.name} {key} mean", arm.mean(key), point["mean"])
                ledger.ends(f"{arm.name} {key}", arm.ends(key, True), (point["low"], point["high"]))
    low, high = arm.ends("pass1", True)
    print(f"{arm.name:26}{arm.mean('pass1'):10.4f}  [{low:.4f}, {high:.4f}]{'':14}{node['pass1']['ci_problems_and_seeds']}")

by_name = {arm.name: arm for arm in arms}
repeated = {node["name"]: node["base"] or len(arm.rows["pass1"]) > 1 for arm, node in zip(arms, nodes)}
verdicts = collections.Counter()
for node in written["differences"]:
    first, second, key = by_name[node["first"]], by_name[node["second"]], node["measure"]
    what = f"{first.name} - {second.name} {key}"
    minus = lambda a, b: [x - y for x, y in zip(a, b)]
    problems_alone = minus(first.over_problems(key), second.over_problems(key))
    both = minus(first.over_seeds(key), second.over_seeds(key))
    ledger.say(what + " mean", first.mean(key) - second.mean(key), node["mean"])
    ledger.bootstrap(what + " over problems", problems_alone, node["ci_problems"])
    ledger.bootstrap(what + " and seeds", both, node["ci_problems_and_seeds"])
    a, b = first.problem_means(key), second.problem_means(key)
    score = newcombe(a, b, first.mean(key), second.mean(key), first.ends(key, True), second.ends(key, True))
    ledger.ends(what + " score", score, node["ci_score"])
    flips = sign_flips(minus(a, b), options.resamples)
    allowed = 4.5 * math.sqrt(max(node["p"] * (1 - node["p"]), 1 / options.resamples) / options.resamples)
    # lengths are rounded to a grid before their sums are counted
    ledger.note(what + " p", flips, node["p"], abs(flips - node["p"]) > allowed + (0.01 if key == "length" else 0))
    low = min(node["ci_problems"][0], node["ci_problems_and_seeds"][0], node["ci_score"][0])
    high = max(node["ci_problems"][1], node["ci_problems_and_seeds"][1], node["ci_score"][1])
    tells = not low <= 0 <= high and node["p"] < 0.05
    verdict = "not_significant" if not tells else "different" if repeated[first.name] and repeated[second.name] else "one_seed"
    ledger.say(f"{what} is {verdict}", 1.0, float(node["verdict"] == verdict))
    verdicts[node["verdict"]] += 1
print(f"{ledger.compared} numbers compared, {ledger.wrong} differ; the worst end of a bootstrap is at"
      f" {100 * ledger.worst:.0f} % of what is allowed; differences: {dict(verdicts)}")
sys.exit(1 if ledger.wrong else 0)
