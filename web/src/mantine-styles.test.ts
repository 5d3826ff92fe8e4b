import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const MODULES = 'node_modules/@mantine'
const CORE = join(MODULES, 'core')
const NAMED_IMPORTS = /(?:import|export) (?:type )?\{([^}]*)\} from ["']([^"']+)["']/g
const RELATIVE_IMPORTS = /(?:from|import) "(\.[^"]+)"/g

const source = readFileSync('web/src/mantine-styles.ts', 'utf8')
const imported = [...source.matchAll(/styles\/([A-Z]\w+)\.css/g)].map(([, name]) => name!)

function namesFrom(files: readonly string[]): Set<string> {
  const texts = files.map((file) => readFileSync(file, 'utf8'))
  const lists = texts.flatMap((text) =>
    [...text.matchAll(NAMED_IMPORTS)].filter(([, , from]) => from === '@mantine/core'),
  )
  return new Set(lists.flatMap(([, names]) => names!.split(',').map((each) => each.trim().split(' ')[0]!)))
}

/** Names of the style files of these components and of all that they are made of. */
function stylesOf(names: ReadonlySet<string>): Set<string> {
  const index = [...readFileSync(join(CORE, 'esm/index.mjs'), 'utf8').matchAll(NAMED_IMPORTS)]
  const files = index
    .filter(([, list]) => list!.split(',').some((each) => names.has(each.trim())))
    .filter(([, , file]) => file!.startsWith('.'))
    .map(([, , file]) => join(CORE, 'esm', file!))
  const known = new Set<string>()
  const visit = (file: string): void => {
    if (known.has(file)) return
    known.add(file)
    for (const [, other] of readFileSync(file, 'utf8').matchAll(RELATIVE_IMPORTS)) visit(resolve(dirname(file), other!))
  }
  files.forEach((file) => visit(resolve(file)))
  const modules = [...known].flatMap((file) => /^(\w+)\.module\b/.exec(basename(file))?.[1] ?? [])
  return new Set(modules.filter((name) => existsSync(join(CORE, 'styles', `${name}.css`))))
}

it('loads the styles of the Mantine components in use, and no others', () => {
  const used = stylesOf(
    namesFrom([...globSync('web/src/**/*.{ts,tsx}'), ...globSync(`${MODULES}/notifications/esm/**/*.mjs`)]),
  )

  expect(used.size).toBeGreaterThan(40)
  expect([...imported].sort()).toEqual([...used].sort())
})

it('has them in the order of Mantine, in which later ones override earlier ones', () => {
  const whole = readFileSync(join(CORE, 'styles.css'), 'utf8')
  const place = (name: string) => whole.indexOf(readFileSync(join(CORE, 'styles', `${name}.css`), 'utf8').trim())

  expect(imported.filter((name) => place(name) < 0)).toEqual([])
  expect(imported.toSorted((one, other) => place(one) - place(other))).toEqual(imported)
})
