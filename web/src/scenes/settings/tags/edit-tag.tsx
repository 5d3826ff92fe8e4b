import { Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { patchTagsId, postTags, type Tag } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { TagChip } from '../../inbox/tags/tag-chip.tsx'

/** Longest name of a tag. */
const LONGEST_NAME = 50

/** Creates a tag, or changes its name and color. */
export function EditTag({ tag, onClose }: { tag: Tag | 'new' | undefined; onClose: () => void }) {
  const { new: create, editTitle } = words.tags
  return (
    <Modal
      opened={tag !== undefined}
      onClose={onClose}
      title={tag === 'new' ? create : editTitle}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {tag && <Form tag={tag} onDone={onClose} />}
    </Modal>
  )
}

function Form({ tag, onDone }: { tag: Tag | 'new'; onDone: () => void }) {
  const text = words.tags
  const [name, setName] = useState(tag === 'new' ? '' : tag.name)
  const [color, setColor] = useState<Tag['color']>(tag === 'new' ? 'blue' : tag.color)
  const refresh = useRefresh('tags')
  const save = useMutation({
    mutationFn: async () => {
      const body = { name: name.trim(), color }
      if (tag === 'new') await postTags({ body, throwOnError: true })
      else await patchTagsId({ path: { id: tag.id }, body, throwOnError: true })
    },
    onSuccess: () => {
      onDone()
      return refresh()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm">
        <TextInput
          data-autofocus
          required
          label={text.name}
          maxLength={LONGEST_NAME}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <NativeSelect
          label={text.color}
          value={color}
          onChange={({ currentTarget }) => setColor(currentTarget.value as Tag['color'])}
          data={Object.entries(text.colors).map(([value, label]) => ({ value, label }))}
        />
        <div>
          <TagChip tag={{ name: name.trim() || text.name, color }} />
        </div>
        {save.error && <ProblemNotice error={save.error} />}
        <FormActions submit={tag === 'new' ? text.new : text.save} isPending={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
