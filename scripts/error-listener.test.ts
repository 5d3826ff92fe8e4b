import { Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import { house } from './lint/house-rules.js'

const check = (code: string) =>
  new Linter().verify(code, [{ plugins: { house }, rules: { 'house/error-listener': 'error' } }])

describe('the lint rule for error listeners', () => {
  it.each([
    "import { connect } from 'node:net'; function open() { return connect(25) }",
    "import { connect as dial } from 'node:tls'; const open = () => dial({})",
    "import { spawn } from 'node:child_process'; spawn('x').once('error', end)",
    "import { Client } from 'pg'; function one() { return new Client() } function other(c) { c.on('error', end) }",
  ])('reports: %s', (code) => {
    expect(check(code)).toMatchObject([{ ruleId: 'house/error-listener' }])
  })

  it.each([
    "import { connect } from 'node:net'; function open() { return connect(25).on('error', end) }",
    "import { Worker } from 'node:worker_threads'; function go() { const w = new Worker(p); w.on('error', end) }",
    'function connect() {} connect()',
  ])('accepts: %s', (code) => {
    expect(check(code)).toEqual([])
  })
})
