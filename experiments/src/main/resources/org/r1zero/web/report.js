'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const color = (i) => css('--s' + (i % 7));
  const charts = [];
  const percent = (v) => (100 * v).toFixed(1) + ' %';
  const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3], [10, 4]];

  function axis(title, share, extra) {
    return Object.assign({
      title: { display: true, text: title, color: css('--soft') },
      ticks: Object.assign({ color: css('--soft') }, share ? { callback: (v) => Math.round(100 * v) + ' %' } : {}),
      grid: { color: css('--line') },
    }, extra || {});
  }

  function draw(id, config) {
    const canvas = document.getElementById(id);
    if (!canvas) return;
    charts.push(new Chart(canvas, config()));
    canvas.dataset.drawn = 'true';
  }

  /** A line with a band between its low and high points. */
  function band(label, index, points) {
    const c = color(index);
    const hidden = { borderWidth: 0, pointRadius: 0, label: '', tension: 0.2 };
    return [
      Object.assign({ data: points.map((p) => ({ x: p.x, y: p.low })), fill: false }, hidden),
      Object.assign({ data: points.map((p) => ({ x: p.x, y: p.high })), fill: '-1', backgroundColor: c + '2e' }, hidden),
      { label, data: points.map((p) => ({ x: p.x, y: p.mean })), borderColor: c, backgroundColor: c, borderWidth: 2.2,
        borderDash: dashes[index % dashes.length], pointRadius: points.length < 14 ? 3 : 0, tension: 0.2 },
    ];
  }

  function lines(series, xTitle, yTitle, share, xExtra) {
    return {
      type: 'line',
      data: { datasets: series.flatMap((s) => band(s.name, s.index, s.points)) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: false,
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: axis(xTitle, false, Object.assign({ type: 'linear' }, xExtra || {})),
          y: axis(yTitle, share, { beginAtZero: true }),
        },
        plugins: {
          legend: { labels: { color: css('--ink'), filter: (item) => item.text !== '', usePointStyle: true, pointStyle: 'line' } },
          tooltip: { filter: (item) => item.dataset.label !== '',
            callbacks: { label: (c) => c.dataset.label + ': ' + (share ? percent(c.parsed.y) : c.parsed.y.toFixed(2)) } },
        },
      },
    };
  }

  /** Mean, smallest and largest over seeds at each step. */
  function overSeeds(curves, field) {
    const at = new Map();
    for (const seed of curves) for (const p of seed.points) {
      if (typeof p[field] === 'number') { if (!at.has(p.step)) at.set(p.step, []); at.get(p.step).push(p[field]); }
    }
    return [...at.entries()].sort((a, b) => a[0] - b[0]).map(([x, v]) => (
      { x, mean: v.reduce((a, b) => a + b, 0) / v.length, low: Math.min(...v), high: Math.max(...v) }));
  }

  const measured = (from) => from.arms.map((arm, index) => Object.assign({ index }, arm)).filter((arm) => arm.measured);
  const arms = measured(data);

  function curves(field) {
    return arms.filter((a) => (a.curves || []).length).map((a) => (
      { name: a.name, index: a.index, points: overSeeds(a.curves, field) })).filter((s) => s.points.length);
  }

  function bars(ids, yTitle, from = data, arms = measured(data)) {
    const measures = ids.map((id) => from.measures.find((m) => m.id === id));
    return {
      type: 'bar',
      data: {
        labels: measures.map((m) => m.label),
        datasets: arms.map((a) => ({
          label: a.name, backgroundColor: color(a.index),
          data: measures.map((m) => a[m.id].mean), ci: measures.map((m) => a[m.id].ci_problems_and_seeds),
        })),
      },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        scales: { x: axis('', false, { grid: { display: false } }), y: axis(yTitle, true, { min: 0, max: 1 }) },
        plugins: {
          legend: { labels: { color: css('--ink'), usePointStyle: true } },
          tooltip: { callbacks: { label: (c) => c.dataset.label + ': ' + percent(c.raw) + ' [' +
            c.dataset.ci[c.dataIndex].map(percent).join(', ') + ']' } },
        },
      },
    };
  }

  function cost() {
    return {
      type: 'scatter',
      data: { datasets: arms.map((a) => ({
        label: a.name, backgroundColor: color(a.index), borderColor: color(a.index), pointRadius: 7, pointHoverRadius: 9,
        pointStyle: ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross', 'crossRot'][a.index % 7],
        data: [{ x: a.cost.per_seed.price, y: a.pass1.mean }] })) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        scales: { x: axis('price of one training (' + data.price.currency + ')', false, { beginAtZero: true }),
          y: axis('accuracy', true, { min: 0, max: 1 }) },
        plugins: { legend: { labels: { color: css('--ink'), usePointStyle: true } },
          tooltip: { callbacks: { label: (c) => c.dataset.label + ': ' + percent(c.parsed.y) + ' for ' + c.parsed.x.toPrecision(3) } } },
      },
    };
  }

  const log = { type: 'logarithmic', ticks: { color: css('--soft'), autoSkip: false,
    callback: (v) => (Number.isInteger(Math.log2(v)) ? v : null) } };
  const series = (field) => arms.filter((a) => (a[field] || []).length).map((a) => ({ name: a.name, index: a.index, points: a[field] }));

  const good = ['pass1', 'pass1_greedy', 'readable'];
  const faults = ['language_mixing', 'repetition', 'truncated'];

  function all() {
    draw('chart-overview', () => bars(good, 'share'));
    draw('chart-faults', () => bars(faults, 'share of answers'));
    (data.evaluations || []).forEach((group, i) => { // of a report of runs
      draw('chart-evaluation-' + i, () => bars(good, 'share', group, measured(group)));
      draw('chart-wrong-' + i, () => bars(faults, 'share of answers', group, measured(group)));
    });
    draw('chart-supervised', () => lines(arms.filter((a) => (a.supervised || []).length).map((a) => ({ name: a.name, index: a.index,
      points: a.supervised.map((p) => ({ x: p.step, mean: p.loss, low: p.loss, high: p.loss })) })), 'step', 'loss', false));
    draw('chart-accuracy', () => lines(curves('accuracy'), 'RL step', 'accuracy of rollouts', true));
    draw('chart-reward', () => lines(curves('reward'), 'RL step', 'reward', false));
    draw('chart-length', () => lines(curves('length'), 'RL step', 'tokens an answer', false));
    draw('chart-mixing', () => lines(curves('mixing'), 'RL step', 'answers that mix languages', true));
    draw('chart-budget', () => lines(series('budgets'), 'tokens allowed', 'accuracy', true));
    draw('chart-pass', () => lines(series('pass_at'), 'k', 'pass@k', true, log));
    draw('chart-cons', () => lines(series('cons_at'), 'k', 'cons@k', true, log));
    draw('chart-cost', cost);
    document.documentElement.dataset.charts = String(charts.length);
  }

  function again() {
    while (charts.length) charts.pop().destroy();
    all();
  }

  all();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  addEventListener('beforeprint', () => { document.documentElement.dataset.print = ''; again(); });
  addEventListener('afterprint', () => { delete document.documentElement.dataset.print; again(); });
})();
