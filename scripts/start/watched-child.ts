import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A Node program that always ends with this process, even when this process is killed. */
export interface WatchedChild {
  /** True once it was asked to end. */
  readonly isStopping: boolean
  ended: Promise<unknown>
  /** Stops it. May be called after it has ended, or after the terminal has already signaled it. */
  stop(): Promise<void>
}

export interface WatchedOptions {
  cwd: string
  env?: Record<string, string>
  onPrinted?: (text: string) => void
}

const STOP_LIMIT_MS = 20_000
const END_WITH_PARENT = pathToFileURL(join(import.meta.dirname, 'end-with-parent.js')).href

export function startWatched(args: readonly string[], { cwd, env = {}, onPrinted }: WatchedOptions): WatchedChild {
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const ended = once(child, 'exit')
  let isStopping = false
  child.stdin.on('error', () => undefined)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text)
    onPrinted?.(text)
  })
  return {
    get isStopping() {
      return isStopping
    },
    ended,
    async stop() {
      isStopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
      await ended
      clearTimeout(late)
    },
  }
}
