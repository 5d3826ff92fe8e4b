import type { Person } from '../../api/client.ts'

/** What every dialog about a person is given. */
export interface PersonDialogProps {
  person: Person
  opened: boolean
  onClose: () => void
}
