import { describe, expect, it } from 'vitest'
import { countsLine, chooseExitCode, flowLine, runFlow, type FlowResult } from './flow.ts'
import { runProgram } from './program.ts'

const flow = (run: () => Promise<string>) => ({ client: 'curl', flow: 'IMAP reading', run })

async function resultWithout(path: string): Promise<FlowResult> {
  return runFlow(flow(async () => (await runProgram('curl', ['--version'], 'curl', { PATH: path })).output))
}

const good: FlowResult = { client: 'a', flow: 'b', ok: true, note: '' }
const bad: FlowResult = { ...good, ok: false, note: 'refused' }
const missing: FlowResult = { ...good, ok: null, lacks: ['mbsync'], note: 'mbsync is not installed' }

describe('a flow', () => {
  it('is reported as not run when its program is missing', async () => {
    expect(await resultWithout('/nonexistent')).toEqual({
      ...{ client: 'curl', flow: 'IMAP reading', ok: null, lacks: ['curl'] },
      note: 'curl is not installed: apt-get install curl',
    })
  })

  it('fails on any other error, including a program that cannot be started', async () => {
    const forbidden = () => runProgram('/etc', [], 'curl').then(({ output }) => output)

    const { ok, note } = await runFlow(flow(forbidden))
    expect(ok).toBe(false)
    expect(note).toContain('EACCES')
    expect(await runFlow(flow(() => Promise.reject(new Error('expected 200'))))).toMatchObject({ ok: false })
  })

  it('is printed as not run in the readable output', () => {
    expect(flowLine(missing)).toBe('not run a: b – mbsync is not installed')
    expect(flowLine(bad)).toBe('FAILED  a: b – refused')
  })
})

describe('the result of a run', () => {
  it('counts flows that were not run separately and names the missing programs', () => {
    expect(countsLine([good, missing, missing])).toBe('1 ok, 0 failed, 2 not run for lack of mbsync')
    expect(countsLine([good, bad])).toBe('1 ok, 1 failed')
  })

  it('has an error exit code when a flow failed or none was run, but not because a program is missing', () => {
    expect(chooseExitCode([good, missing])).toBe(0)
    expect(chooseExitCode([good, missing, bad])).toBe(1)
    expect(chooseExitCode([missing])).toBe(1)
    expect(chooseExitCode([])).toBe(1)
  })
})
