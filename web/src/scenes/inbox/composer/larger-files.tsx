import { Alert, Text } from '@mantine/core'
import type { EmailAccount, SendingLimits } from '../../../api/client.ts'
import { ButtonLink } from '../../../components/button-link.tsx'
import { useMe } from '../../../session/session.ts'
import { words } from '../../../words/index.ts'
import type { Entry } from './attachment-list.ts'
import { sizeText } from './sizes.ts'

interface LargerFilesProps {
  limits: SendingLimits
  account: EmailAccount
  entries: readonly Entry[]
}

/** After a file was too large for the send protocol: the other protocol of the mailbox, if that allows it. */
export function LargerFiles({ limits: { attachmentBytes, otherProtocol }, account, entries }: LargerFilesProps) {
  const { role } = useMe()
  if (!otherProtocol) return undefined
  const wouldFit = ({ state, sizeBytes = 0 }: Entry) =>
    state === 'refused' && sizeBytes > attachmentBytes && sizeBytes <= otherProtocol.attachmentBytes
  if (!entries.some(wouldFit)) return undefined
  const { title, sentence, change, needsPermission, ask } = words.composer.largerFiles
  const { names } = words.connection
  const protocol = names[otherProtocol.protocol]
  return (
    <Alert color="gray" title={title(protocol, sizeText(otherProtocol.attachmentBytes))}>
      <Text size="sm">
        {sentence(names[account.sendsBy], account.name)}{' '}
        {role === 'admin' && !otherProtocol.isPermitted && needsPermission}
        {role !== 'admin' && ask(account.contact, protocol)}
      </Text>
      {role === 'admin' && (
        <ButtonLink
          to="/email-accounts/$emailAccountId"
          params={{ emailAccountId: account.id }}
          search={{ tab: 'connection' }}
          size="compact-sm"
          variant="default"
          mt="xs"
        >
          {change}
        </ButtonLink>
      )}
    </Alert>
  )
}
