/** Fails when a name in the code is banned by `GLOSSARY.md`. Usage: node scripts/check-glossary.ts */
import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { isBanned, readGlossary, type BannedName } from './glossary.ts'

/** Folders to which each section of the glossary applies. */
const BOUND: Readonly<Record<string, readonly string[]>> = {
  'In the product': ['server', 'web', 'client', 'e2e', 'proofs'],
  'In the sandbox': ['sandbox'],
  Everywhere: ['server', 'web', 'e2e', 'proofs', 'bench', 'sandbox', 'scripts'],
}

/**
 * Places where a banned word is allowed: the name of a room, and the transports, whose servers call a mailbox a
 * mailbox.
 */
const AT_HOME: Readonly<Record<string, readonly string[]>> = {
  mailbox: ['server/src/transports/'],
  credential: ['server/src/cloud-providers/credentials/'],
  token: ['server/src/tokens/', 'server/test/tokens/'],
}

export interface Name {
  text: string
  line: number
  /**
   * True for a type, class, function, file or folder. Names of variables, parameters and fields have fewer
   * restrictions.
   */
  declared: boolean
}

/** All complaints about the names in one file. `file` is its path relative to the repository. */
export function nameComplaints(file: string, text: string, glossary: ReturnType<typeof readGlossary>): string[] {
  const banned = Object.entries(BOUND)
    .filter(([, folders]) => folders.includes(file.split('/')[0]!))
    .flatMap(([section]) => glossary.get(section) ?? [])
    .filter(({ word }) => !AT_HOME[word]?.some((folder) => file.startsWith(folder)))

  return [...pathNames(file), ...sourceNames(file, text)].flatMap((name) =>
    banned.filter((entry) => binds(entry, name)).map((entry) => complaint(file, name, entry)),
  )
}

function binds(entry: BannedName, name: Name): boolean {
  return (name.declared || entry.place === 'anywhere') && isBanned(name.text, entry)
}

function complaint(file: string, { text, line }: Name, { instead }: BannedName): string {
  return `${file}:${line}: "${text}" is a name we do not write; GLOSSARY.md has ${instead} in its place`
}

/** The file's name without extensions, and its folders below its workspace. */
function pathNames(file: string): Name[] {
  const [, ...parts] = file.split('/')
  return parts.map((part) => ({ text: part.replace(/\..*$/, ''), line: 1, declared: true }))
}

function sourceNames(file: string, text: string): Name[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const names: Name[] = []
  visit(source)
  return names

  function visit(node: ts.Node): void {
    const name = ts.isImportSpecifier(node) ? undefined : (node as Partial<ts.NamedDeclaration>).name
    if (name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) && isDeclaration(node)) {
      const { line } = source.getLineAndCharacterOfPosition(name.getStart(source))
      names.push({ text: name.text, line: line + 1, declared: isTypeOrFunction(node) })
    }
    ts.forEachChild(node, visit)
  }
}

function isTypeOrFunction(node: ts.Node): boolean {
  if (ts.isVariableDeclaration(node)) {
    return node.initializer !== undefined && ts.isFunctionLike(node.initializer)
  }
  return (
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isFunctionDeclaration(node)
  )
}

/** Excludes keys of object literals: they repeat a declared field or the field of a wire format. */
function isDeclaration(node: ts.Node): boolean {
  return (
    isTypeOrFunction(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isMethodDeclaration(node)
  )
}

if (import.meta.main) {
  const glossary = readGlossary(readFileSync('GLOSSARY.md', 'utf8'))
  for (const section of Object.keys(BOUND)) {
    if (!glossary.get(section)?.length) throw new TypeError(`GLOSSARY.md has no banned name under "${section}".`)
  }
  const files = globSync(`{${BOUND.Everywhere!.join(',')}}/**/*.{ts,tsx}`, {
    exclude: (name) => name.split('/').some((part) => ['node_modules', 'dist', 'generated'].includes(part)),
  })
  const complaints = files.sort().flatMap((file) => nameComplaints(file, readFileSync(file, 'utf8'), glossary))
  for (const line of complaints) console.error(line)
  if (complaints.length > 0) process.exitCode = 1
  else console.log(`${files.length} files speak as the glossary does.`)
}
