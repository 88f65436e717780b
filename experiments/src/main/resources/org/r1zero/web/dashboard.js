'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  /** What each chart shows: how to read it, its axis, and whether it is a share. */
  const fields = {
    reward: [(m) => m.reward, 'mean reward', false],
    accuracy: [(m) => m.accuracy, 'share of rollouts right', true],
    heldout: [(m) => m['eval/pass1_sampled'], 'share of answers right', true],
    length: [(m) => m['completions/mean_length'], 'tokens per rollout', false],
    entropy: [(m) => m.entropy, 'entropy (nats per token)', false],
    metric: [(m) => m[$('metric').value], '', false],
  };
  const inputs = ['other', 'smooth', 'metric', 'step', 'beside', 'verdict', 'min', 'max', 'text'];
  const SERIES = 8; // colours that can be told apart
  let listed = [];
  let total = 0;
  let selected = '';
  let page = 1;
  let newest = 0;
  let drawn = '';
  const opened = new Map();

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

  const flat = (runs) => runs.flatMap((run) => [run, ...flat(run.children || [])]);
  const known = (name) => flat(listed).find((run) => run.name === name);

  /** The runs whose curves stand for one: its own, its stages', or the last stage of each arm. */
  function series(run) {
    if (!run) return [];
    if (!(run.children || []).length) return run.metrics ? [run] : [];
    if (run.kind === 'pipeline') return run.children.filter((child) => child.metrics);
    return run.children.map((arm) => {
      const stages = series(arm);
      const last = stages.filter((stage) => 'accuracy' in stage).pop() || stages[stages.length - 1];
      return last && Object.assign({}, last, { title: arm.title });
    }).filter(Boolean);
  }

  /** What the list and the charts are of, in the address: a link or a reload shows the same. */
  function remember(push) {
    const query = new URLSearchParams();
    if (selected) query.set('run', selected);
    for (const id of inputs) {
      const standard = id === 'smooth' ? '1' : id === 'metric' ? $('metric').dataset.standard || '' : '';
      if ($(id).value && $(id).value !== standard) query.set(id, $(id).value);
    }
    if (page > 1) query.set('page', page);
    if (new URLSearchParams(location.search).has('still')) query.set('still', '');
    const address = '?' + query;
    if (address !== location.search) history[push ? 'pushState' : 'replaceState'](null, '', address);
  }

  function recall() {
    const query = new URLSearchParams(location.search);
    selected = known(query.get('run')) ? query.get('run') : '';
    for (const id of inputs) {
      const value = query.get(id) || (id === 'smooth' ? '1' : '');
      if ($(id).tagName === 'SELECT' && value && ![...$(id).options].some((o) => o.value === value)) $(id).append(new Option(value, value));
      if (id !== 'metric' || value) $(id).value = value;
    }
    page = Number(query.get('page')) || 1;
    if (!selected) selected = standard();
  }

  /** What is opened where nobody chose: what runs and wrote last, else the newest. */
  function standard() {
    const running = flat(listed).filter((run) => run.status === 'running' && !(run.children || []).length);
    running.sort((a, b) => b.written.localeCompare(a.written));
    return (running[0] || listed[0] || { name: '' }).name;
  }

  /** Each point the mean of the steps around it. */
  function smooth(points) {
    const side = Math.floor(Math.max(1, Number($('smooth').value) || 1) / 2);
    return points.map((p, i) => {
      const near = points.slice(Math.max(0, i - side), i + side + 1);
      return { x: p.x, mean: near.reduce((sum, q) => sum + q.mean, 0) / near.length };
    });
  }

  function ago(run) {
    const minutes = Math.round((Date.now() - Date.parse(run.written)) / 60000);
    return minutes < 1 ? 'just now' : minutes < 120 ? `${minutes} min ago` : minutes < 2880 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} days ago`;
  }

  /** A run that was killed goes on saying that it runs: when it last wrote tells. */
  function state(run) {
    const silent = run.status === 'running' && Date.now() - Date.parse(run.written) > 15 * 60000;
    return (silent ? 'running? silent since ' + ago(run) : run.status).slice(0, 120);
  }

  function short(run) {
    const step = run.step ? `step ${run.step}${run.steps ? '/' + run.steps : ''}` : '';
    const accuracy = 'accuracy' in run ? `accuracy ${R1.percent(run.accuracy)}` : '';
    const what = run.kind === 'run' ? '' : run.kind === 'stage' ? run.recipe : run.kind;
    const recipe = run.kind !== 'stage' && run.recipe ? `recipe ${run.recipe}` : '';
    return [what, step, accuracy, recipe, run.model].filter(Boolean).join(', ');
  }

  function item(run) {
    const node = element('li');
    const button = element('button', 'run');
    button.type = 'button';
    if (run.name === selected) button.setAttribute('aria-current', 'true');
    const words = state(run);
    button.append(element('strong', '', run.title), ' ', element('span', 'tag ' + (words === 'running' ? 'differs' : words === 'done' ? 'good' : words.startsWith('failed') ? 'bad' : 'noise'), words.split(':')[0]), element('span', 'line soft', short(run)));
    button.addEventListener('click', () => select(run.name));
    node.append(button);
    if ((run.children || []).length) {
      const details = element('details');
      const holds = flat(run.children).some((r) => r.name === selected || r.status === 'running');
      details.open = opened.has(run.name) ? opened.get(run.name) : holds || run.name === selected;
      details.append(element('summary', 'soft', `${run.children.length} ${run.kind === 'comparison' ? 'training' : 'stage'}${run.children.length === 1 ? '' : 's'}`));
      details.querySelector('summary').addEventListener('click', () => opened.set(run.name, !details.open));
      const inside = element('ul');
      inside.append(...run.children.map(item));
      details.append(inside);
      node.append(details);
    }
    return node;
  }

  function list() {
    const all = element('ul');
    all.append(...listed.map(item));
    const focused = document.activeElement && document.activeElement.classList.contains('run');
    $('runs').replaceChildren(all);
    if (total > listed.length) $('runs').append(element('p', 'soft', `The newest ${listed.length} of ${total}: open a narrower folder to see others.`));
    if (focused) $('runs').querySelector('[aria-current]')?.focus();
  }

  function select(name) {
    selected = name;
    page = 1;
    for (const id of ['step', 'beside']) $(id).value = '';
    list();
    remember(true);
    all();
  }

  const numbers = (metrics, of) => metrics.map((m) => ({ x: m.step, mean: of(m) })).filter((p) => Number.isFinite(p.x) && Number.isFinite(p.mean));

  async function curves() {
    const run = known(selected);
    const other = known($('other').value);
    const own = series(run);
    const runs = [...own, ...series(other)];
    const shown = runs.slice(0, SERIES);
    const metrics = await Promise.all(shown.map((r) => get('/api/metrics', { run: r.name })));
    if (known(selected) !== run) return; // chosen anew meanwhile
    const keys = new Set(metrics.flat().flatMap((m) => Object.keys(m)).filter((k) => k !== 'step' && k !== 'accuracy'));
    const chosen = $('metric').value;
    options($('metric'), [...keys].sort());
    $('metric').dataset.standard = ['grad_norm', 'loss'].find((k) => keys.has(k)) || '';
    if (!keys.has(chosen) && $('metric').dataset.standard) $('metric').value = $('metric').dataset.standard;
    for (const [id, [of, title, share]] of Object.entries(fields)) {
      const lines = shown.map((r, i) => ({ name: r.title, index: 1 + (i % 7), points: smooth(numbers(metrics[i], of)) }));
      if (id === 'heldout') $('c-heldout').closest('figure').hidden = !keys.has('eval/pass1_sampled');
      R1.draw('c-' + id, () => R1.lines(lines.filter((s) => s.points.length), 'step', title || $('metric').value, share, { y: { beginAtZero: share } }));
    }
    const last = own.filter((r) => 'accuracy' in r).pop() || own[own.length - 1];
    newest = last ? Number(last.step) || 0 : 0;
    $('step').max = $('beside').max = newest || 1;
    $('title').textContent = run ? run.title : 'No run yet';
    $('main').classList.toggle('none', !run);
    document.title = run ? `${run.title} – r1zero` : 'r1zero runs';
    $('headline').textContent = (run && run.headline) || '';
    const more = runs.length > shown.length ? `the first ${shown.length} of ${runs.length} curves are drawn` : '';
    const about = (r) => [`${r.name}: ${state(r)}`, short(r), `started ${r.started.slice(0, 16).replace('T', ' ')} UTC`, `written ${ago(r)}`, r === run ? more : ''].filter(Boolean).join(', ');
    $('about').replaceChildren(...[run, other].filter(Boolean).map((r) => element('span', 'line', about(r))));
    if (!run) $('about').textContent = 'This folder holds no runs. A training that writes into it appears here by itself.';
    return last;
  }

  /** Evaluations of the run, its stages or its arms, and the recipe. */
  async function about() {
    const run = known(selected);
    if (!run) return;
    const runs = [run, ...series(run).filter((r) => r.name !== run.name)].slice(0, SERIES + 1);
    const known_ = await Promise.all(runs.map((r) => get('/api/about', { run: r.name })));
    const rows = known_.flatMap((of, i) => Object.entries(of.evaluations).map(([when, e]) => [
      i === 0 ? when : `${runs[i].title}, ${when}`, 'problems' in e ? `${e.text}, ${e.problems} problems` : e.text]));
    if (!rows.length) {
      $('evaluation').replaceChildren(element('p', 'soft', run.status === 'running' ? 'Not evaluated yet.' : 'Not evaluated.'));
    } else {
      const table = element('table');
      const panel = element('div', 'panel scroll');
      panel.tabIndex = 0;
      table.append(element('caption', '', 'Accuracy with its 95 % interval'));
      const body = table.createTBody();
      for (const [what, value] of rows) {
        const row = body.insertRow();
        const head = element('th', '', what);
        head.scope = 'row';
        row.append(head, element('td', 'text', value));
      }
      panel.append(table);
      $('evaluation').replaceChildren(panel);
    }
    $('recipe').textContent = known_[0].recipe || known_.map((k) => k.recipe).filter(Boolean).pop() || 'No recipe.';
  }

  function card(rollout) {
    const node = element('article', 'panel trace ' + (rollout.right ? 'right' : 'wrong'));
    node.append(element('span', 'tag ' + (rollout.right ? 'good' : 'bad'), rollout.right ? '✓ right' : '✗ wrong'));
    const cut = rollout.finish_reason === 'length' ? ', cut off' : '';
    node.append(element('span', 'soft', ` reward ${R1.number(rollout.reward)}, ${rollout.tokens} tokens${cut}`));
    node.append(element('div', 'said', rollout.completion));
    const why = element('ul', 'verdicts');
    for (const [name, v] of Object.entries(rollout.verdicts || {})) {
      const entry = element('li', '');
      entry.append(element('span', v.outcome === 'correct' ? 'good' : 'bad', (v.outcome === 'correct' ? '✓ ' : '✗ ') + name));
      entry.append(` ${R1.number(v.score)} (${v.outcome}) ${v.reason}`);
      why.append(entry);
    }
    node.append(why);
    return node;
  }

  function group(problem) {
    const node = element('section', 'problem');
    node.append(element('h5', '', `${problem.right} of ${problem.count} right, gold ${problem.gold}`), element('pre', '', problem.prompt));
    const cards = element('div', 'traces');
    cards.append(...problem.rollouts.map(card));
    node.append(cards);
    return node;
  }

  async function side(target, run, step) {
    if (!run || !step) { $(target).replaceChildren(); return null; }
    const query = { run: run.name, step, page, verdict: $('verdict').value, min: $('min').value, max: $('max').value, text: $('text').value };
    const answer = await get('/api/rollouts', query);
    $(target).replaceChildren(element('h4', '', `${run.title}, step ${step}`), ...answer.groups.map(group));
    if (!answer.groups.length) $(target).append(element('p', 'soft', 'No rollouts of this step match.'));
    return answer;
  }

  const within = (step) => (step === '' ? '' : Math.min(newest, Math.max(1, Number(step))));

  async function rollouts(run) {
    const compared = series(known($('other').value)).pop();
    if ($('step').value !== '') $('step').value = within($('step').value);
    const step = $('step').value === '' ? newest : Number($('step').value);
    const besides = $('beside').value !== '' ? Number(within($('beside').value)) : compared ? step : 0;
    const left = await side('left', run, step);
    const right = await side('right', compared || run, besides);
    document.querySelector('.beside').classList.toggle('two', Boolean(right));
    const pages = Math.max(left ? left.pages : 1, right ? right.pages : 1);
    page = Math.min(page, pages);
    $('before-page').disabled = page <= 1;
    $('next-page').disabled = page >= pages;
    $('before-page').hidden = $('next-page').hidden = pages < 2;
    const words = (a) => `${a.matches} rollouts of ${a.problems} problems${a.pages > 1 ? `, page ${a.page} of ${a.pages}` : ''}`;
    $('count').textContent = [left && words(left), right && 'beside: ' + words(right)].filter(Boolean).join('; ');
    drawn = `${selected} ${step}`;
  }

  const guarded = (work) => () => work().catch((fault) => { $('state').textContent = 'error: ' + fault.message; });
  const all = guarded(async () => { const last = await curves(); await Promise.all([rollouts(last), about()]); remember(false); });
  const shown = guarded(async () => { const last = await curves(); await rollouts(last); remember(false); });
  const move = (by) => () => { $('step').value = within(String(Number($('step').value || newest) + by)); page = 1; shown(); };
  const turn = (by) => () => { page += by; shown(); };

  $('other').addEventListener('change', all);
  for (const id of ['metric', 'smooth']) $(id).addEventListener('change', guarded(async () => { await curves(); remember(false); }));
  $('choice').addEventListener('submit', (event) => event.preventDefault());
  $('earlier').addEventListener('click', move(-1));
  $('later').addEventListener('click', move(1));
  $('before-page').addEventListener('click', turn(-1));
  $('next-page').addEventListener('click', turn(1));
  $('verdict').addEventListener('change', () => { page = 1; shown(); });
  $('filter').addEventListener('submit', (event) => { event.preventDefault(); page = 1; shown(); });
  addEventListener('popstate', () => { recall(); list(); all(); });

  let first = true;
  function renew(text, how) {
    const now = JSON.parse(text);
    const before = known(selected);
    listed = now.runs;
    total = now.count;
    options($('other'), flat(listed).filter((r) => series(r).length).map((r) => r.name), 'none');
    $('state').textContent = `${total} ${total === 1 ? 'run' : 'runs'}, ${now.running} running, ${how}`;
    if (first || !known(selected)) { recall(); list(); first = false; return all(); }
    list();
    if (JSON.stringify(before) === JSON.stringify(known(selected))) return null;
    return guarded(async () => {
      const last = await curves();
      if ($('step').value === '' && drawn !== `${selected} ${newest}`) await rollouts(last);
      await about();
    })();
  }

  if (new URLSearchParams(location.search).has('still')) {
    guarded(async () => renew(JSON.stringify(await get('/api/runs', {})), 'still'))();
  } else {
    const events = new EventSource('/api/events');
    events.addEventListener('runs', (event) => { if (event.data) renew(event.data, 'live'); });
    events.onerror = () => { $('state').textContent = 'the server does not answer; trying again'; };
  }
})();
