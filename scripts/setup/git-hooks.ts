/** Runs git and returns its exit status and output. */
export type Git = (...args: string[]) => { status: number | null; stdout: string }

const FOLDER = '.githooks'

/**
 * Activates the hooks of this repository, unless hooks are set already or the folder is not a checkout (such as a
 * tarball).
 *
 * @returns the sentence to print; `undefined` when there is nothing to do
 */
export function activateHooks(git: Git): string | undefined {
  const top = git('rev-parse', '--show-prefix')
  // With a prefix, this is a folder inside another checkout, whose hooks must not be changed.
  if (top.status !== 0 || top.stdout.trim() !== '') return undefined

  const set = git('config', '--get', 'core.hooksPath').stdout.trim()
  if (set === FOLDER) return 'git hooks: already active.'
  if (set !== '') return `git hooks: left alone, core.hooksPath is already "${set}".`
  return git('config', '--local', 'core.hooksPath', FOLDER).status === 0
    ? `git hooks: active now (core.hooksPath = ${FOLDER}); each commit is checked first.`
    : 'git hooks: git refused to set core.hooksPath.'
}
