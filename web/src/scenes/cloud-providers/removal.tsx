import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  deleteCloudProvidersIdMutation,
  getCloudProvidersIdRemovalOptions,
  getCloudProvidersQueryKey,
  type CloudProvider,
  type CloudProviderRemoval,
} from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

const text = words.cloudProviders.removal

/** Removal of a provider: lists its dependents, and is refused while there are any. */
export function Removal({ provider: { id, name } }: { provider: CloudProvider }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const preview = useQuery({ ...getCloudProvidersIdRemovalOptions({ path: { id } }), enabled: isOpen })
  const remove = useOnce({
    ...deleteCloudProvidersIdMutation(),
    onSuccess: async () => {
      await navigate({ to: '/cloud-providers' })
      showNotice({ message: text.removed(name) })
      await queryClient.invalidateQueries({ queryKey: getCloudProvidersQueryKey() })
    },
  })
  const { data } = preview
  const isBlocked = data !== undefined && !data.isPossible
  return (
    <Section title={text.title}>
      <Group justify="space-between">
        <Text size="sm">{text.sentence}</Text>
        <Button size="xs" variant="default" onClick={open}>
          {text.button}
        </Button>
      </Group>
      <ConfirmDialog
        opened={isOpen}
        onClose={close}
        title={text.dialogTitle(name)}
        {...(isBlocked && { sentence: whatBlocks(data) })}
        removes={data?.isPossible ? whatRemoves(data) : []}
        keeps={data?.isPossible ? text.keeps : []}
        confirm={text.button}
        onConfirm={() => remove.mutate({ path: { id } })}
        busy={remove.isPending}
        waiting={!data?.isPossible}
        error={remove.error ?? preview.error}
        destructive
      />
    </Section>
  )
}

function whatBlocks({ grants, emailAccounts }: CloudProviderRemoval): string {
  const sentences = [text.blockedGrants(grants.map(({ userName }) => userName).join(', '))]
  if (emailAccounts.length > 0) {
    sentences.push(text.blockedMailboxes(emailAccounts.map(({ address }) => address).join(', ')))
  }
  return sentences.join(' ')
}

function whatRemoves({ credentials, openSignInLinks }: CloudProviderRemoval): string[] {
  return [
    text.itself,
    ...(credentials > 0 ? [text.secrets(credentials)] : []),
    ...(openSignInLinks > 0 ? [text.links(openSignInLinks)] : []),
  ]
}
