import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint, type Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import { asksOwnClock } from './lint/sql-clock.ts'

const CHECKOUT = join(import.meta.dirname, '..')

describe('the detection of database clocks', () => {
  it.each([
    'SELECT now()',
    'select NOW ( )',
    'created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP',
    'WHERE at < clock_timestamp()',
    'statement_timestamp() - at',
    'transaction_timestamp()',
    'localtimestamp',
    'current_date - 1',
    "SELECT 'now'::timestamptz",
    "datetime('now')",
    'unixepoch()',
  ])('reports %s', (text) => {
    expect(asksOwnClock(text)).toBe(true)
  })

  it.each(['clock.now()', 'known_since', 'renown()', 'It is now (and was) so', 'next_try_at <= $1', 'snow_date'])(
    'ignores %s',
    (text) => {
      expect(asksOwnClock(text)).toBe(false)
    },
  )

  it('finds no database clock in any migration', () => {
    const files = globSync('server/migrations/*.sql', { cwd: CHECKOUT })
    expect(files.length).toBeGreaterThan(10)

    const asking = files.filter((file) =>
      asksOwnClock(readFileSync(join(CHECKOUT, file), 'utf8').replaceAll(/--.*/g, '')),
    )
    expect(asking).toEqual([])
  })
})

describe('the lint rule for time', () => {
  it.each([
    ['Date.now()'],
    ['[0].map(Date.now)'],
    ['new Date()'],
    ['Date()'],
    ['globalThis.Date.now()'],
    ['sql`SELECT now()`'],
    ['sql`UPDATE t SET at = ${x}, b = clock_timestamp()`'],
    ["query('SELECT CURRENT_TIMESTAMP')"],
    ["eb.fn('now')"],
    ["sql.raw('at < localtimestamp')"],
  ])('refuses %s in the server', async (code) => {
    expect(await complaints(code)).toContain('no-restricted-syntax')
  })

  it.each(['new Date(0)', 'clock.now()', 'performance.now()', "say('now it is so')"])('accepts %s', async (code) => {
    expect(await complaints(code)).not.toContain('no-restricted-syntax')
  })
})

const FILE = 'server/src/sync/scheduling/pace.ts'
const house = new ESLint({ cwd: CHECKOUT })
const { rules } = (await house.calculateConfigForFile(join(CHECKOUT, FILE))) as { rules: Linter.RulesRecord }
// Rules with type information need a file on disk; this rule needs no types.
const eslint = new ESLint({
  cwd: CHECKOUT,
  overrideConfigFile: true,
  baseConfig: { files: ['**/*.ts'], rules: { 'no-restricted-syntax': rules['no-restricted-syntax']! } },
})

async function complaints(code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: FILE })
  return result!.messages.map(({ ruleId }) => ruleId)
}
