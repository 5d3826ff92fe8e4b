/**
 * Attachments of a draft, including running uploads. Files are uploaded one after the other; a failed one stays in the
 * list with its reason, and the others continue.
 */
import type { DraftAttachment, SendingLimits } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { words } from '../../../words/index.ts'
import { sizeText } from './sizes.ts'

export interface Entry {
  key: string
  name: string
  sizeBytes?: number
  state: 'waiting' | 'uploading' | 'attached' | 'refused'
  /** Present once it is attached. */
  id?: string
  /** Content-ID of an image that the text shows by `cid:`. */
  contentId?: string
  /** Progress of the upload, 0 to 100. */
  percent?: number
  /** Reason why it was refused or could not be removed. */
  reason?: string
  /** `true` when a retry may help. */
  mayPass?: boolean
}

export interface ListPorts {
  upload(file: File, onProgress: (percent: number) => void, contentId: string | undefined): Promise<DraftAttachment>
  /** Copies the attachments of a message. */
  copy(messageId: string): Promise<DraftAttachment[]>
  detach(id: string): Promise<unknown>
  /** Attachments known to the server. */
  load(): Promise<DraftAttachment[]>
}

type Source = { file: File; contentId?: string } | { messageId: string }

export type AttachmentList = ReturnType<typeof createAttachmentList>

export function createAttachmentList(present: readonly DraftAttachment[], ports: ListPorts) {
  let entries: readonly Entry[] = present.map(attached)
  let limits: SendingLimits | undefined
  let number = 0
  let queue: Promise<unknown> = Promise.resolve()
  const sources = new Map<string, Source>()
  const listeners = new Set<() => void>()

  function show(next: readonly Entry[]): void {
    entries = next
    for (const listener of listeners) listener()
  }
  const change = (key: string, to: Partial<Entry>) =>
    show(entries.map((entry) => (entry.key === key ? { ...entry, ...to } : entry)))
  const replace = (key: string, by: readonly Entry[]) =>
    show(entries.flatMap((entry) => (entry.key === key ? by : [entry])))

  function begin(source: Source, name: string, sizeBytes?: number): void {
    const key = `new-${++number}`
    const contentId = 'file' in source ? source.contentId : undefined
    const entry: Entry = {
      ...{ key, name, state: 'waiting' },
      ...(sizeBytes !== undefined && { sizeBytes }),
      ...(contentId !== undefined && { contentId }),
    }
    const reason = sizeBytes === undefined ? undefined : overLimit(name, sizeBytes)
    show([...entries, reason === undefined ? entry : { ...entry, state: 'refused', reason }])
    if (reason !== undefined) return
    sources.set(key, source)
    go(key, source, false)
  }

  function go(key: string, source: Source, isAgain: boolean): void {
    queue = queue.then(async () => {
      if (!entries.some((entry) => entry.key === key)) return
      change(key, { state: 'uploading', percent: 0 })
      try {
        const there = isAgain ? await alreadyThere(source) : []
        replace(key, (there.length > 0 ? there : await take(key, source)).map(attached))
        sources.delete(key)
      } catch (error) {
        const problem = toProblem(error)
        change(key, { state: 'refused', reason: sentence(problem), mayPass: problem.remedy === 'wait' })
      }
    })
  }

  async function take(key: string, source: Source): Promise<DraftAttachment[]> {
    if ('messageId' in source) return ports.copy(source.messageId)
    return [await ports.upload(source.file, (percent) => change(key, { percent }), source.contentId)]
  }

  /** On a retry, the first response may have been lost. */
  async function alreadyThere(source: Source): Promise<DraftAttachment[]> {
    const known = new Set(entries.map(({ id }) => id))
    const strange = (await ports.load()).filter(({ id }) => !known.has(id))
    if ('messageId' in source) return strange
    return strange
      .filter(({ name, sizeBytes }) => name === toFileName(source.file) && sizeBytes === source.file.size)
      .slice(0, 1)
  }

  function overLimit(name: string, sizeBytes: number): string | undefined {
    if (!limits) return undefined
    const { tooLarge, tooMuch, tooMany } = words.composer.attachments
    const there = entries.filter(({ state }) => state !== 'refused')
    const total = there.reduce((sum, entry) => sum + (entry.sizeBytes ?? 0), sizeBytes)
    if (sizeBytes > limits.attachmentBytes) return tooLarge(sizeText(limits.attachmentBytes))
    if (total > limits.messageBytes) return tooMuch(sizeText(limits.messageBytes))
    if (there.length >= limits.attachments) return tooMany(limits.attachments)
    return undefined
  }

  return {
    now: () => entries,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setLimits: (known: SendingLimits) => void (limits = known),
    add(files: readonly File[]) {
      for (const file of files) begin({ file }, toFileName(file), file.size)
    },
    /** Uploads an image that the text shows by this Content-ID. */
    addInline: (file: File, contentId: string) => begin({ file, contentId }, toFileName(file), file.size),
    /** Detaches images that were removed from the text. A failure keeps them, as unseen attachments. */
    async removeUnused(html: string): Promise<void> {
      const unused = entries.filter((entry) => isInlineImage(entry) && !html.includes(`cid:${entry.contentId}`))
      for (const { key } of unused) await this.remove(key)
    },
    addFrom: (messageId: string) => begin({ messageId }, words.composer.attachments.ofTheMessage),
    /** Shows attachments that the server added. */
    addAttached: (more: readonly DraftAttachment[]) => show([...entries, ...more.map(attached)]),
    again(key: string) {
      const source = sources.get(key)
      if (source) go(key, source, true)
    },
    async remove(key: string) {
      const entry = entries.find((each) => each.key === key)
      if (entry?.id !== undefined) {
        try {
          await ports.detach(entry.id)
        } catch (error) {
          const problem = toProblem(error)
          if (problem.status !== 404) {
            change(key, { reason: sentence(problem) })
            return
          }
        }
      }
      sources.delete(key)
      replace(key, [])
    },
    /** Takes over changes of another window. */
    adopt: (there: readonly DraftAttachment[]) =>
      show([...there.map(attached), ...entries.filter(({ state }) => state !== 'attached')]),
  }
}

/** File name that is valid in a header. */
export function toFileName({ name }: File): string {
  const line = name
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 255)
  return line === '' ? words.composer.attachments.unnamed : line
}

function attached({ id, name, sizeBytes, contentId }: DraftAttachment): Entry {
  return { key: id, id, name, sizeBytes, state: 'attached', ...(contentId !== undefined && { contentId }) }
}

/** Distinguishes images inserted here from those of a forwarded message. */
const INLINE = '@inline.postkey'

/** `true` for an image that was inserted into the text. It is shown there, and not among the attachments. */
export function isInlineImage({ contentId }: Pick<Entry, 'contentId'>): boolean {
  return contentId?.endsWith(INLINE) === true
}

export function newContentId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') + INLINE
}

function sentence({ title, detail, fix }: { title: string; detail: string; fix: string }): string {
  return [title, ...(detail === title || detail === '' ? [] : [detail]), fix].join('. ').replaceAll('..', '.')
}
