import { Modal } from '@mantine/core'
import { useState } from 'react'
import type { Conversation } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import { showFailure } from '../use-status.ts'
import { TagPicker } from './tag-picker.tsx'
import { useChangeTags } from './use-change-tags.ts'

type Tagged = Pick<Conversation, 'id' | 'subject' | 'tagIds'>

interface TagDialogProps {
  /** Conversation to tag; closed when absent. */
  conversation: Tagged | undefined
  onClose: () => void
  /** Called after the dialog is gone and has returned the focus. */
  onGone: () => void
}

/** Tags of a conversation. Each change takes effect immediately; *Undo* restores those at the opening. */
export function TagDialog({ conversation, onClose, onGone }: TagDialogProps) {
  return (
    <Modal
      opened={conversation !== undefined}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.tags.title}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {conversation && <Choices key={conversation.id} before={conversation} />}
    </Modal>
  )
}

function Choices({ before }: { before: Tagged }) {
  const change = useChangeTags()
  const [tagIds, setTagIds] = useState(before.tagIds)
  const toggle = (id: string, wanted: boolean) => {
    const set = (isOn: boolean) => setTagIds((now) => [...now.filter((each) => each !== id), ...(isOn ? [id] : [])])
    set(wanted)
    const changes = wanted ? { add: [id], remove: [] } : { add: [], remove: [id] }
    change.mutateAsync({ before, wanted: changes }).catch((error: unknown) => {
      set(!wanted)
      // A notice, because another change may succeed meanwhile.
      showFailure(error)
    })
  }
  return <TagPicker stateOf={(id) => (tagIds.includes(id) ? 'all' : 'none')} onToggle={toggle} />
}
