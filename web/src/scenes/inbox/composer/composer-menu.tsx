import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Draft } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import { announceDiscard, useDiscardDraft } from '../drafts/discard-draft.ts'
import type { DraftKeeper } from './draft-keeper.ts'
import { justStarted, localDrafts } from './local-drafts.ts'
import { useOpenDraft } from './start-draft.ts'

interface ComposerMenuProps {
  draft: Draft
  keeper: DraftKeeper
  onDiscarded: () => Promise<void> | void
}

/** Rare actions on the draft. Discarding is undone by its notice, which opens the draft again. */
export function ComposerMenu({ draft, keeper, onDiscarded }: ComposerMenuProps) {
  const { id, conversationId } = draft
  const openDraft = useOpenDraft()
  const discard = useDiscardDraft({ close: onDiscarded, onRestored: (restored) => void openDraft(restored) })
  const [isSaving, setIsSaving] = useState(false)
  const say = words.composer

  async function discardIt(): Promise<void> {
    setIsSaving(true)
    // The last input, too, comes back with the undo.
    await keeper.flush()
    // Before the stop: a stopped keeper saves nothing more.
    const hasUnsaved = keeper.isDirty()
    await keeper.stop()
    setIsSaving(false)
    justStarted.settle(id)
    const { subject } = keeper.now().writing
    if (!keeper.isCreated()) {
      localDrafts.drop(id)
      await onDiscarded()
      if (hasUnsaved) announceDiscard({ id, subject }, bringBack)
      return
    }
    discard.mutate({ id, subject, ...(conversationId !== undefined && { conversationId }) }, { onError: keeper.goOn })
  }

  /** Opens a draft that the server has never received, with its unsaved content. */
  function bringBack(): void {
    localDrafts.restore(draft)
    void openDraft(draft)
  }

  return (
    <Menu position="top-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          ms="auto"
          loading={isSaving || discard.isPending}
          aria-label={say.more}
          title={say.more}
        >
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void discardIt()}>
          {say.discard}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
