'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const right = (m) => {
    const k = Object.keys(m).find((n) => /^rewards\/.*\/correct$/.test(n) && !/\/(format|language|length|repetition)\//.test(n));
    return k && m[k];
  };
  /** What each chart shows: how to read it, its axis, and whether it is a share. */
  const fields = {
    reward: [(m) => m.reward, 'mean reward', false],
    accuracy: [right, 'share of rollouts right', true],
    length: [(m) => m['completions/mean_length'], 'tokens a rollout', false],
    entropy: [(m) => m.entropy, 'entropy (nats a token)', false],
    metric: [(m) => m[$('metric').value], '', false],
  };
  const asked = new URLSearchParams(location.search); // run, other, step and beside, as a link may name them
  let runs = [];
  let shown = false;

  async function get(path, query) {
    const answer = await fetch(path + '?' + new URLSearchParams(query));
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  /** All text of a model goes through textContent: it can't become markup. */
  function element(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function options(select, names, first) {
    const old = select.value;
    if (names.length === select.length - (first ? 1 : 0) && names.every((n, i) => select.options[i + (first ? 1 : 0)].value === n)) return;
    select.replaceChildren(...(first ? [new Option(first, '')] : []), ...names.map((n) => new Option(n, n)));
    if (names.includes(old)) select.value = old;
  }

  /** Each point the mean of the steps around it. */
  function smooth(points) {
    const side = Math.floor(Math.max(1, Number($('smooth').value) || 1) / 2);
    return points.map((p, i) => {
      const near = points.slice(Math.max(0, i - side), i + side + 1);
      return { x: p.x, mean: near.reduce((sum, q) => sum + q.mean, 0) / near.length };
    });
  }

  /** Names without the folders that all of them are in. */
  function short(names) {
    const parts = names.map((n) => n.split('/'));
    let same = 0;
    while (parts.every((p) => p.length > same + 1 && p[same] === parts[0][same])) same++;
    return parts.map((p) => p.slice(same).join('/'));
  }

  const numbers = (metrics, of) => metrics.map((m) => ({ x: m.step, mean: of(m) })).filter((p) => typeof p.mean === 'number');

  async function curves() {
    const names = [$('run').value, $('other').value].filter(Boolean);
    const metrics = await Promise.all(names.map((run) => get('/api/metrics', { run })));
    const keys = new Set(metrics.flat().flatMap((m) => Object.keys(m)).filter((k) => k !== 'step'));
    const chosen = $('metric').value;
    options($('metric'), [...keys].sort());
    if (chosen === '') $('metric').value = ['grad_norm', 'loss'].find((k) => keys.has(k)) || $('metric').value;
    for (const [id, [of, title, share]] of Object.entries(fields)) {
      const series = short(names).map((name, i) => ({ name, index: 1 + i, points: smooth(numbers(metrics[i], of)) }));
      R1.draw('c-' + id, () => R1.lines(series.filter((s) => s.points.length), 'step', title || $('metric').value, share, { y: { beginAtZero: share } }));
    }
    const steps = metrics.map((m) => (m.length ? m[m.length - 1].step : 0));
    const about = (name, i) => {
      const run = runs.find((r) => r.name === name) || {};
      const minutes = run.written ? Math.round((Date.now() - Date.parse(run.written)) / 60000) : NaN;
      const ago = Number.isNaN(minutes) ? '' : minutes < 1 ? ', written just now' : `, written ${minutes < 120 ? minutes + ' min' : Math.round(minutes / 60) + ' h'} ago`;
      return `${name}: ${run.status}${run.started ? ', started ' + run.started.slice(0, 16).replace('T', ' ') + ' UTC' : ''}, newest step ${steps[i]}${ago}`;
    };
    $('about').replaceChildren(...names.map((name, i) => element('span', 'line', about(name, i))));
    $('step').max = $('beside').max = steps.length ? Math.max(...steps) : 0;
    if ($('step').value === '') $('step').value = steps.length ? steps[0] : 0;
  }

  function card(rollout) {
    const verdicts = Object.entries(rollout.verdicts || {});
    const isRight = verdicts.length > 0 && verdicts[0][1].outcome === 'correct';
    const node = element('article', 'panel trace ' + (isRight ? 'right' : 'wrong'));
    node.append(element('span', 'tag ' + (isRight ? 'good' : 'bad'), isRight ? '✓ right' : '✗ wrong'));
    const cut = rollout.finish_reason === 'length' ? ', cut off' : '';
    node.append(element('span', 'soft', ` reward ${R1.number(rollout.reward)}, ${rollout.tokens} tokens${cut}, gold ${rollout.gold}`));
    node.append(element('pre', '', rollout.prompt), element('div', 'said', rollout.completion));
    const why = element('ul', 'verdicts');
    for (const [name, v] of verdicts) {
      const item = element('li', '');
      item.append(element('span', v.outcome === 'correct' ? 'good' : 'bad', (v.outcome === 'correct' ? '✓ ' : '✗ ') + name));
      item.append(` ${R1.number(v.score)} (${v.outcome}) ${v.reason}`);
      why.append(item);
    }
    node.append(why);
    return node;
  }

  async function side(target, run, step) {
    if (!run || step === '') { $(target).replaceChildren(); return null; }
    const query = { run, step, verdict: $('verdict').value, min: $('min').value, max: $('max').value, text: $('text').value };
    const answer = await get('/api/rollouts', query);
    $(target).replaceChildren(element('h3', '', `${run}, step ${step}`), ...answer.rollouts.map(card));
    if (!answer.rollouts.length) $(target).append(element('p', 'soft', 'No rollout of this step is like that.'));
    return `${answer.matches} rollouts${answer.rollouts.length < answer.matches ? `, the first ${answer.rollouts.length} shown` : ''}`;
  }

  async function rollouts() {
    const other = $('other').value;
    const beside = $('beside').value;
    const left = await side('left', $('run').value, $('step').value || '0');
    const besides = await side('right', other || $('run').value, beside !== '' ? beside : other ? $('step').value : '');
    $('count').textContent = [left, besides && 'beside: ' + besides].filter(Boolean).join('; ');
  }

  const guarded = (work) => () => work().catch((fault) => { $('state').textContent = 'error: ' + fault.message; });
  const all = guarded(async () => { await curves(); await rollouts(); });
  const move = (by) => () => {
    $('step').value = Math.min(Number($('step').max), Math.max(0, Number($('step').value) + by));
    guarded(rollouts)();
  };

  $('run').addEventListener('change', () => { $('step').value = ''; all(); });
  $('other').addEventListener('change', all);
  for (const id of ['metric', 'smooth']) $(id).addEventListener('change', guarded(curves));
  $('choice').addEventListener('submit', (event) => event.preventDefault());
  $('earlier').addEventListener('click', move(-1));
  $('later').addEventListener('click', move(1));
  $('filter').addEventListener('submit', (event) => { event.preventDefault(); guarded(rollouts)(); });

  function renew(text, how) {
    runs = JSON.parse(text);
    options($('run'), runs.map((r) => r.name));
    options($('other'), runs.map((r) => r.name), 'none');
    const running = runs.filter((r) => r.status === 'running').length;
    $('state').textContent = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}, ${running} running, ${how}`;
    const first = !shown;
    shown = true;
    if (first) for (const id of ['run', 'other', 'step', 'beside']) if (asked.has(id)) $(id).value = asked.get(id);
    return first ? all() : guarded(curves)();
  }

  if (asked.has('still')) {
    guarded(async () => renew(JSON.stringify(await get('/api/runs', {})), 'still'))();
  } else {
    const events = new EventSource('/api/events');
    events.addEventListener('runs', (event) => { if (event.data) renew(event.data, 'live'); });
    events.onerror = () => { $('state').textContent = 'the server does not answer; trying again'; };
  }
})();
