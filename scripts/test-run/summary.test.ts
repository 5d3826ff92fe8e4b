import { describe, expect, it } from 'vitest'
import { ROOT, stepLine, summary, total, type StepResult } from './summary.ts'

const lint: StepResult = { name: 'lint', seconds: 12.34, passed: 1, failed: 0, skipped: 0, details: '' }
const unit: StepResult = { name: 'unit', seconds: 3, passed: 120, failed: 2, skipped: 1, details: 'FAIL a\nFAIL b' }
const e2e = { name: 'e2e', lacks: ['chromium'] }

describe('the line of a step', () => {
  it('shows the result and the duration', () => {
    expect(stepLine(lint)).toBe('ok      lint           12.3 s')
  })

  it('shows the number of tests if there is more than one', () => {
    expect(stepLine(unit)).toBe('failed  unit            3.0 s  120 passed, 2 failed, 1 skipped')
  })
})

describe('the summary of a run', () => {
  it('has the counts of all steps as its last line', () => {
    expect(lastLine(summary([lint, unit], [], false))).toBe('121 passed, 2 failed, 1 skipped')
    expect(lastLine(summary([lint], [], true))).toBe('1 passed, 0 failed')
  })

  it('shows the details of failures', () => {
    expect(summary([lint, unit], [], false)).toContain('--- unit\nFAIL a\nFAIL b')
  })

  it('lists steps that could not run, with the missing programs and the fix', () => {
    expect(summary([lint], [e2e], false)).toMatch(/not run: e2e, because chromium is missing.*npm run setup/)
  })

  it('names root as the reason when no program is missing', () => {
    expect(summary([lint], [{ name: 'edges', lacks: [ROOT] }], false)).toContain(
      'not run: edges, because it needs root on Linux.',
    )
  })

  it('lists tests that were not run within a step separately from passed and failed ones', () => {
    const foreign = {
      ...lint,
      name: 'foreign',
      passed: 20,
      notRun: [{ name: 'foreign, mbsync: IMAP', lacks: ['mbsync'] }],
    }

    expect(stepLine(foreign)).toBe('ok      foreign        12.3 s  20 passed, 0 failed, 1 not run')
    expect(summary([foreign], [], false)).toContain('not run: foreign, mbsync: IMAP, because mbsync is missing.')
    expect(lastLine(summary([foreign], [], false))).toBe('20 passed, 0 failed')
    expect(lastLine(summary([foreign], [e2e], true))).toBe('20 passed, 2 failed')
    expect(total([foreign], [], true).failed).toBe(1)
  })

  it("accepts steps that were not run on a developer's machine, but not in CI", () => {
    expect(total([lint], [e2e], false).failed).toBe(0)
    expect(total([lint], [e2e], true).failed).toBe(1)
    expect(lastLine(summary([lint], [e2e], true))).toBe('1 passed, 1 failed')
  })
})

function lastLine(text: string): string {
  return text.split('\n').at(-1)!
}
