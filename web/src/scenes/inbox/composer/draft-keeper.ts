/**
 * Saves a draft on the server while it is written. Four promises, so that users never save by hand:
 *
 * 1. Input is saved shortly after the last key, and immediately on request; one save at a time.
 * 2. A failed save is retried, and its content is never lost meanwhile.
 * 3. Content saved by another window is never overwritten unseen: both versions are offered. A save of this window
 *    whose response was lost is no conflict.
 * 4. Unsaved content outlives the composer while the page is open.
 *
 * A draft of version 0 is not on the server: the first save creates it.
 */
import type { Draft } from '../../../api/client.ts'
import { toProblem, type Problem } from '../../../api/problem.ts'
import {
  toDraftContent,
  sameContent,
  composerContent,
  type DraftContent,
  type ComposerContent,
} from './composer-content.ts'

export const SAVE_AFTER_MS = 800
export const TRY_AGAIN_AFTER_MS = 5_000

export type Keeping =
  /** `begun`: empty and not on the server. */
  | { state: 'begun' | 'saved' | 'unsaved' | 'saving' }
  | { state: 'failed'; problem: Problem }
  | { state: 'conflict'; theirs: Draft }
  /** It was sent or discarded elsewhere, or moved to a mailbox without access for the user. */
  | { state: 'gone' }

export interface KeeperPorts {
  save: (content: DraftContent, version: number) => Promise<Draft>
  load: () => Promise<Draft>
}

export interface DraftKeeper {
  now: () => { writing: ComposerContent; keeping: Keeping }
  subscribe: (onChange: () => void) => () => void
  /** `true` when closing the page would lose content. */
  isDirty: () => boolean
  edit: (change: Partial<ComposerContent>) => void
  /** `true` when the server has the draft. */
  isCreated: () => boolean
  /** Creates it on the server, even when empty: for its attachments. Throws on failure. */
  create: () => Promise<void>
  /** Resolves when everything is saved, or when it can't be. */
  flush: () => Promise<void>
  /** Resolves a conflict. */
  take: (whose: 'mine' | 'theirs') => void
  /** Stops saving: the draft is being sent or discarded. */
  stop: () => Promise<void>
  /** The user lost access to the draft: until `regain`, it can only be kept as a new one. */
  lose: () => void
  /** The user has access again, such as after a move was undone. Saving resumes. */
  regain: () => void
  /** Resumes saving, because the draft was not sent or discarded after all. */
  goOn: () => void
}

const unsaved = new Map<string, { writing: ComposerContent; version: number }>()

export function createDraftKeeper(draft: Draft, { save, load }: KeeperPorts): DraftKeeper {
  const left = unsaved.get(draft.id)
  let version = left?.version ?? draft.version
  let kept = composerContent(draft.content)
  /** Version of `kept`. Content restored from an earlier composer may have an older one. */
  let keptVersion = draft.version
  let now: { writing: ComposerContent; keeping: Keeping } = {
    writing: left?.writing ?? kept,
    keeping: { state: left ? 'unsaved' : atRest() },
  }
  let stopped = false
  let isWanted = false
  let isLost = false
  let saving: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const listeners = new Set<() => void>()

  function show(change: Partial<typeof now>): void {
    now = { ...now, ...change }
    if (isDirty()) unsaved.set(draft.id, { writing: now.writing, version })
    else unsaved.delete(draft.id)
    for (const listener of listeners) listener()
  }
  /** State without unsaved content. */
  function atRest(): 'begun' | 'saved' {
    return version === 0 ? 'begun' : 'saved'
  }
  const isDirty = () => isLost || !sameContent(now.writing, kept)
  const isStuck = () => stopped || now.keeping.state === 'conflict' || now.keeping.state === 'gone'

  function schedule(ms: number): void {
    clearTimeout(timer)
    if (!isStuck()) timer = setTimeout(() => void flush(), ms)
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    saving ??= saveAll().finally(() => (saving = undefined))
    return saving
  }

  async function saveAll(): Promise<void> {
    while (!isStuck() && (isDirty() || (isWanted && version === 0))) {
      const { writing } = now
      show({ keeping: { state: 'saving' } })
      try {
        keep(writing, (await save(toDraftContent(writing), version)).version)
      } catch (error) {
        if (!(await settle(toProblem(error), writing))) return
      }
    }
    if (!isStuck()) show({ keeping: { state: atRest() } })
  }

  /** Resolves to `true` when saving continues immediately. */
  async function settle(problem: Problem, wanted: ComposerContent): Promise<boolean> {
    if (problem.code === 'conversations.draft_changed') {
      const theirs = await load().catch((error: unknown) => toProblem(error))
      if ('content' in theirs) return settleConflict(theirs, wanted)
      return fail(theirs)
    }
    return fail(problem)
  }

  function settleConflict(theirs: Draft, wanted: ComposerContent): boolean {
    if (isLost) return false
    const isOwnSave = sameContent(composerContent(theirs.content), wanted)
    if (!isOwnSave) {
      show({ keeping: { state: 'conflict', theirs } })
      return false
    }
    keep(wanted, theirs.version)
    return true
  }

  function keep(content: ComposerContent, ofVersion: number): void {
    kept = content
    version = keptVersion = ofVersion
  }

  /** Reads the draft before saving it: a move to another mailbox and back has changed its version and sender name. */
  async function readAgain(): Promise<void> {
    await saving
    saving ??= load()
      .then(
        (theirs) => {
          const content = composerContent(theirs.content)
          const isMovedOnly = keptVersion === version && sameContent({ ...content, identityId: kept.identityId }, kept)
          if (isMovedOnly && theirs.emailAccountId === draft.emailAccountId) keep(content, theirs.version)
        },
        // Saving reports other failures.
        (thrown: unknown) => {
          if (version > 0 && toProblem(thrown).status === 404) show({ keeping: { state: 'gone' } })
        },
      )
      .then(saveAll)
      .finally(() => (saving = undefined))
    await saving
  }

  function fail(problem: Problem): false {
    // The loss was shown during the save, and explains its failure.
    if (isLost) return false
    if (problem.status === 404) show({ keeping: { state: 'gone' } })
    else show({ keeping: { state: 'failed', problem } })
    if (problem.remedy === 'wait') schedule(TRY_AGAIN_AFTER_MS)
    return false
  }

  if (left) schedule(SAVE_AFTER_MS)
  return {
    now: () => now,
    isDirty: () => !stopped && isDirty(),
    isCreated: () => version > 0,
    async create() {
      if (version > 0) return
      isWanted = true
      await flush()
      const { keeping } = now
      if (version > 0) return
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- Failures are problems everywhere here.
      throw keeping.state === 'failed' ? keeping.problem : toProblem(undefined)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    edit(change) {
      const writing = { ...now.writing, ...change }
      if (isStuck() || now.keeping.state === 'failed') show({ writing })
      else show({ writing, keeping: { state: 'unsaved' } })
      schedule(SAVE_AFTER_MS)
    },
    flush,
    take(whose) {
      if (now.keeping.state !== 'conflict') return
      const { theirs } = now.keeping
      keep(composerContent(theirs.content), theirs.version)
      if (whose === 'theirs') show({ writing: kept, keeping: { state: 'saved' } })
      else show({ keeping: { state: 'unsaved' } })
      void flush()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await saving
    },
    lose() {
      if (stopped) return
      clearTimeout(timer)
      isLost = true
      show({ keeping: { state: 'gone' } })
    },
    regain() {
      if (!isLost) return
      isLost = false
      show({ keeping: { state: isDirty() ? 'unsaved' : atRest() } })
      void readAgain()
    },
    goOn() {
      stopped = false
      if (now.keeping.state === 'saving') show({ keeping: { state: isDirty() ? 'unsaved' : atRest() } })
      if (isDirty()) schedule(SAVE_AFTER_MS)
    },
  }
}

/** Deletes unsaved content of a draft that was sent or discarded. */
export function forgetUnsaved(draftId: string): void {
  unsaved.delete(draftId)
}
