import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

const LONG_MS = 30_000

describe('the command runner', () => {
  it('keeps the combined output and standard output separately', async () => {
    const finished = await runCommand(['-e', 'console.log("flow"); console.error("noise"); process.exit(3)'], LONG_MS)

    expect(finished).toMatchObject({ exitCode: 3, stdout: 'flow\n' })
    expect(finished.output).toContain('noise')
  })

  it('uses the Node version that runs the tests', async () => {
    expect((await runCommand(['-p', 'process.version'], LONG_MS)).stdout.trim()).toBe(process.version)
  })

  it('reports a killed command as failed', async () => {
    expect((await runCommand(['-e', 'process.kill(process.pid, "SIGKILL")'], LONG_MS)).exitCode).toBe(1)
  })

  it('ends a command that exceeds its time limit, and reports this', async () => {
    const finished = await runCommand(['-e', 'setInterval(() => {}, 1000)'], 500)

    expect(finished.exitCode).toBe(1)
    expect(finished.output).toContain('Ended after 0.5 s')
  })
})
