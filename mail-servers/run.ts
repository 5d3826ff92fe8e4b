import { execFile } from 'node:child_process'

/**
 * Runs a program to its end and returns its output.
 *
 * @throws Error with the program's own output when it fails
 */
export function run(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error)
        reject(new Error(`${program} ${args.join(' ')}: ${stderr || stdout || error.message}`, { cause: error }))
      else resolve(stdout)
    })
    if (input !== undefined) child.stdin?.end(input)
  })
}
