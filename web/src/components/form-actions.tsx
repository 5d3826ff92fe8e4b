import { Button, Group } from '@mantine/core'
import { words } from '../words/index.ts'

interface FormActionsProps {
  /** Label of the submit button. */
  submit: string
  /** Shows progress and blocks a second submission. */
  isPending: boolean
  onCancel: () => void
}

/** Last row of a form: buttons to cancel and to submit it. */
export function FormActions({ submit, isPending, onCancel }: FormActionsProps) {
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel}>
        {words.cancel}
      </Button>
      <Button type="submit" loading={isPending}>
        {submit}
      </Button>
    </Group>
  )
}
