'use strict';
// The live page. It asks /status now and then and works everything else out here, so that the JVM has little to do. Nothing
// is ever made of HTML text: all that is shown goes through textContent.
(() => {
  const BUCKETS = 60, BUCKET_SECONDS = 5, MINUTE = 12, EVERY_MS = 2000, GIVE_UP_MS = 8000;
  const ROWS = 50, LANES = 20, TRANSITIONS = 50, REMEMBERED = 2000, OFFERED = 200;
  const RESULTS = {
    first_try: 'good at the first try', saved_by_retry: 'saved by retry', saved_by_fallback: 'saved by fallback', failed: 'failed',
    hedged: 'answered by the hedge', good_after_timeout: 'good after a time-out', answered_by_fallback: 'fallback, origin unknown',
    timed_out: 'timed out by Holdfast', rejected: 'rejected by Holdfast',
  };
  const METRICS = [...Object.keys(RESULTS), 'retries', 'delay_seconds', 'fallbacks'];
  const [FIRST, RETRY, FALLBACK, FAILED, HEDGED, LATER, UNKNOWN, TIMED_OUT, REJECTED, RETRIES, DELAY, FALLBACKS] = METRICS.keys();
  // The colours of the chart, from below, and the results that they stand for.
  const PAINT = {
    first: [FIRST], retry: [RETRY, HEDGED, LATER], fallback: [FALLBACK, UNKNOWN], failed: [FAILED], timedout: [TIMED_OUT], rejected: [REJECTED],
  };
  const PAINTED = Object.values(PAINT);
  const SVG = 'http://www.w3.org/2000/svg';
  const STATES = { closed: 'closed', open: 'open', half_open: 'half-open' };
  const SHAPES = { closed: '●', open: '■', half_open: '▲' };

  const $ = id => document.getElementById(id);
  const state = {
    status: null, rows: new Map(), total: null, sort: 'state', up: false, limit: ROWS, open: new Set(), lost: 0, order: [],
    transitions: new Map(), revision: '', announced: '', gaps: '', fresh: true, asleep: false,
  };

  // --- small tools -------------------------------------------------------------------------------------------------

  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? '' : value);
    }
    made.append(...children);
    return made;
  }

  function svg(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  /** Writes only what changes: a reader's selection and a screen reader's place stay. */
  function say(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  const count = n => whole.format(n);
  const plural = n => (Math.round(n) === 1 ? 'call' : 'calls');
  const perSecond = n => (n >= 10000 ? (n / 1000).toFixed(1) + 'k' : n >= 100 ? n.toFixed(0) : n.toFixed(1));
  /** Rounded down, so that 100 % is said of nothing less. */
  const percent = share => (Number.isNaN(share) ? '–' : (Math.floor(share * 1000 + 1e-9) / 10).toFixed(share === 1 ? 0 : 1) + ' %');
  const clock = millis => new Date(millis).toLocaleTimeString('en-GB');
  const sum = object => Object.values(object).reduce((a, b) => a + b, 0);

  function time(seconds) {
    if (seconds < 0.0005) return '0 ms';
    if (seconds < 1) return (seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0) + ' ms';
    if (seconds < 120) return seconds.toFixed(seconds < 10 ? 1 : 0) + ' s';
    if (seconds < 7200) return Math.round(seconds / 60) + ' min';
    return seconds < 172800 ? Math.round(seconds / 3600) + ' h' : Math.round(seconds / 86400) + ' days';
  }

  async function get(path) {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), GIVE_UP_MS);
    try {
      const answer = await fetch(path, { signal: giveUp.signal, cache: 'no-store' });
      if (!answer.ok) throw new Error('HTTP ' + answer.status);
      return await answer.json();
    } finally {
      clearTimeout(timer);
    }
  }

  // --- what happened in the last five minutes -------------------------------------------------------------------------

  /** Sums by metric and bucket of time, in a ring. */
  class Series {
    constructor() {
      this.values = METRICS.map(() => new Float64Array(BUCKETS));
      this.last = 0;
    }

    advance(bucket) {
      const from = Math.max(this.last + 1, bucket - BUCKETS + 1);
      for (let b = from; b <= bucket; b++) {
        for (const values of this.values) values[b % BUCKETS] = 0;
      }
      this.last = Math.max(this.last, bucket);
    }

    add(metric, bucket, amount) {
      if (bucket > this.last - BUCKETS) this.values[metric][bucket % BUCKETS] += amount;
    }

    /** Spreads what happened between two times over their buckets. */
    spread(metric, from, to, amount) {
      const length = BUCKET_SECONDS * 1000;
      const start = Math.min(from, to - 1);
      for (let bucket = Math.floor(start / length); bucket * length < to; bucket++) {
        const share = (Math.min(to, (bucket + 1) * length) - Math.max(start, bucket * length)) / (to - start);
        this.add(metric, bucket, amount * share);
      }
    }

    at(metric, age) {
      return this.values[metric][(this.last - age + BUCKETS * 2) % BUCKETS];
    }

    sum(metric, buckets = BUCKETS) {
      let all = 0;
      for (let age = 0; age < buckets; age++) all += this.at(metric, age);
      return all;
    }

    calls(buckets = BUCKETS) {
      let all = 0;
      for (let metric = FIRST; metric <= REJECTED; metric++) all += this.sum(metric, buckets);
      return all;
    }

    /** The calls of which it is known how they would have ended without Holdfast: the first attempt was sent, and ended by itself. */
    compared() {
      return this.sum(FIRST) + this.saved() + this.sum(FAILED);
    }

    before() {
      return this.sum(FIRST) / this.compared();
    }

    after() {
      return (this.sum(FIRST) + this.saved()) / this.compared();
    }

    saved() {
      return this.sum(RETRY) + this.sum(FALLBACK);
    }

    /** The calls without a good end, whoever was to blame. */
    lost() {
      return this.sum(FAILED) + this.sum(TIMED_OUT) + this.sum(REJECTED);
    }

    /** The share of all calls that ended well. */
    good() {
      return 1 - this.lost() / this.calls();
    }

    /** Mean calls in a second of the last minute, or since the start, less the bucket that is still being filled. */
    rate() {
      const buckets = Math.min(MINUTE, this.last - bucketOf(state.status.started));
      return buckets < 1 ? 0 : (this.calls(buckets + 1) - this.calls(1)) / (buckets * BUCKET_SECONDS);
    }

    delay() {
      const retries = this.sum(RETRIES);
      return retries ? this.sum(DELAY) / retries : NaN;
    }
  }

  const bucketOf = time => Math.floor(Date.parse(time) / 1000 / BUCKET_SECONDS);
  const keyOf = entry => entry.policy + '\n' + entry.origin;

  function counters(origin) {
    const all = METRICS.map(() => 0);
    for (const client of origin.clients) {
      for (let metric = FIRST; metric <= REJECTED; metric++) all[metric] += client.calls[METRICS[metric]];
      all[RETRIES] += sum(client.retries);
    }
    all[DELAY] = origin.delays.seconds;
    for (const fallback of origin.fallbacks) all[FALLBACKS] += fallback.count;
    return all;
  }

  function forget() {
    for (const row of state.rows.values()) row.remove();
    state.rows.clear();
    state.total = new Series();
    state.transitions.clear();
    state.fresh = true;
  }

  /** Takes over what the JVM remembers of the time before this page was opened. */
  function remember(history) {
    state.total.advance(history.last_bucket);
    for (const origin of history.origins) {
      const row = rowOf(origin);
      row.series.advance(history.last_bucket);
      METRICS.forEach((name, metric) => {
        (origin[name] || []).forEach((amount, i, all) => {
          const bucket = history.last_bucket - (all.length - 1 - i);
          row.series.add(metric, bucket, amount);
          if (row.ofProgram) state.total.add(metric, bucket, amount);
        });
      });
    }
  }

  function rowOf(entry) {
    const key = keyOf(entry);
    let row = state.rows.get(key);
    if (!row) {
      row = new Row(key, entry);
      state.rows.set(key, row);
    }
    return row;
  }

  function take(status) {
    const bucket = bucketOf(status.time);
    const now = Date.parse(status.time);
    const before = state.status ? Date.parse(state.status.time) : now;
    state.total.advance(bucket);
    const present = new Set();
    for (const origin of status.origins) {
      const row = rowOf(origin);
      present.add(row.key);
      const counts = counters(origin);
      row.series.advance(bucket);
      if (row.counters || row.known) {
        counts.forEach((value, metric) => {
          const more = value - (row.counters ? row.counters[metric] : 0);
          if (more > 0) {
            row.series.spread(metric, before, now, more);
            if (row.ofProgram) state.total.spread(metric, before, now, more);
          }
        });
      }
      row.counters = counts;
      row.origin = origin;
    }
    for (const [key, row] of state.rows) {
      if (!present.has(key)) {
        row.remove();
        state.rows.delete(key);
        state.open.delete(key);
      }
    }
    for (const transition of status.transitions) {
      state.transitions.set([transition.time, keyOf(transition), transition.from, transition.to].join('\n'), transition);
    }
    while (state.transitions.size > REMEMBERED) state.transitions.delete(state.transitions.keys().next().value);
    state.status = status;
    state.fresh = false;
  }

  // --- plots ------------------------------------------------------------------------------------------------------

  /** Stacked bars, one path for each colour. The bucket that is being filled is left out: it would always look like a fall. */
  function plot(target, series, width, height, most) {
    const step = width / (BUCKETS - 1);
    const bar = Math.max(1, step - (step > 5 ? 1.5 : 0.5));
    const paths = PAINTED.map(() => '');
    for (let age = 1; age < BUCKETS; age++) {
      let y = height;
      const x = width - age * step;
      PAINTED.forEach((metrics, i) => {
        const value = metrics.reduce((n, metric) => n + series.at(metric, age), 0);
        if (value > 0) {
          const h = Math.max(0.75, value / most * height);
          y -= h;
          paths[i] += `M${x.toFixed(1)} ${y.toFixed(2)}h${bar.toFixed(1)}v${h.toFixed(2)}h-${bar.toFixed(1)}z`;
        }
      });
    }
    if (!target.firstChild) target.append(...Object.keys(PAINT).map(paint => svg('path', { class: paint })));
    paths.forEach((path, i) => target.children[i].setAttribute('d', path));
  }

  function highest(series) {
    let most = 0;
    for (let age = 1; age < BUCKETS; age++) {
      let bar = 0;
      for (let metric = FIRST; metric <= REJECTED; metric++) bar += series.at(metric, age);
      most = Math.max(most, bar);
    }
    return most;
  }

  /** The next number that a scale may end at: 1, 2 or 5 times a power of ten. */
  function nice(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map(n => n * power).find(n => n >= value * 0.999999);
  }

  // --- overview ---------------------------------------------------------------------------------------------------

  function showOverview() {
    const total = state.total;
    const calls = total.calls();
    say($('good-before'), percent(total.before()));
    say($('good-after'), percent(total.after()));
    $('good-after').className = total.after() > total.before() ? 'good' : '';
    say($('compared'), comparison(total));
    figure($('calls-rate'), perSecond(total.rate()), calls ? `a second, ${percent(total.good())} good` : 'a second');
    figure($('saved'), count(total.saved()), plural(total.saved()));
    figure($('failed'), count(total.sum(FAILED)), plural(total.sum(FAILED)));
    $('failed').className = total.sum(FAILED) >= 0.5 ? 'bad' : '';
    const late = total.sum(TIMED_OUT);
    figure($('rejected'), count(total.sum(REJECTED)), plural(total.sum(REJECTED)) + (late >= 0.5 ? `, and ${count(late)} timed out` : ''));
    $('rejected').className = total.sum(REJECTED) >= 0.5 ? 'held' : '';
    figure($('retries-rate'), count(total.sum(RETRIES)), total.sum(RETRIES) ? 'mean wait ' + time(total.delay()) : '');
    const breakers = state.status.origins.filter(origin => origin.breaker);
    const open = breakers.filter(origin => origin.breaker.state !== 'closed').length;
    figure($('open'), count(open), 'of ' + count(breakers.length));
    $('open').className = open ? 'bad' : '';
    const top = nice(Math.max(highest(total) / BUCKET_SECONDS, 0.2));
    plot($('chart'), total, 600, 120, top * BUCKET_SECONDS);
    say($('scale-top'), String(top));
    say($('scale-middle'), String(top / 2));
    $('chart').setAttribute('aria-label', calls
      ? `${count(calls)} calls in 5 minutes: ` + Object.values(RESULTS).map((words, metric) => [total.sum(metric), words])
        .filter(([n]) => n >= 0.5).map(([n, words]) => `${count(n)} ${words}`).join(', ')
      : 'no calls in 5 minutes');
  }

  /** What the two shares above are shares of. */
  function comparison(series) {
    const calls = series.calls(), compared = series.compared();
    if (calls < 0.5) return 'no calls';
    return Math.round(calls - compared) === 0 ? `of ${count(calls)} ${plural(calls)}`
      : `${count(compared)} of ${count(calls)} calls are compared; of the others it is unknown`;
  }

  function figure(node, value, unit) {
    if (!node.firstElementChild) node.replaceChildren(document.createTextNode(''), el('small'));
    if (node.firstChild.data !== value + ' ') node.firstChild.data = value + ' ';
    say(node.lastChild, unit);
  }

  // --- origins ----------------------------------------------------------------------------------------------------

  class Row {
    constructor(key, entry) {
      this.key = key;
      this.entry = entry;
      // The others are requests that the fallback strategy `degraded` makes for the program's calls.
      this.ofProgram = !entry.policy.endsWith(' (degraded)');
      this.series = new Series();
      this.counters = null;
      this.known = !state.fresh; // whoever comes later was not called before
      this.origin = null;
      this.node = null;
      this.detail = null;
      this.shown = '';
    }

    remove() {
      if (this.node) this.node.remove();
      if (this.detail) this.detail.remove();
    }

    score() {
      const breaker = this.origin.breaker ? this.origin.breaker.state : 'closed';
      return breaker === 'open' ? 4 : breaker === 'half_open' ? 3 : this.series.lost() ? 2 : this.series.saved() ? 1 : 0;
    }

    make() {
      this.button = el('button', { type: 'button', class: 'origin', 'aria-expanded': 'false' },
        el('span', { class: 'name' }, this.entry.origin), el('span', { class: 'policy' }, 'policy ' + this.entry.policy));
      this.button.addEventListener('click', () => this.toggle());
      this.pills = el('td', { role: 'cell' });
      this.good = el('td', { role: 'cell', class: 'beforeafter' });
      this.spark = svg('svg', { class: 'spark', viewBox: '0 0 180 26', preserveAspectRatio: 'none', role: 'img' });
      this.calls = el('td', { role: 'cell', class: 'number wide' });
      this.retries = el('td', { role: 'cell', class: 'number wide' });
      this.fallbacks = el('td', { role: 'cell', class: 'number wide' });
      this.delay = el('td', { role: 'cell', class: 'number wide' });
      this.node = el('tr', { role: 'row' }, el('td', { role: 'cell' }, this.button), this.pills, this.good,
        el('td', { role: 'cell', class: 'sparkcell' }, this.spark), this.calls, this.retries, this.fallbacks, this.delay);
    }

    show() {
      if (!this.node) this.make();
      const { series, origin } = this;
      this.showState(origin);
      const changed = series.after() > series.before();
      const compared = series.compared() > 0;
      const good = compared ? percent(series.before()) + ' → ' : '';
      const after = compared ? percent(series.after()) : series.calls() ? 'not known' : 'no calls';
      const held = series.sum(REJECTED) >= 0.5 ? count(series.sum(REJECTED)) + ' rejected by Holdfast' : '';
      if (this.good.dataset.text !== good + after + held) {
        this.good.dataset.text = good + after + held;
        this.good.replaceChildren(el('span', { class: changed ? '' : 'quiet' }, good),
          el('b', { class: changed ? 'good' : series.sum(FAILED) ? 'bad' : '' }, after),
          ...(held ? [el('span', { class: 'until held' }, held)] : []));
      }
      plot(this.spark, series, 180, 26, Math.max(highest(series), 1));
      this.spark.setAttribute('aria-label', `${count(series.calls())} calls, ${count(series.saved())} saved, ${count(series.sum(FAILED))} failed, ${count(series.sum(REJECTED))} rejected by Holdfast`);
      say(this.calls, perSecond(series.rate()) + ' /s');
      say(this.retries, count(series.sum(RETRIES)));
      say(this.fallbacks, count(series.sum(FALLBACKS)));
      say(this.delay, Number.isNaN(series.delay()) ? '–' : time(series.delay()));
      const open = state.open.has(this.key);
      if (this.button.getAttribute('aria-expanded') !== String(open)) this.button.setAttribute('aria-expanded', String(open));
      if (open) this.showDetail();
    }

    showState(origin) {
      const breaker = origin.breaker;
      const parts = [breaker ? breaker.state : 'none', origin.mode || 'gone', breaker && breaker.state === 'open' ? untilProbe(breaker) : ''];
      if (this.pills.dataset.text === parts.join()) return;
      this.pills.dataset.text = parts.join();
      this.pills.replaceChildren(breaker
        ? el('span', { class: 'pill ' + breaker.state }, SHAPES[breaker.state] + ' ' + STATES[breaker.state])
        : el('span', { class: 'pill' }, origin.mode ? 'no breaker' : 'not in force'));
      if (origin.mode === 'observe') this.pills.append(el('span', { class: 'pill observe' }, 'observe'));
      if (parts[2]) this.pills.append(el('span', { class: 'until' }, parts[2]));
    }

    toggle() {
      if (state.open.delete(this.key)) {
        this.detail.remove();
      } else {
        state.open.add(this.key);
      }
      this.show();
      place();
    }

    showDetail() {
      if (!this.detail) {
        this.facts = el('div', { class: 'facts' });
        const policy = el('button', { type: 'button' }, 'Configuration of this policy');
        policy.addEventListener('click', () => choosePolicy(this.entry.policy));
        this.detail = el('tr', { role: 'row', class: 'detail' },
          el('td', { role: 'cell', colspan: '8' }, this.facts, el('p', { class: 'more' }, policy)));
      }
      const groups = facts(this.origin, this.series);
      const shown = JSON.stringify(groups);
      if (shown === this.shown) return;
      this.shown = shown;
      this.facts.replaceChildren(...groups.map(([title, entries]) => el('div', {}, el('h3', {}, title),
        el('dl', {}, ...entries.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])))));
    }
  }

  function untilProbe(breaker) {
    if (breaker.seconds_to_probe === null) return 'forced';
    return breaker.seconds_to_probe > 0 ? 'probe in ' + time(Math.ceil(breaker.seconds_to_probe)) : 'probe is due';
  }

  function latency(what, duration) {
    return ['p50', 'p95', 'p99'].map(share => [`${what}, ${share}`, duration[share] === null ? '–' : time(duration[share])]);
  }

  function facts(origin, series) {
    const all = name => origin.clients.reduce((n, client) => n + client.calls[name], 0);
    const named = object => Object.entries(object).map(([name, n]) => [name, typeof n === 'number' ? count(n) : n]);
    const retries = {};
    for (const client of origin.clients) {
      for (const [because, n] of Object.entries(client.retries)) retries[because] = (retries[because] || 0) + n;
    }
    const groups = [
      ['Last 5 minutes', [['calls a second', perSecond(series.rate())], ['retries', count(series.sum(RETRIES))],
        ['fallbacks', count(series.sum(FALLBACKS))], ['mean delay', Number.isNaN(series.delay()) ? '–' : time(series.delay())]]],
      ['Calls since the start', [...Object.entries(RESULTS), ['cancelled', 'cancelled by the program']].map(([name, words]) => [words, count(all(name))])],
      ['Attempts', [['all', count(origin.attempts)],
        ['hedges', count(origin.hedges)], ['bodies that broke', count(origin.bodies_broken)]]],
      ['Latency since the start', [...latency('calls', origin.call_duration), ...latency('attempts', origin.attempt_duration)]],
      ['Retries because of', named(retries)],
      ['Not retried because of', named(origin.not_retried)],
      ['Attempts rejected by Holdfast for', named(origin.rejections)],
      ['Waits for a limit', Object.entries(origin.waits).map(([limit, wait]) => [limit, `${count(wait.count)}, ${time(wait.seconds)} in all`])],
      ['Fallbacks', origin.fallbacks.map(each => [`${each.strategy}, ${each.reason}`, count(each.count)])],
      ['Faults injected', named(origin.faults)],
      ['Observe mode would have', named(origin.would_have)],
      ['Clients', origin.clients.map(client => [client.client, count(sum(client.calls)) + ' calls'])],
    ];
    if (origin.breaker) {
      const breaker = origin.breaker;
      groups.push(['Breaker', [['state', STATES[breaker.state]], ['since', clock(Date.parse(breaker.since))],
        ...(breaker.reason ? [['because of', breaker.reason]] : []),
        ['opened', count(breaker.transitions.open || 0) + ' times'],
        ['open in all', time(breaker.seconds_in.open || 0)]]]);
    }
    if (origin.budget) {
      groups.push(['Budget', [['retries left', count(Math.floor(origin.budget.balance))], ['used up', count(origin.budget.exhausted) + ' times']]]);
    }
    if (origin.limits) groups.push(['Limits', [['under way', count(origin.limits.under_way)], ['queued', count(origin.limits.queued)]]]);
    return groups.filter(([, entries]) => entries.length);
  }

  const ORDERS = {
    origin: (a, b) => a.entry.origin.localeCompare(b.entry.origin) || a.entry.policy.localeCompare(b.entry.policy),
    state: (a, b) => b.score() - a.score() || b.series.lost() - a.series.lost() || b.series.calls() - a.series.calls(),
    good: (a, b) => rank(a.series.before()) - rank(b.series.before()),
    calls: (a, b) => b.series.rate() - a.series.rate(),
    retries: (a, b) => b.series.sum(RETRIES) - a.series.sum(RETRIES),
    fallbacks: (a, b) => b.series.sum(FALLBACKS) - a.series.sum(FALLBACKS),
    delay: (a, b) => (b.series.delay() || 0) - (a.series.delay() || 0),
  };
  const rank = share => (Number.isNaN(share) ? 2 : share);

  function showOrigins() {
    const words = $('search').value.trim().toLowerCase();
    const trouble = $('trouble').checked;
    const found = [...state.rows.values()].filter(row => row.origin
      && (!words || row.key.toLowerCase().includes(words)) && (!trouble || row.score() > 0));
    // Rows keep their places while somebody points at one or is in one.
    const held = $('rows').matches(':hover') || $('rows').contains(document.activeElement);
    const places = new Map(held ? state.order.map((row, i) => [row, i]) : []);
    const order = ORDERS[state.sort];
    found.sort((a, b) => (places.get(a) ?? 1e9) - (places.get(b) ?? 1e9)
      || (state.up ? order(b, a) : order(a, b)) || ORDERS.origin(a, b));
    state.order = found;
    for (const row of found.slice(0, state.limit)) row.show();
    place();
    const all = state.rows.size;
    const more = state.status.origins_not_listed;
    say($('origins-count'), all === 0 ? '' : (found.length === all ? count(all) : `${count(found.length)} of ${count(all)}`)
      + (more ? `, and ${count(more)} more that are counted together as “other”` : ''));
    $('origins-empty').hidden = found.length > 0;
    $('origin-table').hidden = found.length === 0;
    if (all > 0) say($('origins-empty'), trouble && !words ? 'No origin is in trouble.' : 'No origin matches.');
    $('more').hidden = found.length <= state.limit;
    say($('more'), `Show ${count(Math.min(ROWS, found.length - state.limit))} more of ${count(found.length - state.limit)}`);
  }

  /** Brings the rows into their order, moving as few as need be: a moved one would lose the keyboard's focus. */
  function place() {
    const wanted = state.order.slice(0, state.limit).flatMap(row => (state.open.has(row.key) && row.detail ? [row.node, row.detail] : [row.node]));
    const body = $('rows');
    const focused = document.activeElement;
    const keep = new Set(wanted);
    for (const child of [...body.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((node, i) => {
      if (body.children[i] !== node) body.insertBefore(node, body.children[i] || null);
    });
    if (focused && focused !== document.activeElement && body.contains(focused)) focused.focus();
  }

  function sortBy(name, turn) {
    state.up = turn && state.sort === name ? !state.up : false;
    state.sort = name;
    for (const head of document.querySelectorAll('th[data-sort]')) {
      if (head.dataset.sort === name) head.setAttribute('aria-sort', (name === 'origin') !== state.up ? 'ascending' : 'descending');
      else head.removeAttribute('aria-sort');
    }
    if ([...$('sort').options].some(option => option.value === name)) $('sort').value = name;
    state.order = [];
    if (state.status) showOrigins();
  }

  // --- breakers ---------------------------------------------------------------------------------------------------

  function showBreakers() {
    const now = Date.parse(state.status.time);
    const span = Number($('span').value) * 1000;
    const from = now - span;
    const transitions = [...state.transitions.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    const lanes = new Map();
    for (const transition of transitions) {
      const key = keyOf(transition);
      if (!lanes.has(key)) lanes.set(key, []);
      lanes.get(key).push(transition);
    }
    const known = transitions.length < 200 ? Date.parse(state.status.started) : Date.parse(transitions[0].time);
    const shown = [...lanes.values()].filter(list => {
      const last = list[list.length - 1];
      return Date.parse(last.time) >= from || last.to !== 'closed';
    });
    shown.sort((a, b) => Date.parse(b[b.length - 1].time) - Date.parse(a[a.length - 1].time));
    const nodes = shown.slice(0, LANES).map(list => lane(list, Math.max(from, known), from, now));
    if (nodes.length) {
      nodes.push(el('div', { class: 'lane', 'aria-hidden': 'true' }, el('span', {}),
        el('div', { class: 'axis' }, el('span', {}, time(span / 1000) + ' ago'), el('span', {}, 'now'))));
      nodes.push(el('ul', { class: 'legend', 'aria-label': 'Colours' },
        ...Object.keys(STATES).map(name => el('li', {}, el('i', { class: 'key ' + name }), STATES[name])),
        ...(shown.length > LANES ? [el('li', {}, `and ${count(shown.length - LANES)} more`)] : [])));
    }
    $('lanes').replaceChildren(...nodes);
    $('lanes-empty').hidden = nodes.length > 0;
    say($('lanes-empty'), state.status.origins.some(origin => origin.breaker)
      ? 'No breaker has changed its state in this time.'
      : 'No breaker yet. [retry.circuit_breaker] with enabled = true gives each origin one.');
    $('transitions-box').hidden = transitions.length === 0;
    say($('transitions-title'), `The last ${Math.min(TRANSITIONS, transitions.length)} changes of state`);
    if ($('transitions-box').open) {
      $('transitions').replaceChildren(...transitions.slice(-TRANSITIONS).reverse().map(each => el('tr', {},
        el('td', {}, clock(Date.parse(each.time))), el('td', {}, each.origin + ', policy ' + each.policy),
        el('td', {}, STATES[each.from] + ' → ' + STATES[each.to]), el('td', {}, each.reason))));
    }
  }

  function lane(list, known, from, now) {
    const drawing = svg('svg', { viewBox: '0 0 1000 18', preserveAspectRatio: 'none', role: 'img' });
    let begin = known, current = list[0].from, why = '', changes = 0;
    const draw = end => {
      const start = Math.max(begin, from);
      if (end > start) {
        const rect = svg('rect', { class: current, y: 0, height: 18, x: (start - from) / (now - from) * 1000, width: Math.max(1.5, (end - start) / (now - from) * 1000) });
        const title = svg('title', {});
        title.textContent = `${STATES[current]} ${clock(start)} – ${clock(end)}${why ? ': ' + why : ''}`;
        rect.append(title);
        drawing.append(rect);
      }
    };
    for (const transition of list) {
      const at = Date.parse(transition.time);
      draw(at);
      begin = Math.max(at, known);
      current = transition.to;
      why = transition.reason;
      changes += at >= from ? 1 : 0;
    }
    draw(now);
    drawing.setAttribute('aria-label', `now ${STATES[current]}${why ? ', ' + why : ''}; ${changes} changes in this time`);
    return el('div', { class: 'lane' }, el('div', { class: 'name' }, list[0].origin,
      el('small', {}, `${STATES[current]}: ${why} · policy ${list[0].policy}`)), drawing);
  }

  // --- configuration ----------------------------------------------------------------------------------------------

  function showConfiguration() {
    const configuration = state.status.configuration;
    say($('file'), `${configuration.file}${configuration.sha256 ? ` (sha256 ${configuration.sha256})` : ''}, in force since ${clock(Date.parse(configuration.in_force_since))}`
      + (configuration.reloads ? `, reloaded ${count(configuration.reloads)} times` : ''));
    const names = configuration.policies;
    const revision = configuration.in_force_since + configuration.reloads;
    if (state.revision !== revision) {
      state.revision = revision;
      offer();
      if (!names.includes($('policy').value)) $('policy').value = names.includes('*') ? '*' : names[0] || '';
      loadValues();
    }
  }

  function offer() {
    const typed = $('policy').value.toLowerCase();
    const names = state.status ? state.status.configuration.policies : [];
    const fitting = names.filter(name => name.toLowerCase().includes(typed));
    const offered = (names.length <= OFFERED ? names : fitting.slice(0, OFFERED));
    $('policy-names').replaceChildren(...offered.map(name => el('option', { value: name })));
  }

  function choosePolicy(name) {
    $('policy').value = name;
    loadValues();
    $('configuration').scrollIntoView();
    $('policy').focus({ preventScroll: true });
  }

  async function loadValues() {
    const name = $('policy').value;
    let values = [], why = 'Choose one of the policies.';
    if (name) {
      try {
        values = (await get('configuration?policy=' + encodeURIComponent(name))).settings;
        why = 'There is no policy of that name.';
      } catch (e) {
        why = 'The JVM does not answer.';
      }
    }
    if (name !== $('policy').value) return;
    const shown = values.filter(value => !value.default || $('defaults').checked);
    if (values.length && !shown.length) why = 'The file sets nothing for it: everything is a built-in default.';
    $('values').replaceChildren(...shown.map(valueRow));
    $('values').parentNode.hidden = shown.length === 0;
    $('values-empty').hidden = shown.length > 0;
    say($('values-empty'), why);
  }

  function valueRow(value) {
    const from = value.default ? 'built-in default'
      : value.from.startsWith('preset:') ? `${value.from} line ${value.line}`
      : value.line ? `line ${value.line}${value.from ? ', ' + value.from : ''}` : `set by ${value.from}`;
    return el('tr', {}, el('td', { class: 'code' }, value.key), el('td', { class: 'code' }, value.toml), el('td', { class: 'from quiet' }, from));
  }

  // --- which rule applies -----------------------------------------------------------------------------------------

  async function explain(event) {
    event.preventDefault();
    const target = $('explanation');
    let url;
    try {
      const typed = $('url').value.trim();
      url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : 'https://' + typed);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError();
    } catch (e) {
      target.replaceChildren(el('p', { class: 'bad' }, 'That is no http or https URL.'));
      return;
    }
    // What no policy looks at stays here: it may hold a secret.
    url.username = url.password = url.search = url.hash = '';
    try {
      const query = new URLSearchParams({ method: $('method').value, url: url.href });
      showExplanation(await get('explain?' + query), target);
    } catch (e) {
      target.replaceChildren(el('p', { class: 'bad' }, 'No explanation: ' + (e.message || 'the JVM does not answer')));
    }
  }

  function showExplanation(why, target) {
    if (why.error) {
      target.replaceChildren(el('p', { class: 'bad' }, why.error));
      return;
    }
    const set = why.settings.filter(value => !value.default);
    const verdict = why.policy === null ? 'No policy applies: the call runs unmodified.'
      : why.untouched ? `Policy ${why.policy} applies, and its mode is off: the call runs unmodified.`
        : `Policy ${why.policy} applies${why.mode === 'observe' ? ', in observe mode: it decides and counts, and changes nothing' : ''}.`;
    target.replaceChildren(
      el('p', { class: 'verdict' }, verdict),
      el('p', { class: 'quiet' }, `for ${why.method} ${why.url}`),
      ...candidates('Host patterns', why.hosts, why.hosts_left_out),
      ...candidates('Routes of this pattern', why.routes, 0),
      ...(why.restrictions.length ? [el('h3', {}, 'What the settings do not do for this request'),
        el('ul', { class: 'rules' }, ...why.restrictions.map(each =>
          el('li', {}, ...(each.setting ? [el('b', { class: 'code' }, each.setting), ' '] : []), each.text)))] : []),
      ...(set.length ? [el('h3', {}, 'What the file sets for it'),
        el('table', { class: 'list inner', role: 'table' },
          el('thead', {}, el('tr', {}, ...['Key', 'Value', 'From'].map(name => el('th', { scope: 'col' }, name)))),
          el('tbody', {}, ...set.map(valueRow)))] : []));
  }

  function candidates(title, all, leftOut) {
    const item = each => el('li', { class: each.verdict }, el('b', { class: 'code' }, each.pattern), ` ${each.reason} `,
      el('span', { class: 'quiet' }, each.line ? `(${each.from}${each.from ? ' ' : ''}line ${each.line})` : ''));
    const fitting = all.filter(each => each.verdict !== 'no_match');
    const others = all.filter(each => each.verdict === 'no_match');
    if (!all.length) return [];
    return [el('h3', {}, title), el('ul', { class: 'rules' }, ...fitting.map(item)),
      ...(others.length ? [el('details', { class: 'others' },
        el('summary', {}, `${count(others.length + leftOut)} that ${others.length + leftOut === 1 ? 'does' : 'do'} not match`),
        el('ul', { class: 'rules' }, ...others.map(item), ...(leftOut ? [el('li', {}, `and ${count(leftOut)} more`)] : [])))] : [])];
  }

  // --- where Holdfast does not help ---------------------------------------------------------------------------------

  function showGaps() {
    const { gaps, proxies, store } = state.status;
    const calls = n => `${count(n)} ${plural(n)}`;
    const rows = [
      ...gaps.clients.map(each => [each.client + (each.version ? ' ' + each.version : ''), each.package,
        'this client is not covered: its requests get no policy']),
      ...gaps.hosts.slice(0, ROWS).map(each => [each.origin, calls(each.calls), 'no host pattern matches: its calls run unmodified']),
      ...(gaps.hosts.length > ROWS ? [[`${count(gaps.hosts.length - ROWS)} more`, '', 'no host pattern matches; /status names them']] : []),
      ...(gaps.other_calls ? [['further hosts', calls(gaps.other_calls), 'no host pattern matches; counted together']] : []),
      ...proxies.map(each => [each, 'HTTP proxy', 'calls go through it']),
      ...(store ? [[store.where, `shared store: ${store.state}`, `responses read ${count(store.hits)}, not found ${count(store.misses)}, late ${count(store.late)}; errors ${count(store.errors)}${store.hints_sent + store.hints_taken ? `; hints at open breakers sent ${count(store.hints_sent)}, taken into account ${count(store.hints_taken)}` : ''}`]] : []),
    ];
    const text = JSON.stringify(rows);
    if (text === state.gaps) return;
    state.gaps = text;
    $('gaps').hidden = !rows.length;
    $('gap-rows').replaceChildren(...rows.map(row => el('tr', {}, ...row.map(cell => el('td', {}, cell)))));
  }

  // --- the connection to the JVM ----------------------------------------------------------------------------------

  function showLink(lost) {
    $('link').className = 'link ' + (lost ? 'gone' : 'live');
    document.body.classList.toggle('stale', Boolean(lost));
    say($('link-text'), lost ? 'no connection' : 'live');
    const status = state.status;
    const notices = [];
    if (lost) notices.push(['bad', `The JVM has not answered since ${clock(lost)}. What is shown is from then; it is asked again every few seconds.`]);
    const inactive = status && status.active === false && (status.on || status.reason !== 'off');
    const unused = status && status.reason.startsWith('file_');
    if (inactive) {
      notices.push(['bad', 'Holdfast is inactive, no policy is in force: calls run unmodified. Reason:',
        status.reason.replaceAll('_', ' ')]);
    }
    if (status && status.faults && status.faults.injecting) {
      notices.push(['bad', `Game day: faults are injected into calls until ${status.faults.until}.`, status.faults.policies
        .map(each => `${each.policy}: ${each.share} of attempts, ${each.fault}${each.mode === 'observe' ? ' (observe: only counted)' : ''}`).join('\n')]);
    }
    if (status && !status.on) notices.push(['', 'Holdfast is switched off: calls run unmodified.']);
    if (status && status.configuration.error) {
      notices.push(['bad', unused
        ? 'The configuration cannot be used; a good one takes effect without a restart:'
        : 'The changed configuration cannot be used; the one before stays in force:', status.configuration.error]);
    }
    const announced = JSON.stringify(notices);
    if (announced === state.announced) return;
    state.announced = announced;
    $('notices').replaceChildren(...notices.map(([kind, text, more]) => el('div', { class: 'notice ' + kind }, text, ...(more ? [el('pre', {}, more)] : []))));
  }

  /** Which of many JVMs this is: in the head, and first in the title, where a row of tabs shows it. */
  function showProcess() {
    const { host, pid, program, started } = state.status.process;
    say($('who'), `${program}, PID ${pid} on ${host}, started ${started.slice(0, 19)}Z`);
    const title = `${program} (${pid}) on ${host} · Holdfast`;
    if (document.title !== title) document.title = title;
  }

  async function poll() {
    const began = performance.now();
    try {
      const status = await get('status');
      if (!state.status || state.status.started !== status.started || state.asleep) {
        const history = await get('history');
        forget();
        remember(history);
        state.asleep = false;
      }
      take(status);
      state.lost = 0;
      $('version').textContent = status.version || '';
      showProcess();
      showOverview();
      showOrigins();
      showBreakers();
      showGaps();
      showConfiguration();
    } catch (e) {
      if (!(e instanceof TypeError) && e.name !== 'AbortError' && !/^HTTP/.test(e.message)) console.error(e);
      state.lost = state.lost || Date.now();
    }
    showLink(state.lost);
    // A page that takes long to make, or to send, is asked for less often.
    setTimeout(wait, Math.max(EVERY_MS, 10 * (performance.now() - began)));
  }

  /** Nobody looks: nothing is asked. What happens meanwhile is taken over from the JVM afterwards. */
  function wait() {
    if (!document.hidden) {
      poll();
      return;
    }
    state.asleep = true;
    document.addEventListener('visibilitychange', poll, { once: true });
  }

  for (const head of document.querySelectorAll('th[data-sort]')) {
    head.firstElementChild.addEventListener('click', () => sortBy(head.dataset.sort, true));
  }
  const redraw = () => {
    state.limit = ROWS;
    state.order = [];
    if (state.status) showOrigins();
  };
  $('search').addEventListener('input', redraw);
  $('trouble').addEventListener('change', redraw);
  $('sort').addEventListener('change', () => sortBy($('sort').value, false));
  $('more').addEventListener('click', () => {
    state.limit += ROWS;
    showOrigins();
  });
  $('span').addEventListener('change', () => state.status && showBreakers());
  $('transitions-box').addEventListener('toggle', () => state.status && showBreakers());
  $('policy').addEventListener('input', () => { offer(); loadValues(); });
  $('defaults').addEventListener('change', loadValues);
  $('explain-form').addEventListener('submit', explain);
  state.total = new Series();
  sortBy('state', false);
  poll();
})();
