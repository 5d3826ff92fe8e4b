import { describe, expect, it } from 'vitest'
import { activateHooks, type Git } from './git-hooks.ts'

describe('the git hooks', () => {
  it('are activated in a fresh checkout', () => {
    const git = new FakeGit({ checkout: true })

    expect(activateHooks(git.run)).toContain('active now')
    expect(git.hooksPath).toBe('.githooks')
  })

  it('are left unchanged when other hooks are set', () => {
    const git = new FakeGit({ checkout: true, hooksPath: '.husky' })

    expect(activateHooks(git.run)).toContain('left alone')
    expect(git.hooksPath).toBe('.husky')
  })

  it('are not set twice', () => {
    expect(activateHooks(new FakeGit({ checkout: true, hooksPath: '.githooks' }).run)).toContain('already active')
  })

  it('are skipped in a tarball, with or without git on the machine', () => {
    expect(activateHooks(new FakeGit({ checkout: false }).run)).toBeUndefined()
    expect(activateHooks(() => ({ status: null, stdout: '' }))).toBeUndefined()
  })

  it('are skipped in a checkout that only contains this folder', () => {
    const git = new FakeGit({ checkout: true, prefix: 'vendor/postkey/' })

    expect(activateHooks(git.run)).toBeUndefined()
    expect(git.hooksPath).toBe('')
  })
})

/** Fake of git that supports only the configuration of hooks and rejects any other call. */
class FakeGit {
  hooksPath: string
  readonly #state: { checkout: boolean; prefix?: string }

  constructor(state: { checkout: boolean; prefix?: string; hooksPath?: string }) {
    this.#state = state
    this.hooksPath = state.hooksPath ?? ''
  }

  readonly run: Git = (...args) => {
    if (!this.#state.checkout) return { status: 128, stdout: '' }
    const command = args.join(' ')
    if (command === 'rev-parse --show-prefix') return { status: 0, stdout: `${this.#state.prefix ?? ''}\n` }
    if (command === 'config --get core.hooksPath') {
      return { status: this.hooksPath ? 0 : 1, stdout: this.hooksPath && `${this.hooksPath}\n` }
    }
    if (command.startsWith('config --local core.hooksPath ')) {
      this.hooksPath = args[3]!
      return { status: 0, stdout: '' }
    }
    throw new TypeError(`git ${command} was not expected`)
  }
}
