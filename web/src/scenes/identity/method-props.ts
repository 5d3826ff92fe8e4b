/** Props of a form that proves the identity of a person. */
export interface MethodProps {
  onConfirmed: () => void
  onCancel: () => void
}
