/** Runs git and tells what it said. */
export type Git = (...args: string[]) => { status: number | null; stdout: string }

const FOLDER = '.githooks'

/**
 * Lets git run the hooks of this repository, unless hooks are set already or this is no checkout (a tarball, say).
 * Returns the sentence to print, or nothing when there is nothing to do.
 */
export function activateHooks(git: Git): string | undefined {
  const top = git('rev-parse', '--show-prefix')
  // With a prefix we are a folder inside somebody else's checkout, whose hooks are not ours to set.
  if (top.status !== 0 || top.stdout.trim() !== '') return undefined

  const set = git('config', '--get', 'core.hooksPath').stdout.trim()
  if (set === FOLDER) return 'git hooks: already active.'
  if (set !== '') return `git hooks: left alone, core.hooksPath is already "${set}".`
  return git('config', '--local', 'core.hooksPath', FOLDER).status === 0
    ? `git hooks: active now (core.hooksPath = ${FOLDER}); each commit is checked first.`
    : 'git hooks: git refused to set core.hooksPath.'
}
