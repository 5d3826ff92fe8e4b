import { Modal } from '@mantine/core'
import { useRef, useState } from 'react'
import type { BulkAction, Conversation } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import { TagPicker, type TagState } from '../tags/tag-picker.tsx'
import type { BulkOutcome } from './bulk-run.ts'

interface BulkTagDialogProps {
  opened: boolean
  chosen: readonly Pick<Conversation, 'id' | 'tagIds'>[]
  isBusy: boolean
  /** @param earlier  changes since the opening, which are undone together */
  onChange: (action: BulkAction, earlier: BulkOutcome | undefined) => Promise<BulkOutcome | undefined>
  onClose: () => void
  onGone: () => void
}

/** Tags of the selected conversations. Each change takes effect immediately. */
export function BulkTagDialog({ opened, onClose, onGone, ...choices }: BulkTagDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.tags.title}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {opened && <Choices {...choices} />}
    </Modal>
  )
}

function Choices({ chosen, isBusy, onChange }: Pick<BulkTagDialogProps, 'chosen' | 'isBusy' | 'onChange'>) {
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map())
  const earlier = useRef<BulkOutcome>(undefined)
  const stateOf = (tagId: string): TagState => {
    const wanted = changed.get(tagId)
    if (wanted !== undefined) return wanted ? 'all' : 'none'
    const count = chosen.filter(({ tagIds }) => tagIds.includes(tagId)).length
    return count === 0 ? 'none' : count === chosen.length ? 'all' : 'some'
  }
  const toggle = async (tagId: string, wanted: boolean) => {
    if (isBusy) return
    setChanged((now) => new Map(now).set(tagId, wanted))
    const action = { kind: 'tag' as const, add: wanted ? [tagId] : [], remove: wanted ? [] : [tagId] }
    const outcome = await onChange(action, earlier.current)
    if (!outcome || outcome.failure !== undefined) setChanged((now) => new Map([...now].filter(([id]) => id !== tagId)))
    earlier.current = outcome ?? earlier.current
  }
  return <TagPicker stateOf={stateOf} onToggle={(id, wanted) => void toggle(id, wanted)} />
}
