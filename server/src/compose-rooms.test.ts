import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const SRC = import.meta.dirname
const FILE = join(SRC, 'compose-rooms.ts')

// Computed before the tests, whose time limit the type checker can exceed on a busy machine.
const program = ts.createProgram([FILE], {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  allowImportingTsExtensions: true,
})
const checker = program.getTypeChecker()
const source = program.getSourceFile(FILE)!
const nodes = nodesIn(
  source.statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === 'composeRooms')!,
)
const variables = nodes.filter(ts.isVariableDeclaration)
const startedNames = nodesIn(variables.find(({ name }) => name.getText(source) === 'services')!)
  .filter(ts.isPropertyAssignment)
  .filter(({ name }) => name.getText(source) === 'room')
  .map(({ initializer }) => initializer.getText(source))
const serviceNames = nodes
  .filter((one) => ts.isVariableDeclaration(one) || ts.isBindingElement(one))
  .flatMap(({ name }) => (ts.isIdentifier(name) && isService(name) ? [name.text] : []))
const servicesWithoutName = nodes
  .filter(ts.isCallExpression)
  .filter(({ parent }) => !ts.isVariableDeclaration(parent) && !ts.isVariableDeclaration(parent.parent))
  .filter(isService)
  .map(({ expression }) => expression.getText(source))
const roomsStarted = variables
  .filter(({ name }) => nodesIn(name).some((one) => ts.isIdentifier(one) && startedNames.includes(one.text)))
  .flatMap(({ initializer }) => nodesIn(initializer!).filter(ts.isCallExpression))
  .flatMap((call) => checker.getResolvedSignature(call)?.declaration?.getSourceFile().fileName ?? [])
  .map((file) => roomOf(relative(SRC, file)))
const roomsWithTicker = globSync('*/**/*.ts', { cwd: SRC })
  .filter((file) => !file.includes('.test.') && !file.startsWith('kernel/'))
  .filter((file) => readFileSync(join(SRC, file), 'utf8').includes('createTicker('))
  .map(roomOf)

it('starts every room that has recurring work', () => {
  expect(startedNames.length).toBeGreaterThan(0)
  expect(startedNames.toSorted()).toEqual(serviceNames.toSorted())
})

it('keeps every room with recurring work in a variable', () => {
  expect(servicesWithoutName).toEqual([])
})

it('starts a service of every room that has a ticker', () => {
  expect(roomsWithTicker.length).toBeGreaterThan(0)
  expect(roomsStarted).toEqual(expect.arrayContaining(roomsWithTicker))
})

/** True for an object with recurring work, such as a ticker. */
function isService(node: ts.Node): boolean {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node))
  return ['start', 'stop'].every((name) => type.getProperty(name) !== undefined)
}

function nodesIn(root: ts.Node): ts.Node[] {
  return [root, ...root.getChildren(source).flatMap(nodesIn)]
}

function roomOf(file: string): string {
  return file.split('/')[0]!
}
