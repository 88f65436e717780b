'use strict';
/** What the pages' charts share: colours of the theme, lines with bands, bars with whiskers, keys, tables of the numbers. */
const R1 = (() => {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dashes = [[], [], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3], [10, 4]];
  const shapes = ['crossRot', 'circle', 'rect', 'triangle', 'rectRot', 'star', 'cross', 'rectRounded'];
  const style = (i) => ({ color: css('--s' + (i % 8)), dash: dashes[i % 8], shape: shapes[i % 8] });
  const percent = (v) => (100 * v).toFixed(1) + ' %';
  const number = (v) => (Number.isInteger(v) ? String(v) : Math.abs(v) >= 100 ? v.toFixed(0) : Math.abs(v) >= 1 ? v.toFixed(2) : v.toPrecision(3));
  const said = (v, share) => (share ? percent(v) : number(v));
  const charts = new Map();

  /** The mean with its interval, where there is one. */
  function words(point, share) {
    const has = typeof point.low === 'number' && point.low !== point.high;
    return said(point.y, share) + (has ? ` [${said(point.low, share)}, ${said(point.high, share)}]` : '');
  }

  function axis(title, share, extra = {}) {
    const callback = share ? { callback: (v) => Math.round(1000 * v) / 10 + ' %' } : title === '' ? {} : { callback: (v) => number(v) };
    return Object.assign({ title: { display: title !== '', text: title, color: css('--soft') }, grid: { color: css('--line') } }, extra,
      { ticks: Object.assign({ color: css('--soft'), maxRotation: 0 }, callback, extra.ticks) });
  }

  /** Whiskers of bars and points that have low and high. */
  const whiskers = {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      if (chart.config.type === 'line') return;
      const { ctx, scales } = chart;
      ctx.save();
      ctx.strokeStyle = css('--ink');
      ctx.lineWidth = 1.3;
      chart.data.datasets.forEach((set, s) => chart.getDatasetMeta(s).data.forEach((element, i) => {
        const point = set.data[i];
        if (!chart.isDatasetVisible(s) || typeof point.low !== 'number') return;
        const low = scales.y.getPixelForValue(point.low);
        const high = scales.y.getPixelForValue(point.high);
        ctx.beginPath();
        ctx.moveTo(element.x, low);
        ctx.lineTo(element.x, high);
        for (const y of [low, high]) { ctx.moveTo(element.x - 3.5, y); ctx.lineTo(element.x + 3.5, y); }
        ctx.stroke();
      }));
      ctx.restore();
    },
  };

  function common(share) {
    const shown = (item) => item.text !== '';
    return {
      animation: false, responsive: true, maintainAspectRatio: false, share,
      plugins: {
        legend: { labels: { color: css('--ink'), filter: shown, usePointStyle: true, boxWidth: 34, boxHeight: 8, padding: 12 } },
        tooltip: {
          filter: (item) => item.dataset.label !== '',
          callbacks: { label: (c) => c.dataset.label + ': ' + words(c.raw, share) },
        },
      },
    };
  }

  /** A line, and where its points have an interval a band. */
  function line(series) {
    const { color, dash } = style(series.index);
    const points = series.points;
    const hidden = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, label: '', backgroundColor: color + '26' };
    const spread = points.some((p) => typeof p.low === 'number' && p.low !== p.high);
    const ends = (field) => points.map((p) => ({ x: p.x, y: typeof p[field] === 'number' ? p[field] : p.mean }));
    return [
      ...(spread ? [Object.assign({ data: ends('low'), fill: false }, hidden), Object.assign({ data: ends('high'), fill: '-1' }, hidden)] : []),
      { label: series.name, data: points.map((p) => ({ x: p.x, y: p.mean, low: p.low, high: p.high })), borderColor: color,
        backgroundColor: color, borderWidth: 2.2, borderDash: dash, pointStyle: 'line', pointRadius: 0, pointHoverRadius: 4,
        ...(points.length < 14 ? { pointStyle: 'circle', pointRadius: 3 } : {}) },
    ];
  }

  /** Lines over x; each series has name, index and points of x, mean, low and high. */
  function lines(series, xTitle, yTitle, share, extra) {
    const options = common(share);
    options.parsing = false;
    options.interaction = { mode: 'nearest', axis: 'x', intersect: false };
    options.scales = {
      x: axis(xTitle, false, Object.assign({ type: 'linear' }, (extra || {}).x)),
      y: axis(yTitle, share, Object.assign({ beginAtZero: true }, (extra || {}).y)),
    };
    options.scales.x.ticks.precision = 0;
    options.plugins.legend.labels.generateLabels = (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart)
      .map((item) => Object.assign(item, { pointStyle: 'line', lineWidth: 2.4 }));
    return { type: 'line', share, xTitle, data: { datasets: series.flatMap(line) }, options };
  }

  /** Bars in groups; each series has name, index and one point of y, low and high for each label. */
  function bars(labels, series, yTitle, range) {
    const options = common(true);
    options.scales = {
      x: axis('', false, { grid: { display: false }, ticks: { autoSkip: false } }),
      y: axis(yTitle, true, Object.assign({ beginAtZero: true }, range)),
    };
    options.plugins.tooltip.callbacks.title = (items) => labels[items[0].dataIndex];
    const data = (s) => s.points.map((p, x) => Object.assign({ x }, p));
    options.scales.y.suggestedMax = Math.max(0, ...series.flatMap((s) => s.points.map((p) => p.high || p.y)));
    return {
      type: 'bar', share: true, xTitle: '', labels,
      data: { labels: labels.map(wrapped), datasets: series.map((s) => ({ label: s.name, backgroundColor: style(s.index).color, data: data(s) })) },
      options,
    };
  }

  /** A label in lines that fit below a group of bars on a telephone. */
  function wrapped(label) {
    return label.split(' ').reduce((lines, word) => {
      const last = lines.length - 1;
      return last >= 0 && (lines[last] + word).length < 12 ? [...lines.slice(0, last), lines[last] + ' ' + word] : [...lines, word];
    }, []);
  }

  /** One point a series. */
  function points(series, xTitle, yTitle) {
    const options = common(true);
    options.scales = { x: axis(xTitle, false, { beginAtZero: true }), y: axis(yTitle, true, { min: 0, max: 1 }) };
    return {
      type: 'scatter', share: true, xTitle,
      data: { datasets: series.map((s) => ({ label: s.name, data: s.points, backgroundColor: style(s.index).color,
        borderColor: style(s.index).color, pointStyle: style(s.index).shape, pointRadius: 7, pointHoverRadius: 9, borderWidth: 2 })) },
      options,
    };
  }

  function draw(id, config) {
    const canvas = document.getElementById(id);
    if (!canvas) return;
    const old = charts.get(id);
    if (old) old.chart.destroy();
    const made = config();
    const figure = canvas.closest('figure');
    const empty = made.data.datasets.every((set) => set.data.length === 0);
    figure.classList.toggle('empty', empty);
    const chart = new Chart(canvas, { type: made.type, data: made.data, options: made.options, plugins: [whiskers] });
    charts.set(id, { chart, config });
    canvas.dataset.drawn = 'true';
    if (!old) canvas.addEventListener('keydown', (event) => walk(charts.get(id).chart, event));
    table(figure, made);
    document.documentElement.dataset.charts = String(charts.size);
  }

  /** Left and right along the points, up and down among the series; Escape ends it. */
  function walk(chart, event) {
    const named = chart.data.datasets.map((set, s) => s).filter((s) => chart.data.datasets[s].label !== '' && chart.isDatasetVisible(s));
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1e9], End: [0, 1e9] };
    if (event.key === 'Escape') { chart.tooltip.setActiveElements([], { x: 0, y: 0 }); chart.setActiveElements([]); chart.update(); return; }
    const move = moves[event.key];
    if (!move || named.length === 0) return;
    event.preventDefault();
    const at = chart.getActiveElements()[0];
    let s = Math.max(0, at ? named.indexOf(at.datasetIndex) : 0);
    s = (s + move[0] + named.length) % named.length;
    const last = chart.data.datasets[named[s]].data.length - 1;
    const index = at ? Math.min(last, Math.max(0, at.index + move[1])) : move[1] > 1 ? last : 0;
    const active = [{ datasetIndex: named[s], index }];
    const element = chart.getDatasetMeta(named[s]).data[index];
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: element.x, y: element.y });
    chart.update();
    const set = chart.data.datasets[named[s]];
    const where = chart.config.type === 'bar' ? chart.data.labels[index].join(' ') : `${chart.options.scales.x.title.text} ${number(set.data[index].x)}`;
    say(`${set.label}, ${where}: ${words(set.data[index], chart.options.share)}`);
  }

  /** For those who listen to the page. */
  function say(text) {
    let status = document.getElementById('said-point');
    if (!status) {
      status = document.createElement('p');
      status.id = 'said-point';
      status.className = 'unseen';
      status.setAttribute('role', 'status');
      document.body.append(status);
    }
    status.textContent = text;
  }

  /** What a chart shows, to be read and copied. */
  function table(figure, made) {
    const details = figure.querySelector('details.numbers');
    if (!details) return;
    const sets = made.data.datasets.filter((set) => set.label !== '');
    const rows = new Map();
    sets.forEach((set, s) => set.data.forEach((point, i) => {
      const key = made.labels ? made.labels[i] : made.type === 'scatter' ? number(point.x) : point.x;
      if (!rows.has(key)) rows.set(key, sets.map(() => ''));
      rows.get(key)[s] = words(point, made.share);
    }));
    const keys = [...rows.keys()];
    if (keys.every((k) => typeof k === 'number')) keys.sort((a, b) => a - b);
    const node = (tag, text) => { const n = document.createElement(tag); n.textContent = text; return n; };
    const html = document.createElement('table');
    const head = html.createTHead().insertRow();
    head.append(node('th', made.xTitle), ...sets.map((set) => node('th', set.label)));
    const body = html.createTBody();
    for (const key of keys) body.insertRow().append(node('th', String(key)), ...rows.get(key).map((text) => node('td', text)));
    html.querySelectorAll('thead th').forEach((th) => { th.scope = 'col'; });
    html.querySelectorAll('tbody th').forEach((th) => { th.scope = 'row'; });
    const scroll = document.createElement('div');
    scroll.className = 'scroll';
    scroll.tabIndex = 0;
    scroll.append(html);
    details.replaceChildren(details.querySelector('summary'), scroll);
  }

  /** All charts again, in the colours that hold now. */
  function again() {
    for (const [id, { config }] of [...charts]) draw(id, config);
  }

  /** On paper a chart is a picture of a fixed form, which style.css fits to its column. */
  function print() {
    document.documentElement.dataset.print = '';
    again();
    for (const { chart } of charts.values()) {
      chart.options.responsive = false;
      chart.options.devicePixelRatio = 3;
      chart.resize(380, 240);
    }
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  addEventListener('beforeprint', print);
  addEventListener('afterprint', () => { delete document.documentElement.dataset.print; again(); });
  return { lines, bars, points, draw, percent, number };
})();
