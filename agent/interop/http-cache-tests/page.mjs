// Writes the page of results, and finds differences without a reason and reasons without a difference.

const scopes = {
  validation: 'Asks how a stored response is validated. This cache is not asked while the origin answers, and never asks the origin'
    + ' itself.',
  browser: 'Is for the caches of browsers.',
  nothing: 'Asks of no response whether it comes from the cache.'
}

export function page (groups, results, outOfScope, reasons, version) {
  const clients = Object.keys(results)
  const unexplained = []
  const used = new Map(reasons.map(reason => [reason, new Map()]))
  const rows = []
  const total = [0, 0, 0, 0, 0, 0]
  const scoped = {}
  const asked = []
  for (const group of groups) {
    const row = [0, 0, 0, 0, 0, 0]
    for (const test of group.tests) {
      row[0]++
      const scope = outOfScope(test)
      if (scope !== undefined) {
        row[1]++
        ;(scoped[scope] ||= []).push(test.id)
        continue
      }
      const different = clients.filter(client => results[client][test.id] !== 'same')
      if (test.kind === 'check') {
        row[2]++
        asked.push([test, different.length === 0 ? 'yes' : different.length === clients.length ? 'no' : `not ${different[0]}`])
        continue
      }
      if (different.length === 0) {
        row[3]++
        continue
      }
      row[test.kind === 'optimal' ? 5 : 4]++
      const fitting = reasons.filter(reason => fits(reason, test.id, different))
      if (fitting.length !== 1) {
        unexplained.push(`${test.id}: ${fitting.length} reasons; ${different.map(c => `${c}: ${results[c][test.id]}`)}`)
      }
      for (const reason of fitting) used.get(reason).set(test.id, different)
    }
    row.forEach((count, i) => { total[i] += count })
    rows.push(`| ${group.name} | ${row.join(' | ')} |`)
  }
  for (const [reason, tests] of used) {
    if (tests.size === 0) unexplained.push(`a reason without a difference: ${reason.why}`)
  }
  const names = ids => [...ids].map(id => `\`${id}\``).join(', ')
  const text = `# The public HTTP cache tests

<!-- Written by agent/interop/http-cache-tests/run --write. -->

What the [tests for HTTP caches](https://cache-tests.fyi/) (npm package \`http-cache-tests\` ${version}) say of the fallback cache, with
its default settings, for ${clients.join(' and ')}. CONTRIBUTING.md says how they are run; the run fails if a result differs
from what the suite wants and no reason is written for it.

The suite asks a cache that stands before its origin. This one is asked only when the origin fails. So the origin fails (503, or
as the test says) whenever the suite asks whether the response comes from the cache, and answers whenever it does not.

## Results

*Wanted*: both clients give what the suite wants. *Questions*: the suite asks how a cache behaves and wants nothing. *Required* and
*optimal*: what a cache must do, and what a good one does, by the suite's judgement; the differences are explained below.

| group | tests | out of scope | questions | wanted | different, required | different, optimal |
|---|---|---|---|---|---|---|
${rows.join('\n')}
| **all** | ${total.join(' | ')} |

## Reasons for the differences

| why | tests |
|---|---|
${[...used].map(([reason, tests]) => `| ${reason.why} | ${names(tests.keys())} |`).join('\n')}

## Out of scope

| why | tests |
|---|---|
${Object.entries(scoped).map(([scope, ids]) => `| ${scopes[scope]} | ${names(ids)} |`).join('\n')}

## Questions

Whether the cache behaves as the test describes.

| test | answer |
|---|---|
${asked.map(([test, answer]) => `| \`${test.id}\` | ${answer} |`).join('\n')}
`
  return { text, unexplained }
}

function fits (reason, id, different) {
  if (reason.clients && !different.every(client => reason.clients.includes(client))) return false
  return reason.tests.some(pattern => {
    const [begin, end] = pattern.split('*')
    return end === undefined ? id === begin : id.startsWith(begin) && id.endsWith(end)
  })
}
