import { spawn } from 'node:child_process'
import { once } from 'node:events'

const LONGEST_MS = 60_000

/** Thrown when a flow needs a program or plug-in that the machine lacks. The error is unrelated to the sandbox. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram'
  /** Name of the program in `npm run setup`. */
  readonly program: string

  constructor(program: string, debianPackage: string, options?: ErrorOptions) {
    super(`${program} is not installed: apt-get install ${debianPackage}`, options)
    this.program = program
  }
}

/**
 * Runs a program and returns its exit code and output.
 *
 * @throws {MissingProgram}
 */
export async function runProgram(
  name: string,
  words: readonly string[],
  debianPackage: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number | null; output: string; complaints: string }> {
  const child = spawn(name, words, { stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS, env })
  let [output, complaints] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, output, complaints }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new MissingProgram(name, debianPackage, { cause: error })
  }
}
