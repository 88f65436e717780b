'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const charts = {};
  const fields = {
    reward: (m) => m.reward,
    accuracy: (m) => { const k = Object.keys(m).find((n) => /^rewards\/.*\/correct$/.test(n)
      && !/\/(format|language|length|repetition)\//.test(n)); return k && m[k]; },
    length: (m) => m['completions/mean_length'],
    entropy: (m) => m.entropy,
  };
  let shown = '';

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
    select.replaceChildren(...(first ? [new Option(first, '')] : []), ...names.map((n) => new Option(n, n)));
    if (names.includes(old)) select.value = old;
  }

  function chart(id, series) {
    if (charts[id]) charts[id].destroy();
    const axis = () => ({ ticks: { color: css('--soft') }, grid: { color: css('--line') } });
    charts[id] = new Chart($('c-' + id), {
      type: 'line',
      data: { datasets: series.map((s, i) => ({ label: s.name, data: s.points, borderColor: css('--s' + (i + 1)),
        backgroundColor: css('--s' + (i + 1)), borderDash: i ? [6, 3] : [], borderWidth: 2, pointRadius: s.points.length < 30 ? 2.5 : 0 })) },
      options: { animation: false, responsive: true, maintainAspectRatio: false, parsing: false,
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: { x: Object.assign({ type: 'linear', title: { display: true, text: 'step', color: css('--soft') } }, axis()), y: axis() },
        plugins: { legend: { display: series.length > 1, labels: { color: css('--ink') } } } },
    });
  }

  async function curves() {
    const runs = [$('run').value, $('other').value].filter(Boolean);
    const metrics = await Promise.all(runs.map((run) => get('/api/metrics', { run })));
    for (const [id, of] of Object.entries(fields)) {
      chart(id, runs.map((name, i) => ({ name, points: metrics[i].map((m) => ({ x: m.step, y: of(m) })).filter((p) => typeof p.y === 'number') })));
    }
    document.documentElement.dataset.charts = String(Object.keys(charts).length);
  }

  function card(rollout) {
    const verdicts = Object.entries(rollout.verdicts || {});
    const right = verdicts.length > 0 && verdicts[0][1].outcome === 'correct';
    const node = element('article', 'panel trace ' + (right ? 'right' : 'wrong'));
    node.append(element('span', 'tag ' + (right ? 'good' : 'bad'), right ? '✓ right' : '✗ wrong'));
    node.append(element('span', 'soft', ` reward ${rollout.reward}, ${rollout.tokens} tokens, gold ${rollout.gold}`));
    node.append(element('pre', '', rollout.prompt), element('div', 'said', rollout.completion));
    const why = element('details');
    why.append(element('summary', '', 'verdicts'));
    for (const [name, v] of verdicts) why.append(element('p', 'soft', `${name}: ${v.score} (${v.outcome}) ${v.reason}`));
    node.append(why);
    return node;
  }

  async function side(target, run, step) {
    if (!run || step === '') { $(target).replaceChildren(); return 0; }
    const query = { run, step, verdict: $('verdict').value, min: $('min').value, max: $('max').value, text: $('text').value };
    const answer = await get('/api/rollouts', query);
    $(target).replaceChildren(element('h3', '', `${run}, step ${step}`), ...answer.rollouts.map(card));
    return answer.matches;
  }

  async function rollouts() {
    const other = $('other').value;
    const beside = $('beside').value;
    const left = await side('left', $('run').value, $('step').value || '0');
    const right = await side('right', other || $('run').value, beside !== '' ? beside : other ? $('step').value : '');
    $('count').textContent = `${left} rollouts${right ? `, ${right} beside` : ''}`;
  }

  const guarded = (work) => () => work().catch((fault) => { $('state').textContent = 'error: ' + fault.message; });
  const all = guarded(async () => { await curves(); await rollouts(); });

  $('run').addEventListener('change', all);
  $('other').addEventListener('change', all);
  $('filter').addEventListener('submit', (event) => { event.preventDefault(); guarded(rollouts)(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', guarded(curves));

  function renew(text, how) {
    const runs = JSON.parse(text);
    options($('run'), runs.map((r) => r.name));
    options($('other'), runs.map((r) => r.name), 'none');
    const running = runs.filter((r) => r.status === 'running').length;
    $('state').textContent = `${runs.length} runs, ${running} running, ${how}`;
    const first = shown === '';
    shown = text;
    return first ? all() : guarded(curves)();
  }

  if (new URLSearchParams(location.search).has('still')) {
    guarded(async () => renew(JSON.stringify(await get('/api/runs', {})), 'still'))();
  } else {
    const events = new EventSource('/api/events');
    events.addEventListener('runs', (event) => { if (event.data) renew(event.data, 'live'); });
    events.onerror = () => { $('state').textContent = 'the server does not answer; trying again'; };
  }
})();
