import type { GetSessionConfirmResponse } from '../../api/client.ts'

/** Props of a form that proves the identity of a person. */
export interface MethodProps {
  /** Codes of which a password needs one; empty without a second factor. */
  codes: GetSessionConfirmResponse['codes']
  onConfirmed: () => void
  onCancel: () => void
}
