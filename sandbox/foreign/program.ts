import { spawn } from 'node:child_process'
import { once } from 'node:events'

const LONGEST_MS = 60_000

/** Runs a program of the machine and answers how it ended; says what to install when it is not there. */
export async function runProgram(
  name: string,
  words: readonly string[],
  debianPackages: string,
): Promise<{ code: number | null; output: string; complaints: string }> {
  const child = spawn(name, words, { stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS })
  let [output, complaints] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, output, complaints }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error(`${name} is not installed: apt-get install ${debianPackages}`, { cause: error })
  }
}
