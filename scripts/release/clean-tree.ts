export interface Commit {
  hash: string
  /** Seconds since 1970. */
  time: number
}

/** Runs git in the checkout. */
export type Git = (...args: string[]) => { status: number | null; stdout: string; stderr: string }

const MOST_LISTED = 10

/**
 * Returns the commit of a checkout without changes.
 *
 * @throws {Error} with the changed files, or when the folder isn't a checkout
 */
export function readCleanCommit(git: Git): Commit {
  const changed = outputOf(git('status', '--porcelain', '--untracked-files=all'))
    .split('\n')
    .filter(Boolean)
  if (changed.length > 0) {
    const more = changed.length > MOST_LISTED ? [`… and ${changed.length - MOST_LISTED} more`] : []
    const list = [...changed.slice(0, MOST_LISTED), ...more].join('\n')
    throw new Error(`A release needs a clean tree. Commit or remove these files:\n${list}`)
  }
  const [hash = '', time] = outputOf(git('log', '-1', '--format=%H %ct'))
    .trim()
    .split(' ')
  return { hash, time: Number(time) }
}

/** Files of the commit, by their path in the checkout: ignored files don't belong to a release. */
export function listTrackedFiles(git: Git): string[] {
  return outputOf(git('ls-files', '-z')).split('\0').filter(Boolean)
}

function outputOf({ status, stdout, stderr }: ReturnType<Git>): string {
  if (status !== 0) throw new Error(`A release needs git and a checkout. ${stderr}`)
  return stdout
}
