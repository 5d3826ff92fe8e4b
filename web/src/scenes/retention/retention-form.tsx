import { Button, Group } from '@mantine/core'
import { useRef, type ReactNode } from 'react'
import { useFocusAfterRemoval } from '../../components/focus-return.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { AgeSelect } from './age-select.tsx'
import type { DeletionCounts } from './deletion-counts.ts'
import { DeletionDialog, type DeletionDialogProps } from './deletion-dialog.tsx'
import type { AgesForm } from './use-ages.ts'

interface AgeField<Kind extends string> {
  kind: Kind
  label: string
  description?: string
  /** Label of the choice without an age. */
  none?: string
}

interface RetentionFormProps<Kind extends string> {
  form: AgesForm<Kind>
  fields: readonly AgeField<Kind>[]
  preview: { data: DeletionCounts | undefined; error: unknown; isFetching: boolean; refetch: () => unknown }
  saving: { isPending: boolean; error: unknown; reset: () => void }
  onSave: () => void
  dialog: Pick<DeletionDialogProps, 'title' | 'keeps'>
  /** Below the ages. */
  children?: ReactNode
}

/** Ages of a retention. A change that deletes more is confirmed with its counts. */
export function RetentionForm<Kind extends string>(props: RetentionFormProps<Kind>) {
  const { form, fields, preview, saving, onSave, dialog, children } = props
  const text = words.retention
  const firstSelect = useRef<HTMLSelectElement>(null)
  const saveButton = useRef<HTMLButtonElement>(null)
  useFocusAfterRemoval(form.isChanged, firstSelect)
  useFocusAfterRemoval(saving.isPending, saveButton)
  // A failure of an earlier attempt is no longer shown.
  const open = () => {
    saving.reset()
    form.open()
  }
  const cancel = () => {
    saving.reset()
    form.forgetEdits()
  }
  return (
    <>
      {fields.map(({ kind, none = text.never, ...field }, index) => (
        <AgeSelect
          key={kind}
          {...field}
          {...(index === 0 && { ref: firstSelect })}
          none={none}
          value={form.ages[kind]}
          onChange={(days) => form.set(kind, days)}
        />
      ))}
      {children}
      {!form.opened && saving.error != null && <ProblemNotice error={saving.error} />}
      {form.isChanged && (
        <Group gap="xs">
          <Button ref={saveButton} size="xs" loading={saving.isPending} onClick={form.deletesMore ? open : onSave}>
            {form.deletesMore ? `${text.save}…` : text.save}
          </Button>
          <Button size="xs" variant="default" onClick={cancel}>
            {words.cancel}
          </Button>
        </Group>
      )}
      <DeletionDialog
        {...dialog}
        opened={form.opened}
        onClose={form.close}
        counts={preview.isFetching || preview.error != null ? undefined : preview.data}
        busy={saving.isPending}
        error={saving.error ?? preview.error}
        onRetry={saving.error == null ? () => void preview.refetch() : undefined}
        onConfirm={onSave}
      />
    </>
  )
}
