import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  getSignInLinksOptions,
  postSignInLinksMutation,
  type CreatedSignInLink,
  type PostSignInLinksData,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

interface SignInLinkDialogProps {
  opened: boolean
  onClose: () => void
  order: PostSignInLinksData['body']
  userName: string
}

/** A link for a user without a login here. It is shown once. */
export function SignInLinkDialog({ opened, onClose, order, userName }: SignInLinkDialogProps) {
  const refresh = useRefresh('sign-in-links')
  const make = useOnce({ ...postSignInLinksMutation(), onSuccess: refresh })
  const { link } = words.emailAccounts
  const leave = () => {
    onClose()
    make.reset()
  }
  return (
    <Modal opened={opened} onClose={leave} title={link.title} centered>
      <Stack>
        {make.data ? <Made link={make.data} /> : <Text size="sm">{link.sentence(userName)}</Text>}
        {!make.data && <OpenLink order={order} />}
        {make.error && <ProblemNotice error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={leave}>
            {words.close}
          </Button>
          {!make.data && (
            <Button loading={make.isPending} onClick={() => make.mutate({ body: order })}>
              {link.make}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

function Made({ link: { url, expiresAt } }: { link: CreatedSignInLink }) {
  const { name, once } = words.emailAccounts.link
  return (
    <Stack gap="xs" role="status">
      <CopyValue name={name} value={url} />
      <Text size="sm">
        {once} <Time at={expiresAt} />.
      </Text>
    </Stack>
  )
}

/** Shows an open link before another one is created. */
function OpenLink({ order }: Pick<SignInLinkDialogProps, 'order'>) {
  const { data } = useQuery(getSignInLinksOptions())
  const open = data?.links.find(
    (link) => link.state === 'open' && link.kind === order.kind && link.requestedAddress === order.requestedAddress,
  )
  if (!open) return undefined
  return (
    <Text size="sm" c="dimmed">
      {words.emailAccounts.link.open} <Time at={open.createdAt} />.
    </Text>
  )
}
