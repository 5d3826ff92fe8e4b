import { join } from 'node:path'
import { ESLint, type Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import config from '../vitest.config.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const FILES = ['server/src/mail/subject.test.ts', 'server/test/kit/wait.ts', 'e2e/inbox.spec.ts', 'e2e/browser.ts']

interface Limits {
  testTimeout?: number
  hookTimeout?: number
  expect?: { poll?: { timeout?: number } }
}

it('each test has time for a stalled machine, and polls end before it', () => {
  const { test } = config as { test: Limits & { projects: { test: Limits }[] } }
  for (const { test: project } of test.projects) {
    const { testTimeout = 0, hookTimeout = 0, expect: assertions } = { ...test, ...project }
    expect(Math.min(testTimeout, hookTimeout)).toBeGreaterThanOrEqual(60_000)
    expect(assertions?.poll?.timeout).toBeGreaterThanOrEqual(30_000)
    expect(assertions?.poll?.timeout).toBeLessThan(testTimeout)
  }
})

describe('the lint rule for limits in tests', () => {
  it.each([
    'vi.waitFor(() => expect(a).toBe(1))',
    'vi.waitUntil(() => a === 1)',
    'vi.waitUntil(() => a === 1, { timeout: 5_000 })',
    'row.waitFor({ timeout: 5_000 })',
    "it('is', async () => {}, 30_000)",
  ])('refuses %s', async (code) => {
    for (const file of FILES) expect([file, await complaints(file, code)]).toEqual([file, ['no-restricted-syntax']])
  })

  it.each([
    'vi.waitFor(() => expect(a).toBe(1), WAIT)',
    'expect.poll(() => a).toBe(1)',
    'row.waitFor()',
    "it('is', async () => {}, 120_000)",
  ])('accepts %s', async (code) => {
    for (const file of FILES) expect([file, await complaints(file, code)]).toEqual([file, []])
  })
})

describe('the lint rule for elapsed time in tests', () => {
  it.each([
    'expect(performance.now() - beganAt).toBeLessThan(2000)',
    'const beganAt = Date.now(); expect(Date.now() - beganAt).toBeLessThan(2000)',
    'const began = process.hrtime.bigint()',
    'const delay = monitorEventLoopDelay()',
  ])('refuses %s', async (code) => {
    for (const file of FILES.filter((name) => /\.(?:test|spec)\./.test(name))) {
      expect([file, new Set(await complaints(file, code))]).toEqual([file, new Set(['no-restricted-syntax'])])
    }
  })

  it.each(['const due = new Date(Date.now() + 1000)', 'expect(leastCpuMs(parse)).toBeLessThan(500)'])(
    'accepts %s',
    async (code) => {
      for (const file of FILES) expect([file, await complaints(file, code)]).toEqual([file, []])
    },
  )
})

const house = new ESLint({ cwd: CHECKOUT })

// Rules with type information need a file on disk; this rule needs no types.
async function complaints(file: string, code: string): Promise<(string | null)[]> {
  const { rules } = (await house.calculateConfigForFile(join(CHECKOUT, file))) as { rules: Linter.RulesRecord }
  const restricted = rules['no-restricted-syntax'] ?? 'off'
  const eslint = new ESLint({
    cwd: CHECKOUT,
    overrideConfigFile: true,
    baseConfig: { files: ['**/*.ts'], rules: { 'no-restricted-syntax': restricted } },
  })
  const [result] = await eslint.lintText(code, { filePath: file })
  return result!.messages.map(({ ruleId }) => ruleId)
}
