import { describe, expect, it } from 'vitest'
import { listTrackedFiles, readCleanCommit, type Git } from './clean-tree.ts'

const HASH = 'a'.repeat(40)

describe('the tree of a release', () => {
  it('is described by its commit and the time of it', () => {
    expect(readCleanCommit(gitWith(''))).toEqual({ hash: HASH, time: 1_795_000_000 })
  })

  it.each(['?? server/src/new.ts', ' M package.json', 'A  docs/new.md'])(
    'is refused with the change "%s"',
    (change) => {
      expect(() => readCleanCommit(gitWith(`${change}\n`))).toThrow(change)
    },
  )

  it('is refused with the first ten changes and the number of others', () => {
    const changes = Array.from({ length: 12 }, (_, n) => ` M docs/${n}.md`)

    expect(() => readCleanCommit(gitWith(changes.join('\n')))).toThrow(/docs\/9\.md\n… and 2 more$/)
  })

  it('is refused outside of a checkout, with the message of git', () => {
    const git: Git = () => ({ status: 128, stdout: '', stderr: 'fatal: not a git repository' })

    expect(() => readCleanCommit(git)).toThrow('not a git repository')
  })
})

describe('the files of a commit', () => {
  it('are those that git tracks, whatever their names contain', () => {
    const git: Git = (...args) => ({
      status: 0,
      stdout: args.includes('-z') ? 'README.md\0docs/a b\n.md\0' : '',
      stderr: '',
    })

    expect(listTrackedFiles(git)).toEqual(['README.md', 'docs/a b\n.md'])
  })
})

function gitWith(status: string): Git {
  return (command) => {
    if (command === 'status') return { status: 0, stdout: status, stderr: '' }
    if (command === 'log') return { status: 0, stdout: `${HASH} 1795000000\n`, stderr: '' }
    throw new Error(`git ${command}`)
  }
}
