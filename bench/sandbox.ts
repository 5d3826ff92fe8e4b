import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench } from './figures.ts'

/** The bench of the sandbox alone, whose lines have a form of their own: a `measure` and its figures. */
export async function sandbox({ quick }: Bench): Promise<void> {
  const file = join(import.meta.dirname, 'sandbox/main.ts')
  const child = spawn(process.execPath, [file, '--messages', String(quick ? 2000 : 5000)], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the bench of the sandbox ended with ${code}`)
}
