/**
 * Pre-commit hook, runs in less than 15 s. It formats and lints staged files and searches them for secrets. It checks
 * types, rooms, tables, the glossary and the unit tests of changed rooms. `git commit --no-verify` skips the hook, but not the
 * full test run.
 *
 * A partly staged file is only checked: formatting it would stage changes that its author held back.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readStatus, roomFolders, secretComplaints, type StagedFile } from './pre-commit/staged.ts'
import { runCommand } from './test-run/run-command.ts'
import { exitOutcome } from './test-run/outcome.ts'
import { STEPS } from './test-run/steps.ts'

const LIMIT_MS = 60_000
const PRETTIER = 'node_modules/prettier/bin/prettier.cjs'

process.chdir(join(import.meta.dirname, '..'))
const staged = readStatus(git('status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=no'))
if (staged.length === 0) process.exit(0)

const complaints = secretComplaints(git('diff', '--cached', '--unified=0', '--no-color', '--no-ext-diff'))
formatWhole(staged.filter(({ partly }) => !partly))
complaints.push(...staged.filter(({ partly }) => partly).flatMap(formatComplaints))

const code = staged.map(({ path }) => path).filter((path) => /\.(ts|tsx|js)$/.test(path))
const commands: (readonly string[])[] = [
  ...['types', 'rooms', 'tables', 'prose', 'glossary'].map((name) => commandOf(name)),
]
if (code.length > 0) {
  commands.unshift(['node_modules/eslint/bin/eslint.js', '--no-warn-ignored', ...code])
  commands.push([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project=unit',
    '--passWithNoTests',
    '--reporter=dot',
    ...roomFolders(code),
  ])
}

const outcomes = await Promise.all(commands.map((command) => runCommand(command, LIMIT_MS)))
complaints.push(...outcomes.map((finished) => exitOutcome(finished).details).filter((details) => details !== ''))

for (const complaint of complaints) console.error(`${complaint}\n`)
if (complaints.length > 0) process.exitCode = 1

function commandOf(name: string): readonly string[] {
  return STEPS.find((step) => step.name === name)!.command
}

function formatWhole(files: readonly StagedFile[]): void {
  if (files.length === 0) return
  const paths = files.map(({ path }) => path)
  const { status, stderr } = run([PRETTIER, '--write', '--ignore-unknown', '--log-level=warn', ...paths])
  if (status !== 0) complaints.push(stderr)
  git('add', '--', ...paths)
}

function formatComplaints({ path }: StagedFile): string[] {
  const { status } = run([PRETTIER, '--check', '--stdin-filepath', path], git('show', `:${path}`))
  return status === 0
    ? []
    : [`${path}: the staged part is not formatted; run "npx prettier --write ${path}" and stage it.`]
}

function run(args: readonly string[], input = '') {
  return spawnSync(process.execPath, args, { encoding: 'utf8', input })
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr}`)
  return stdout
}
