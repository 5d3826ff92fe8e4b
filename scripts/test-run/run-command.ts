import { spawn } from 'node:child_process'
import type { Finished } from './outcome.ts'

/** Time that a step has to end after SIGTERM, in milliseconds. */
const GRACE_MS = 5_000

/** Runs Node with `args` to its end, for at most `limitMs`, and keeps its output. */
export function runCommand(args: readonly string[], limitMs: number): Promise<Finished> {
  const { FORCE_COLOR: _, ...environment } = process.env
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, NO_COLOR: '1' },
  })
  const stdout: Buffer[] = []
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    stdout.push(chunk)
    output.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))

  return new Promise((resolve, reject) => {
    let tooLong = false
    const limit = setTimeout(() => {
      tooLong = true
      child.kill('SIGTERM')
    }, limitMs)
    const end = setTimeout(() => {
      child.kill('SIGKILL')
      // A grandchild may still hold the pipes; without this, `close` would wait for it.
      child.stdout.destroy()
      child.stderr.destroy()
    }, limitMs + GRACE_MS)

    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(limit)
      clearTimeout(end)
      const printed = Buffer.concat(output).toString()
      resolve({
        exitCode: tooLong ? 1 : (code ?? 1),
        stdout: Buffer.concat(stdout).toString(),
        output: tooLong ? `${printed}\nEnded after ${limitMs / 1000} s without coming to an end by itself.` : printed,
      })
    })
  })
}
