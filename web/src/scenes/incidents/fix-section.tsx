import { Group, Stack, Text } from '@mantine/core'
import { IconAt, IconCloud, IconFolders } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions, type Explanation, type Incident } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { CONSENT_REQUIRED, ConsentLinkButton } from '../../components/consent-link-button.tsx'
import { CopyValue } from '../../components/copy-value.tsx'
import { ExplanationBlock } from '../../components/explanation-block.tsx'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { FOLDERS } from '../email-accounts/folders-section.tsx'
import { RecoveryAction } from '../email-accounts/recovery-action.tsx'

const { fix: text, ...labels } = words.incidents
const RESTORED = 'submission.database_restored'
const FOLDER_GONE = 'email_accounts.folder_gone'

/** Fix of an incident: the responsible person, the place, the command and the button. */
export function FixSection({ incident }: { incident: Incident & { explanation?: Explanation | undefined } }) {
  const isAdmin = useMe().role === 'admin'
  const { forAdmins, state, explanation } = incident
  if (!forAdmins) return undefined
  const { who, where, fix, commands } = forAdmins.words
  const { detail } = forAdmins
  return (
    <Section title={state === 'open' ? text.title : text.wasTitle}>
      {detail !== undefined && <Text size="sm">{detail}</Text>}
      <Text size="sm">{fix}</Text>
      {explanation ? (
        <ExplanationBlock explanation={explanation} />
      ) : (
        <>
          <Facts
            facts={[
              [labels.who, who],
              [labels.where, where],
            ]}
          />
          {commands.map(({ shell, text: command }) => (
            <CopyValue key={command} name={text.commandIn(shell)} value={command} />
          ))}
        </>
      )}
      {state === 'open' && (
        <>
          {isAdmin && <Ways incident={incident} />}
          <Text size="sm" c="dimmed">
            {text.selfEnding}
          </Text>
        </>
      )}
    </Section>
  )
}

function Ways({ incident: { forAdmins, affected, cause, remedy } }: { incident: Incident }) {
  const { data } = useQuery(getEmailAccountsOptions())
  const { cloudProviderId } = forAdmins!.subject
  const stopped = affected.find(({ until }) => until === undefined)
  const account = data?.emailAccounts.find(({ id }) => id === stopped?.id)
  const { code } = forAdmins!.reason
  // A problem of one mailbox can't be fixed at its provider.
  const leadsToProvider = remedy === 'admin' && cloudProviderId !== undefined && cause !== 'mailbox'
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {code === RESTORED && (
          <ButtonLink to="/restored-backup" size="xs">
            {words.restoredBackup.open}
          </ButtonLink>
        )}
        {account && code === FOLDER_GONE && (
          <ButtonLink
            to="/email-accounts/$emailAccountId"
            params={{ emailAccountId: account.id }}
            search={{ tab: 'import' }}
            hash={FOLDERS}
            size="xs"
            leftSection={<IconFolders size={14} aria-hidden />}
          >
            {text.chooseFolders}
          </ButtonLink>
        )}
        {cloudProviderId !== undefined && code === CONSENT_REQUIRED && (
          <ConsentLinkButton cloudProviderId={cloudProviderId} />
        )}
        {account && !leadsToProvider && <RecoveryAction account={account} />}
        {leadsToProvider && (
          <ButtonLink
            to="/cloud-providers/$cloudProviderId"
            params={{ cloudProviderId }}
            size="xs"
            leftSection={<IconCloud size={14} aria-hidden />}
          >
            {text.openProvider}
          </ButtonLink>
        )}
        <ButtonLink to="/doctor" search={account ? { account: account.id } : {}} size="xs" variant="default">
          {words.doctor.open}
        </ButtonLink>
        {account && stopped?.affects === 'actions' && (
          <ButtonLink
            to="/email-accounts/$emailAccountId"
            params={{ emailAccountId: account.id }}
            search={{ tab: 'actions' }}
            size="xs"
            variant="default"
          >
            {words.emailAccounts.state.openActions}
          </ButtonLink>
        )}
        {account && affected.length === 1 && (
          <ButtonLink
            to="/email-accounts/$emailAccountId"
            params={{ emailAccountId: account.id }}
            size="xs"
            variant="default"
            leftSection={<IconAt size={14} aria-hidden />}
          >
            {text.openMailbox}
          </ButtonLink>
        )}
      </Group>
    </Stack>
  )
}
