import { Modal } from '@mantine/core'
import { words } from '../../../words/index.ts'
import { ShownSecret } from './shown-secret.tsx'

interface RotatedSecretProps {
  secret: string
  /** Sentence about the secret before. */
  more: string
  onClose: () => void
}

/** Shows a new secret that replaces another one, once. */
export function RotatedSecret({ secret, more, onClose }: RotatedSecretProps) {
  return (
    <Modal opened onClose={onClose} title={words.webhooks.rotatedTitle} closeOnClickOutside={false} size="lg" centered>
      <ShownSecret secret={secret} more={more} onDone={onClose} />
    </Modal>
  )
}
