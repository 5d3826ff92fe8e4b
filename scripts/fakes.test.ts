import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const page = readFileSync('docs/fakes.md', 'utf8')
const rows = page
  .split('\n')
  .filter((line) => /^\| [^-]/.test(line) && !line.startsWith('| fake '))
  .map((line) => line.split('|').map((cell) => cell.trim()))
const listed = new Set(pathsIn(page))

const WHERE = ['server/{src,test}', 'scripts', 'sandbox/{src,test}', 'mail-servers']
/** Fakes and harnesses of single rooms, and those of all rooms that replace another system. */
const FAKES = [
  'server/test/*.ts',
  'server/test/!(kit)/**/*.ts',
  'server/test/kit/{strict,scripted,silent}-*.ts',
  'sandbox/test/{directory,entra,portal}.ts',
]
/** Options with which a test replaces a system call or library call. */
const INJECTED = /^\s+(lookUp|statfs|spaceOf|spawn|fetch|connect|kill|openFile)\?:/m

describe('fakes of system calls, library calls and other servers', () => {
  it.each(FAKES.flatMap((pattern) => globSync(pattern)).filter((file) => !file.endsWith('.test.ts')))(
    'are listed in docs/fakes.md: %s',
    (file) => {
      expect(listed).toContain(file)
    },
  )

  it('are listed in docs/fakes.md when they are injected as an option', () => {
    const sources = WHERE.flatMap((folder) => globSync(`${folder}/**/*.ts`)).filter((file) => !/\.test\.ts$/.test(file))
    const injecting = sources.filter((file) => INJECTED.test(readFileSync(file, 'utf8')))

    expect(injecting.length).toBeGreaterThan(2)
    expect(injecting.filter((file) => !listed.has(file))).toEqual([])
  })

  it('have an existing test of the real failure', () => {
    expect(rows.length).toBeGreaterThan(10)
    for (const [, fake = '', , real = ''] of rows) {
      expect(pathsIn(fake), fake).not.toEqual([])
      // A failure that cannot be reproduced states the reason.
      if (!real.startsWith('none: ')) expect(pathsIn(real), fake).not.toEqual([])
    }
    expect([...listed].filter((path) => !existsSync(path))).toEqual([])
  })
})

/** File paths between backticks. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([\w./-]+\/[\w.-]+\.ts)`/g)].map(([, path]) => path!)
}
