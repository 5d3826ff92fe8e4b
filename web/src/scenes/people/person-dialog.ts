import type { Person } from '../../api/client.ts'

/** Common props of dialogs about a person. */
export interface PersonDialogProps {
  person: Person
  opened: boolean
  onClose: () => void
}
