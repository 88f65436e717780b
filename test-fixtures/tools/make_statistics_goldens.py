"""Makes the goldens of the evaluation's statistics with numpy, scipy and brute force.

Usage: python make_statistics_goldens.py OUT_DIR    (numpy, scipy; the versions are in the provenance)

OUT_DIR is test-fixtures/src/main/resources/goldens. pass@k: scipy's binomials. cons@k: all subsets, one by one, in exact
fractions. Paired bootstrap: scipy.stats.bootstrap (percentile) over problems, and over problems and seeds by numpy. Wilson's interval,
McNemar's exact test and the sign-flip test: scipy's binomtest and permutation_test.
"""
import itertools, os, sys
from fractions import Fraction

import numpy as np
from scipy import stats
from scipy.special import comb

import golden_files

SCRIPT = "make_statistics_goldens.py"


def cons(votes, right, k):
    total, count = Fraction(0), 0
    for subset in itertools.combinations(range(len(votes)), k):
        tally = {}
        for i in subset:
            if votes[i] >= 0:
                tally.setdefault(votes[i], []).append(right[i])
        if tally:
            most = max(len(v) for v in tally.values())
            winners = [v for v in tally.values() if len(v) == most]
            total += Fraction(sum(1 for v in winners if v[0]), len(winners))
        count += 1
    return float(total / count)


def main(out):
    rng = np.random.default_rng(5)
    pass_at = [dict(n=n, c=c, k=k, value=float(1 - comb(n - c, k, exact=True) / comb(n, k, exact=True)))
               for n in (1, 4, 7, 16, 64) for c in {0, 1, n // 3, n} for k in {1, min(2, n), max(1, n // 2), n}]
    votes = []
    for n, answers in ((1, 1), (4, 2), (4, 4), (6, 3), (8, 3), (10, 5), (16, 4)):
        for _ in range(3):
            vote = rng.integers(-1, answers, n).tolist()
            # numbers in the order of first appearance, as they are given out
            order = {a: i for i, a in enumerate(dict.fromkeys(v for v in vote if v >= 0))}
            vote = [order.get(v, -1) for v in vote]
            truth = int(rng.integers(0, answers))
            right = [v == truth for v in vote]
            votes.append(dict(votes=vote, right=right, at={k: cons(vote, right, k) for k in {1, 2, n // 2, n} if 1 <= k <= n}))
    arms = []
    for first, second, seeds, problems in ((0.6, 0.5, 1, 200), (0.55, 0.5, 3, 120), (0.5, 0.5, 3, 300)):
        skill = rng.normal(0, 1.5, problems)
        draw = lambda p, shift: rng.binomial(4, 1 / (1 + np.exp(-(np.log(p / (1 - p)) + skill + shift)))) / 4
        a = np.stack([draw(first, s) for s in rng.normal(0, 0.3, seeds)])
        b = np.stack([draw(second, s) for s in rng.normal(0, 0.3, seeds)])
        d = a.mean(0) - b.mean(0)
        ci = stats.bootstrap((d,), np.mean, n_resamples=100_000, method="percentile", rng=1).confidence_interval
        means = []
        for _ in range(40_000):
            p = rng.integers(0, problems, problems)
            sa, sb = rng.integers(0, seeds, seeds), rng.integers(0, seeds, seeds)
            means.append(a[sa][:, p].mean() - b[sb][:, p].mean())
        low, high = np.percentile(means, [2.5, 97.5])
        arms.append(dict(first=a.tolist(), second=b.tolist(), mean=float(d.mean()), problems=[float(ci.low), float(ci.high)],
                         seeds=[float(low), float(high)]))
    wilson = []
    for right, n in ((0, 4), (4, 4), (0, 100), (100, 100), (1, 100), (24, 100), (3, 10), (150, 300)):
        ci = stats.binomtest(right, n).proportion_ci(method="wilson")
        wilson.append(dict(right=right, n=n, low=float(ci.low), high=float(ci.high)))
    exact = []  # McNemar's, then every assignment of signs
    for better, worse, same in ((4, 0, 116), (10, 2, 5), (1, 1, 3), (30, 12, 100), (0, 0, 7)):
        p = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
        exact.append(dict(differences=[1] * better + [-1] * worse + [0] * same, parts=1, p=float(p)))
    for parts, problems in ((4, 10), (3, 12), (8, 9)):
        d = np.rint(rng.normal(0.3, 1, problems) * parts).clip(-parts, parts) / parts
        test = stats.permutation_test((d, np.zeros(problems)), lambda x, y: np.mean(x - y), permutation_type="samples",
                                      n_resamples=np.inf, vectorized=False)
        exact.append(dict(differences=d.tolist(), parts=parts, p=float(test.pvalue)))
    golden_files.write(os.path.join(out, "statistics"),
                       dict(pass_at=pass_at, votes=votes, arms=arms, wilson=wilson, exact=exact), SCRIPT,
                       ["numpy", "scipy"], "1e-12 for pass@k, cons@k and p-values, 1e-9 for Wilson's ends; bootstrap ends 0.006, draws differ", seed=5)


if __name__ == "__main__":
    main(sys.argv[1])
