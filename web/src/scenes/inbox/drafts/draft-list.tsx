import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useLayoutEffect, useRef } from 'react'
import { getDraftsOptions, type ListedDraft } from '../../../api/client.ts'
import { useCommand } from '../../../keyboard/actions.ts'
import { words } from '../../../words/index.ts'
import { ListFrame } from '../list-frame.tsx'
import { useDiscardDraft } from './discard-draft.ts'
import { DraftRow } from './draft-row.tsx'
import classes from './drafts.module.css'

const NO_DRAFTS: readonly ListedDraft[] = []

/** All drafts of the user, the latest first, in place of the list of conversations. Opening one opens the composer. */
export function DraftList({ opened }: { opened: string | undefined }) {
  const query = useQuery(getDraftsOptions())
  const navigate = useNavigate()
  const list = useRef<HTMLUListElement>(null)
  const drafts = query.data?.drafts ?? NO_DRAFTS
  const texts = words.drafts
  const discard = useDiscardDraft()
  const linksNow = () => [...(list.current?.querySelectorAll('a') ?? [])]
  const go = (by: 1 | -1) => {
    const links = linksNow()
    const at = links.findIndex((link) => link === document.activeElement)
    links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus()
  }
  useCommand('next', drafts.length > 0 ? () => go(1) : undefined)
  useCommand('previous', drafts.length > 0 ? () => go(-1) : undefined)

  /** The latest discarded row. Its button had the focus, which moves to the row that takes its place. */
  const discarded = useRef<{ id: string; index: number }>(undefined)
  useLayoutEffect(() => {
    const gone = discarded.current
    if (!gone || drafts.some(({ id }) => id === gone.id)) return
    discarded.current = undefined
    if (document.activeElement !== document.body) return
    const links = linksNow()
    const next = links[Math.min(gone.index, links.length - 1)] ?? list.current?.closest('section')
    next?.focus()
  }, [drafts])

  function discardOne({ id, conversationId, content: { subject } }: ListedDraft): void {
    discarded.current = { id, index: drafts.findIndex((draft) => draft.id === id) }
    discard.mutate(
      { id, subject, ...(conversationId !== undefined && { conversationId }) },
      // The composer would save a draft that is gone.
      { onSuccess: () => id === opened && void navigate({ to: '/inbox' }) },
    )
  }

  return (
    <ListFrame title={texts.title} query={query} count={query.data?.drafts.length} empty={texts.empty}>
      <ul ref={list} className={classes.list} aria-label={texts.title} hidden={drafts.length === 0}>
        {drafts.map((draft) => (
          <DraftRow key={draft.id} draft={draft} current={draft.id === opened} onDiscard={() => discardOne(draft)} />
        ))}
      </ul>
    </ListFrame>
  )
}
