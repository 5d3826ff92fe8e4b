/** Fails when a file breaks the import law of `rooms.ts`, or lies in an import cycle. Usage: node scripts/check-rooms.ts */
import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'
import { cycleComplaints } from './import-cycles.ts'
import { SANDBOX, SERVER, WORKSPACES, type Law } from './rooms.ts'

/** Folder under `test` with fakes and factories for all rooms; it may import each of them. */
const KIT = 'kit'

/** All complaints about one file. `file` is its path relative to the repository, `text` its source. */
export function fileComplaints(file: string, text: string, laws: readonly Law[] = [SERVER, SANDBOX]): string[] {
  const law = laws.find((each) => pathWithin(each, file) !== undefined)
  if (law && isHomeless(law, file)) {
    return [`${file}: "${posix.dirname(pathWithin(law, file)!)}" is not a room in rooms.ts`]
  }
  const complaints = listImports(file, text).flatMap((target) => {
    const abroad = workspaceComplaint(file, target)
    if (abroad) return [abroad]
    return law && pathWithin(law, target) !== undefined ? roomComplaints(law, file, target) : []
  })
  const texts = law ? [...reservedComplaints(law, file, text), ...wrapperComplaints(law, file, text)] : []
  return [...new Set([...complaints, ...texts])]
}

/** Files that a file imports, type imports included, as paths relative to the repository. Packages are excluded. */
export function listImports(file: string, text: string): string[] {
  const specifiers = ts.preProcessFile(text, true, true).importedFiles
  return specifiers.flatMap(({ fileName }) => targetOf(file, fileName) ?? [])
}

/** Complaints about the law itself: a row may name only rows above it. */
export function lawComplaints({ src, rooms }: Law): string[] {
  const names = Object.keys(rooms)
  return names.flatMap((room, row) =>
    rooms[room]!.filter((other) => !names.slice(0, row).includes(other)).map(
      (other) => `rooms.ts: "${room}" of ${src} names "${other}", which stands below it or does not exist`,
    ),
  )
}

function isHomeless(law: Law, file: string): boolean {
  return pathWithin(law, file)!.includes('/') && findRoom(law, file) === undefined
}

function workspaceComplaint(file: string, target: string): string | undefined {
  const [home, other] = [file.split('/')[0]!, target.split('/')[0]!]
  if (other === '..') return `${file}: imports ${target}, outside the repository`
  if (home === other || !(other in WORKSPACES)) return undefined
  if (other === 'mail-servers' && home === 'server' && !isForTests(file)) {
    return `${file}: only tests may import from "mail-servers"`
  }
  if (home === 'proofs' && other === 'server' && !/^proofs\/(race|webhooks)\//.test(file)) {
    return `${file}: only "proofs/race" and "proofs/webhooks" may import from "server"`
  }
  return WORKSPACES[home]?.includes(other) ? undefined : `${file}: "${home}" may not import from "${other}"`
}

function roomComplaints(law: Law, file: string, target: string): string[] {
  const home = findRoom(law, file)
  const other = findRoom(law, target)
  const isTest = isForTests(file)
  const atTheTop = !pathWithin(law, file)!.includes('/')

  if (!isTest && isForTests(target)) return [`${file}: only tests may import ${target}`]
  if (!isTest && isInWrapper(law, target) && !isInWrapper(law, file)) return [`${file}: may not import ${target}`]
  if (other === home && other !== undefined) return []
  if (other === KIT) return []
  if (other === undefined) {
    // main.ts and similar files assemble the rooms, and a test may start all of them. A room that imported them would
    // form a cycle.
    return isTest || atTheTop ? [] : [`${file}: imports ${target}, which knows every room`]
  }
  if (atTheTop && !isTest && law.forRooms?.includes(target.slice(law.src.length + 1))) {
    return [`${file}: only rooms may import ${target}`]
  }
  const free = atTheTop || home === KIT || law.street.includes(home!)
  if (!free && !law.rooms[home!]?.includes(other)) return [`${file}: "${home}" may not import "${other}"`]
  if (!law.withoutDoor.includes(other) && target !== `${law.src}/${other}/index.ts`) {
    return [`${file}: enter "${other}" by its index.ts, not ${target.slice(law.src.length + other.length + 2)}`]
  }
  return []
}

/** Complaints about texts that `law.reserved` assigns to another room. */
function reservedComplaints(law: Law, file: string, text: string): string[] {
  const home = findRoom(law, file)
  if (isForTests(file)) return []
  return Object.entries(law.reserved ?? {})
    .filter(([room]) => room !== home)
    .flatMap(([room, texts]) =>
      texts.filter((one) => text.includes(one)).map((one) => `${file}: only "${room}" may contain "${one}"`),
    )
}

/** Complaints about words of the wrapper in code of the product. */
function wrapperComplaints(law: Law, file: string, text: string): string[] {
  if (!law.wrapper || isForTests(file) || isInWrapper(law, file)) return []
  const { folder, words } = law.wrapper
  const lower = text.toLowerCase()
  return words
    .filter((word) => lower.includes(word.toLowerCase()))
    .map((word) => `${file}: only "${folder}" may contain "${word}"`)
}

function isInWrapper({ wrapper }: Law, file: string): boolean {
  return wrapper !== undefined && file.startsWith(`${wrapper.folder}/`)
}

export function isForTests(file: string): boolean {
  return /\.test\.|^[^/]+\/test\//.test(file)
}

/** The room of a file, the most deeply nested first; `undefined` directly under `src` or `test`, and in the wrapper. */
export function findRoom(law: Law, file: string): string | undefined {
  const path = pathWithin(law, file)
  const rooms = [...Object.keys(law.rooms), ...law.street, KIT]
  return rooms.sort((a, b) => b.length - a.length).find((room) => path?.startsWith(`${room}/`))
}

/** Path below `src` or `test` of the law's workspace, whose folders are the same, or below the wrapper; `undefined` elsewhere. */
function pathWithin({ src, wrapper }: Law, file: string): string | undefined {
  const folders = [src, src.replace(/src$/, 'test'), ...(wrapper ? [wrapper.folder] : [])]
  const folder = folders.find((each) => file.startsWith(`${each}/`))
  return folder && file.slice(folder.length + 1)
}

/** Target of an import, relative to the repository; `undefined` for packages other than our workspaces. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(`${posix.dirname(file)}/${specifier}`)
  if (specifier.startsWith('/') || specifier.startsWith('file:')) return `../${specifier}`
  const workspace = /^@postkey\/([^/]+)(.*)$/.exec(specifier)
  return workspace ? `${workspace[1]}${workspace[2]}` : undefined
}

if (import.meta.main) {
  const files = globSync(`{${Object.keys(WORKSPACES).join(',')}}/**/*.{ts,tsx,js,jsx}`, {
    exclude: (name) => name.split('/').some((part) => ['node_modules', 'dist', 'generated'].includes(part)),
  })
  const sources = files.sort().map((file) => [file, readFileSync(file, 'utf8')] as const)
  const complaints = [
    ...[SERVER, SANDBOX].flatMap(lawComplaints),
    ...sources.flatMap(([file, text]) => fileComplaints(file, text)),
    ...cycleComplaints(new Map(sources.map(([file, text]) => [file, listImports(file, text)]))),
  ]
  for (const complaint of complaints) console.error(complaint)
  if (files.length === 0) throw new TypeError('No file was found: run this from the top of the repository.')
  if (complaints.length > 0) process.exitCode = 1
  else console.log(`${files.length} files keep the import law.`)
}
