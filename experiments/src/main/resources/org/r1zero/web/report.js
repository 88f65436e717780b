'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);

  /** The arms that were measured, each with the number of its colour: greys are bases'. */
  function measured(from) {
    let base = 0;
    let trained = 1;
    return from.arms.map((arm) => Object.assign({}, arm, { index: arm.base && from === data ? 7 * (base++ % 2) : 1 + (trained++ - 1) % 6 }))
      .filter((arm) => arm.measured);
  }

  const arms = measured(data);
  const log = { x: { type: 'logarithmic', ticks: { autoSkip: false, callback: (v) => (Number.isInteger(Math.log2(v)) ? v : null) } } };
  const series = (field) => arms.filter((a) => (a[field] || []).length).map((a) => ({ name: a.name, index: a.index, points: a[field] }));

  function curves(field) {
    return arms.map((a) => ({
      name: a.name, index: a.index,
      points: (a.bands || []).filter((b) => b[field]).map((b) => Object.assign({ x: b.step }, b[field])),
    })).filter((s) => s.points.length);
  }

  /** The loss of stages without rewards: the mean over seeds, from the lowest to the highest. */
  function supervised() {
    return arms.map((a) => {
      const at = new Map();
      for (const seed of a.supervised || []) for (const p of seed) at.set(p.step, [...(at.get(p.step) || []), p.loss]);
      const points = [...at].sort((p, q) => p[0] - q[0]).map(([x, v]) => (
        { x, mean: v.reduce((p, q) => p + q, 0) / v.length, low: Math.min(...v), high: Math.max(...v) }));
      return { name: a.name, index: a.index, points };
    }).filter((s) => s.points.length);
  }

  function bars(ids, yTitle, from, range) {
    const measures = ids.map((id) => from.measures.find((m) => m.id === id));
    const all = measured(from);
    const point = (a, m) => {
      const [low, high] = a[m.id].ci_problems_and_seeds;
      return { y: a[m.id].mean, low, high };
    };
    return R1.bars(measures.map((m) => m.label), all.map((a) => ({ name: a.name, index: a.index, points: measures.map((m) => point(a, m)) })), yTitle, range);
  }

  function cost() {
    const point = (a) => ({ x: a.cost.per_seed.flops, y: a.pass1.mean, low: a.pass1.ci_problems_and_seeds[0], high: a.pass1.ci_problems_and_seeds[1] });
    return R1.points(arms.map((a) => ({ name: a.name, index: a.index, points: [point(a)] })), 'FLOPs of one training', 'accuracy');
  }

  const whole = { max: 1 };
  const good = ['pass1', 'pass1_greedy', 'readable'];
  const faults = ['language_mixing', 'repetition', 'truncated'];
  R1.draw('chart-overview', () => bars(good, 'share of answers', data, whole));
  R1.draw('chart-faults', () => bars(faults, 'share of answers', data));
  (data.evaluations || []).forEach((group, i) => { // of a report of runs
    R1.draw('chart-evaluation-' + i, () => bars(good, 'share of answers', group, whole));
    R1.draw('chart-wrong-' + i, () => bars(faults, 'share of answers', group));
  });
  R1.draw('chart-supervised', () => R1.lines(supervised(), 'step', 'loss (nats per token)', false));
  const heldOut = arms.map((a) => ({ name: a.name, index: a.index, points: (a.held_out || [])[0] || [] })).filter((s) => s.points.length);
  R1.draw('chart-held-out', () => R1.lines(heldOut, 'RL step', 'share of answers right', true));
  R1.draw('chart-accuracy', () => R1.lines(curves('accuracy'), 'RL step', 'share of rollouts right', true));
  R1.draw('chart-reward', () => R1.lines(curves('reward'), 'RL step', 'mean reward', false));
  R1.draw('chart-length', () => R1.lines(curves('length'), 'RL step', 'tokens per rollout', false));
  R1.draw('chart-mixing', () => R1.lines(curves('mixing'), 'RL step', 'share that mixes languages', true));
  R1.draw('chart-budget', () => R1.lines(series('budgets'), 'tokens allowed', 'accuracy', true));
  R1.draw('chart-pass', () => R1.lines(series('pass_at'), 'k, samples per problem', 'pass@k', true, log));
  R1.draw('chart-cons', () => R1.lines(series('cons_at'), 'k, samples per problem', 'cons@k', true, log));
  R1.draw('chart-cost', cost);
})();
