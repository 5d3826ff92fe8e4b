import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { Grant, GrantRemoval } from '../../api/client.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { words } from '../../words/index.ts'

const { revoke: text } = words.cloudProviders.grants

export interface Disconnected {
  grant: Grant
  commands: GrantRemoval['revocation']
}

/** Instructions after a disconnected sign-in: an Entra admin revokes the consent at Microsoft. */
export function RevokeConsent({ grant, commands, onClose }: Disconnected & { onClose: () => void }) {
  const where = commands ? text.where : text.whereOnly
  return (
    <Modal
      opened
      onClose={onClose}
      title={text.title}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <Stack>
        <Text size="sm">{text.done(grant.displayName)}</Text>
        <Text size="sm">{grant.isPersonal ? text.personal : where}</Text>
        {commands && (
          <>
            <CopyValue name={text.ofPerson} value={commands.ofPerson} />
            <CopyValue name={text.ofOrganization} value={commands.ofOrganization} />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text.close}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
