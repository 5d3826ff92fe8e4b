import { ActionIcon, Loader, Tooltip } from '@mantine/core'
import { IconBookmark, IconBookmarkFilled } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { words } from '../../../words/index.ts'
import type { InboxSearch } from '../inbox-search.ts'
import { isShown, useSavedViews } from './use-saved-views.ts'

const SavedViewDialog = lazy(async () => ({ default: (await import('./saved-view-dialog.tsx')).SavedViewDialog }))

/** Saves the current search, or edits the saved view that is shown. */
export function SaveViewButton({ search }: { search: InboxSearch & { q: string } }) {
  const [isOpen, setIsOpen] = useState(false)
  const saved = useSavedViews().find((one) => isShown(one, search))
  const label = saved ? words.savedViews.edit : words.savedViews.save
  const Sign = saved ? IconBookmarkFilled : IconBookmark
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => setIsOpen(true)}>
          <Sign size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {isOpen && (
        <Suspense fallback={<Loader size="sm" aria-label={words.loading} />}>
          <SavedViewDialog search={search} saved={saved} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
