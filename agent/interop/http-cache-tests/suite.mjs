// Runs the tests of the npm package http-cache-tests against the fallback cache, for both of the JDK's clients, and writes what
// came out. The suite asks a cache that stands before its origin; this one is asked only when the origin fails. So the origin
// fails whenever the suite says whether the response has to come from the cache, and answers whenever it does not.
//
// node suite.mjs PACKAGE JAVA AGENT WORK
import http from 'node:http'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { reasons } from './reasons.mjs'
import { page } from './page.mjs'

const [suite, java, agent, work] = process.argv.slice(2)
const from = name => import(pathToFileURL(path.join(suite, name)))
const groups = (await from('tests/index.mjs')).default
const { fixupHeader } = await from('lib/header-fixup.mjs')
const version = JSON.parse(fs.readFileSync(path.join(suite, 'package.json'))).version
const noBody = new Set([204, 304])
const atOnce = 30
const patienceMillis = 60000

// ---- the origin

const running = new Map()

const origin = http.createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => answer(request, response))
})

function answer (request, response) {
  const test = running.get(request.url.split(/[/?]/)[2])
  if (test === undefined) {
    response.writeHead(404).end()
    return
  }
  const config = test.config
  if (test.down) {
    if (config.disconnect) {
      response.socket.destroy()
    } else {
      const failure = config.response_status && config.response_status[0] >= 500 ? config.response_status[0] : 503
      response.writeHead(failure, { 'Content-Type': 'text/plain' }).end('down')
    }
    return
  }
  response.statusCode = (config.response_status || [200])[0]
  response.setHeader('Server-Base-Url', request.url)
  response.setHeader('Server-Request-Count', test.number)
  response.setHeader('Server-Now', Date.now())
  for (const written of config.response_headers || []) {
    const [name, value] = fixupHeader([...written], response.getHeaders(), config)
    const before = response.getHeader(name)
    response.setHeader(name, before === undefined ? value : [].concat(before, value))
  }
  if (!response.hasHeader('content-type')) response.setHeader('Content-Type', 'text/plain')
  response.end(noBody.has(response.statusCode) ? undefined : config.response_body || test.key)
}

// ---- the program that calls it

function program (client) {
  const child = spawn(java, [
    '-Djdk.httpclient.allowRestrictedHeaders=connection,host,expect,content-length,upgrade',
    `-javaagent:${agent}=${path.join(work, 'cache.toml')}`,
    fileURLToPath(new URL('Client.java', import.meta.url)),
    client
  ], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map()
  let calls = 0
  readline.createInterface({ input: child.stdout }).on('line', line => {
    const [number, status, headers, body] = line.split('\t')
    const text = Buffer.from(headers, 'base64').toString()
    const lines = status === '0' ? [] : text.split('\n').filter(Boolean)
    const map = new Map()
    for (const one of lines) {
      const colon = one.indexOf(':')
      const name = one.slice(0, colon).toLowerCase()
      map.set(name, map.has(name) ? `${map.get(name)}, ${one.slice(colon + 1)}` : one.slice(colon + 1))
    }
    const thrown = status === '0' ? text : undefined
    waiting.get(number)({ status: Number(status), headers: map, body: Buffer.from(body, 'base64').toString(), thrown })
    waiting.delete(number)
  })
  return {
    call (method, url, headers, body) {
      const number = String(++calls)
      const text = headers.map(([name, value]) => `${name}:${value}`).join('\n')
      const encoded = [text, body || ''].map(one => Buffer.from(one).toString('base64'))
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('no result')), patienceMillis)
        waiting.set(number, result => { clearTimeout(late); resolve(result) })
        child.stdin.write([number, method, url, ...encoded].join('\t') + '\n')
      })
    },
    end () { child.stdin.end() }
  }
}

// ---- the tests

/** Why a test says nothing about a cache that is asked only when the origin fails. */
function outOfScope (test) {
  if (test.browser_only) return 'browser'
  const types = test.requests.map(request => request.expected_type).filter(Boolean)
  if (types.some(type => type.endsWith('validated'))) return 'validation'
  return types.length === 0 ? 'nothing' : undefined
}

async function run (test, client, base) {
  const key = randomUUID() // as long as the suite's own, whose length some tests tell
  const state = { key, number: 0, down: false }
  running.set(key, state)
  let before = new Map()
  for (const config of test.requests) {
    state.config = config
    state.number++
    const headers = (config.request_headers || []).map(header =>
      config.magic_ims ? fixupHeader([...header], Object.fromEntries(before), config) : header)
    const url = `${base}/test/${key}${config.filename ? `/${config.filename}` : ''}`
      + (config.query_arg ? `?${config.query_arg}` : '')
    const call = () => client.call(config.request_method || 'GET', url, headers, config.request_body)
    state.down = config.expected_type !== undefined
    let response = await call()
    const cached = response.headers.get('holdfast-fallback') === 'cache'
    if (config.expected_type === 'cached' && !cached) {
      return `request ${state.number} gets nothing from the cache, but ${response.status}` + (response.thrown ? `: ${response.thrown}` : '')
    }
    if (config.expected_type === 'not_cached') {
      if (cached) return `request ${state.number} gets a response from the cache`
      state.down = false // the suite goes on with the origin's response
      response = await call()
    }
    const wrong = config.expected_type === 'cached' ? shown(config, response, state) : undefined
    if (wrong) return wrong
    before = response.headers
    if (config.pause_after) await new Promise(resolve => setTimeout(resolve, 3000))
  }
}

/** Whether what comes from the cache is what the suite wants to see. */
function shown (config, response, state) {
  const status = config.expected_status || (config.response_status || [200])[0]
  if (response.status !== status) return `status ${response.status}, not ${status}`
  for (const header of config.expected_response_headers || []) {
    const [name, operator, operand] = typeof header === 'string' ? [header] : header
    const value = response.headers.get(name.toLowerCase())
    if (value === undefined) return `no ${name}`
    if (operator === '>' && !(parseInt(value) > operand)) return `${name} is not above ${operand}`
    if (operator === '=' && value !== response.headers.get(operand.toLowerCase())) return `${name} is not ${operand}`
    if (operator !== undefined && operand === undefined) {
      const wanted = fixupHeader([...header], Object.fromEntries(response.headers), config)[1]
      if (value !== String(wanted)) return `${name} is not ${wanted}`
    }
  }
  for (const header of config.expected_response_headers_missing || []) {
    const [name, part] = typeof header === 'string' ? [header] : header
    const value = response.headers.get(name.toLowerCase())
    if (value !== undefined && (part === undefined || value.includes(part))) return `${name} is there`
  }
  const wanted = config.expected_response_text
  if (wanted !== undefined && wanted !== null && config.check_body !== false && response.body !== wanted) return 'another body'
}

async function runAll (name) {
  const client = program(name)
  const base = `http://127.0.0.1:${origin.address().port}`
  const results = {}
  const todo = groups.flatMap(group => group.tests).filter(test => outOfScope(test) === undefined)
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let test = todo.shift(); test; test = todo.shift()) {
      try {
        results[test.id] = await run(test, client, base) || 'same'
      } catch (e) {
        results[test.id] = String(e.message)
      }
    }
  }))
  client.end()
  return results
}

await new Promise(resolve => origin.listen(0, '127.0.0.1', resolve))
fs.writeFileSync(path.join(work, 'cache.toml'), '[retry]\nmax_retries = 0\n[retry.fallback]\nstrategy = "cache"\n')
const results = {}
for (const client of ['HttpClient', 'HttpURLConnection']) results[client] = await runAll(client)
origin.close()
fs.writeFileSync(path.join(work, 'results.json'), JSON.stringify(results, null, 2))
const { text, unexplained } = page(groups, results, outOfScope, reasons, version)
fs.writeFileSync(path.join(work, 'http-cache-tests.md'), text)
for (const one of unexplained) console.error(one)
process.exit(unexplained.length === 0 ? 0 : 1)
