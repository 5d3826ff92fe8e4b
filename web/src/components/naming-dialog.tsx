import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { words } from '../words/index.ts'

interface NamingDialogProps {
  title: string
  sentence?: string
  label: string
  hint?: string
  maxLength: number
  /** Name at the start, selected so that typing replaces it. */
  initial: string
  /** Label of the button. */
  submit: string
  busy: boolean
  /** A failure, shown above the field. */
  problem: ReactNode
  onSubmit: (name: string) => void
  onClose: () => void
}

/** Asks for the name of a new or existing object. Each opening starts with the initial name. */
export function NamingDialog(props: NamingDialogProps) {
  const { title, sentence, label, hint, maxLength, initial, submit, busy, problem, onSubmit, onClose } = props
  const [name, setName] = useState(initial)
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit(name.trim())
        }}
      >
        <Stack>
          {problem}
          {sentence !== undefined && <Text size="sm">{sentence}</Text>}
          <TextInput
            label={label}
            description={hint}
            required
            // A name of spaces isn't one.
            pattern=".*\S.*"
            maxLength={maxLength}
            data-autofocus
            onFocus={({ currentTarget }) => currentTarget.select()}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
