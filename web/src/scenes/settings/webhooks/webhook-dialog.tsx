import { TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { fieldFault } from '../../../components/field-fault.ts'
import { words } from '../../../words/index.ts'
import { SecretDialog } from './secret-dialog.tsx'

interface WebhookDialogProps<Fields> {
  title: string
  fields: Fields
  onChange: (fields: Fields) => void
  /** Request that creates the webhook. */
  add: { data?: { secret: string } | undefined; error: unknown; isPending: boolean }
  onSubmit: () => void
  onClose: () => void
  /** Fields after name and address. */
  children?: ReactNode
}

/** Asks for name and address, then shows the secret, once. */
export function WebhookDialog<Fields extends { name: string; url: string }>({
  title,
  fields,
  onChange,
  add,
  onSubmit,
  onClose,
  children,
}: WebhookDialogProps<Fields>) {
  const text = words.webhooks
  return (
    <SecretDialog
      title={title}
      madeTitle={text.madeTitle}
      submit={text.addButton}
      add={add}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      <TextInput
        label={text.name}
        required
        data-autofocus
        autoComplete="off"
        value={fields.name}
        error={fieldFault(add.error, 'name')}
        onChange={({ currentTarget }) => onChange({ ...fields, name: currentTarget.value })}
      />
      <TextInput
        label={text.url}
        type="url"
        placeholder="https://"
        required
        value={fields.url}
        error={fieldFault(add.error, 'url')}
        onChange={({ currentTarget }) => onChange({ ...fields, url: currentTarget.value })}
      />
      {children}
    </SecretDialog>
  )
}
