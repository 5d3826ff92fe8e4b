import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  edgesOutcome,
  exitOutcome,
  foreignOutcome,
  vitestOutcome,
  walkOutcome,
  type Finished,
  type Report,
} from './outcome.ts'

describe('a step that is one test', () => {
  it('passes with exit code 0 and shows no details', () => {
    expect(exitOutcome(finished({ exitCode: 0, output: 'all well' }))).toEqual(counts(1, 0, 0))
  })

  it('fails with any other exit code and shows its output', () => {
    expect(exitOutcome(finished({ exitCode: 2, output: 'a.ts: wrong\n' }))).toEqual(counts(0, 1, 0, 'a.ts: wrong'))
  })
})

describe('a vitest step', () => {
  it("counts passed and failed tests, and shows vitest's output about failures", () => {
    const outcome = vitestOutcome(finished({ exitCode: 1, output: 'FAIL b' }), report(['passed', 'passed', 'failed']))

    expect(outcome).toEqual(counts(2, 1, 0, 'FAIL b'))
  })

  it('fails when it found no test', () => {
    expect(vitestOutcome(finished({ exitCode: 0 }), report([])).failed).toBe(1)
  })

  it('fails when it wrote no report', () => {
    expect(vitestOutcome(finished({ exitCode: 0 }), undefined).failed).toBe(1)
  })

  it('fails when a file could not be loaded, although none of its tests ran', () => {
    const broken: Report = {
      success: false,
      testResults: [
        ...report(['passed']).testResults,
        { name: 'broken.test.ts', status: 'failed', assertionResults: [] },
      ],
    }

    expect(vitestOutcome(finished({ exitCode: 1, output: 'SyntaxError' }), broken)).toEqual(
      counts(1, 1, 0, 'SyntaxError'),
    )
  })

  it('fails when vitest failed, although every test passed', () => {
    expect(vitestOutcome(finished({ exitCode: 1, output: 'Unhandled rejection' }), report(['passed']))).toEqual(
      counts(1, 1, 0, 'Unhandled rejection'),
    )
  })

  it.each(['skipped', 'pending', 'todo'])(
    'counts a test as skipped if it is %s and its title gives the reason',
    (status) => {
      const outcome = vitestOutcome(finished({}), report(['passed', status], 'reads a folder (skipped: until #12)'))

      expect(outcome).toEqual(counts(1, 0, 1))
    },
  )

  it.each(['skipped', 'pending', 'todo'])('fails for a test that is %s without a reason', (status) => {
    const outcome = vitestOutcome(finished({}), report(['passed', status], 'reads a folder'))

    expect(outcome).toMatchObject({ passed: 1, failed: 1, skipped: 0 })
    expect(outcome.details).toContain('"reads a folder"')
  })

  it('counts every test and never reports a failed run as successful', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('passed', 'failed', 'skipped', 'todo'), { minLength: 1 }),
        fc.nat(1),
        (statuses, exitCode) => {
          const { passed, failed, skipped } = vitestOutcome(finished({ exitCode }), report(statuses))

          expect(passed + failed + skipped).toBeGreaterThanOrEqual(statuses.length)
          expect(failed > 0).toBe(exitCode !== 0 || statuses.some((status) => status !== 'passed'))
        },
      ),
    ))
})

describe('the step of foreign clients', () => {
  const good = '{"client":"msal-node","flow":"code","ok":true,"note":""}'
  const bad = '{"client":"msal-node","flow":"refresh","ok":false,"note":"401"}'

  it('counts each line as one test', () => {
    expect(foreignOutcome(finished({ exitCode: 1, stdout: `${good}\n${bad}\n` }))).toMatchObject({
      passed: 1,
      failed: 1,
    })
  })

  it('passes when every flow passes', () => {
    expect(foreignOutcome(finished({ stdout: `${good}\n${good}\n` }))).toEqual(counts(2, 0, 0))
  })

  it.each(['started', '[]', 'null', '{"ok":true}'])('fails for an invalid line: %s', (line) => {
    expect(foreignOutcome(finished({ stdout: `${good}\n${line}\n` }))).toMatchObject({ passed: 1, failed: 1 })
  })

  it('counts a flow with a missing program neither as passed nor as failed', () => {
    const missing = '{"client":"mbsync","flow":"IMAP","ok":null,"lacks":["sasl-xoauth2"],"note":"not installed"}'

    expect(foreignOutcome(finished({ stdout: `${good}\n${missing}\n` }))).toEqual({
      ...counts(1, 0, 0),
      notRun: [{ name: 'foreign, mbsync: IMAP', lacks: ['sasl-xoauth2'] }],
    })
    expect(foreignOutcome(finished({ exitCode: 1, stdout: `${bad}\n${missing}\n` }))).toMatchObject({
      ...{ passed: 0, failed: 1, notRun: [{ lacks: ['sasl-xoauth2'] }] },
    })
  })

  it.each(['"ok":null', '"ok":null,"lacks":[]'])('fails for a flow that was not run without a reason: %s', (ok) => {
    expect(foreignOutcome(finished({ stdout: `${good}\n{"client":"a","flow":"b",${ok}}` })).failed).toBe(1)
  })

  it('fails when no flow was reported', () => {
    expect(foreignOutcome(finished({ stdout: '' })).failed).toBe(1)
  })

  it('fails when the command failed, although every reported flow passed', () => {
    expect(foreignOutcome(finished({ exitCode: 1, stdout: good, output: 'TypeError' }))).toEqual(
      counts(1, 1, 0, 'TypeError'),
    )
  })
})

describe('the step of edge cases', () => {
  const kept = '{"case":"dns-slow","ok":true}'
  const broken = '{"case":"dns-slow","ok":false,"faults":["the server ended"]}'

  it('counts each case as one test and shows the failed cases', () => {
    expect(edgesOutcome(finished({ exitCode: 1, stdout: `${kept}\n${broken}\n` }))).toEqual(counts(1, 1, 0, broken))
    expect(edgesOutcome(finished({ stdout: `${kept}\n${kept}\n` }))).toEqual(counts(2, 0, 0))
  })

  it.each(['started', '{"ok":true}'])('fails for an invalid line: %s', (line) => {
    expect(edgesOutcome(finished({ stdout: `${kept}\n${line}\n` }))).toMatchObject({ passed: 1, failed: 1 })
  })

  it('fails without any case, and when the command failed although every case passed', () => {
    expect(edgesOutcome(finished({ stdout: '' })).failed).toBe(1)
    expect(edgesOutcome(finished({ exitCode: 1, stdout: kept, output: 'TypeError' }))).toEqual(
      counts(1, 1, 0, 'TypeError'),
    )
  })
})

describe('the step of walks', () => {
  const steps = ['a: start', 'a: stop', 'b: start'].map((name) => ({ name, ms: 1 }))
  const line = JSON.stringify({ ok: true, steps, receivedAfterMs: 1, repliedAfterMs: 1 })

  it('counts each walk as one test', () => {
    expect(walkOutcome(finished({ stdout: `${line}\n` }))).toEqual(counts(2, 0, 0))
  })

  it('fails with the step at which a walk ended', () => {
    const failed = JSON.stringify({ ok: false, step: 'a: check', error: 'wrong' })

    expect(walkOutcome(finished({ exitCode: 1, stdout: failed, output: failed }))).toEqual(counts(0, 1, 0, failed))
  })

  it.each(['', 'null', '{"ok":true,"steps":[]}', `${line}\n${line}`])('fails for an invalid result: %s', (said) => {
    expect(walkOutcome(finished({ stdout: said })).failed).toBe(1)
  })

  it('fails when the command failed, regardless of its output', () => {
    expect(walkOutcome(finished({ exitCode: 1, stdout: line })).failed).toBe(1)
  })
})

function finished(parts: Partial<Finished>): Finished {
  return { exitCode: 0, output: '', stdout: '', ...parts }
}

function report(statuses: readonly string[], fullName = 'keeps its promise'): Report {
  return {
    success: !statuses.includes('failed'),
    testResults: [
      {
        name: 'promise.test.ts',
        status: statuses.includes('failed') ? 'failed' : 'passed',
        assertionResults: statuses.map((status) => ({ fullName, status })),
      },
    ],
  }
}

function counts(passed: number, failed: number, skipped: number, details = '') {
  return { passed, failed, skipped, details }
}
