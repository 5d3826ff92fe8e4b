import { Button, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { CloudProvider, Grant } from '../../api/client.ts'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { AccountDetails } from './account-details.tsx'
import { UsersOnlyNotice } from './users-only-notice.tsx'
import { opensAndReads, Preflight, usePreflight } from './preflight.tsx'
import type { RequestedAccount } from './requested-account.ts'
import { ScopingCommands } from './scoping-commands.tsx'
import type { RequestedKind } from './setup-search.ts'
import { isAddress, likelyKind } from './suggestions.ts'

const text = words.setupAssociate
const KINDS = ['shared', 'user'] as const

/** In place of a grant: the application opens the mailbox. */
export const APPLICATION = 'application'

interface AssociateFormProps {
  provider: Pick<CloudProvider, 'id' | 'application'>
  grants: readonly Grant[]
  grantId: string | undefined
  address: string
  /** Kind chosen before the sign-in. */
  kind: RequestedKind | undefined
  takenKeys: readonly string[]
}

/** Mailbox and principal; then its capabilities; then its details. */
export function AssociateForm(props: AssociateFormProps) {
  const { provider, grants, grantId, address: given, kind: chosen, takenKeys } = props
  const byApplication = grantId === APPLICATION && provider.application !== undefined
  const first = byApplication ? undefined : (grants.find(({ id }) => id === grantId) ?? grants[0])
  const [principal, setPrincipal] = useState(first?.id ?? APPLICATION)
  const grant = grants.find(({ id }) => id === principal)
  const [address, setAddress] = useState(given)
  const [kind, setKind] = useState(chosen ?? likelyKind(given, grant?.userName))
  const [tried, setTried] = useState(false)
  const isForAll = provider.application === 'all-mailboxes'
  const entered: RequestedAccount = {
    address: address.trim(),
    kind,
    ...(grant ? { grantId: grant.id } : { applicationOf: { cloudProviderId: provider.id } }),
  }
  // After a return from Microsoft with a mailbox, nothing more is asked.
  const [wanted, setWanted] = useState<RequestedAccount | undefined>(isAddress(given) ? entered : undefined)
  const preflight = usePreflight(wanted)
  const isShown = wanted !== undefined && JSON.stringify(wanted) === JSON.stringify(entered)

  return (
    <Stack>
      <Section title={words.setupAuthenticate.which}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            setTried(true)
            if (!isAddress(address)) return
            setWanted(entered)
            if (isShown) void preflight.refetch()
          }}
        >
          <Stack>
            <TextInput
              type="email"
              label={words.setupAuthenticate.address}
              required
              autoComplete="off"
              value={address}
              onChange={({ currentTarget }) => setAddress(currentTarget.value)}
              error={tried && !isAddress(address) && words.setupAuthenticate.addressWrong}
            />
            <Radio.Group label={words.setupAuthenticate.kind} value={kind} onChange={(next) => setKind(next)}>
              <Group mt="xs">
                {KINDS.map((one) => (
                  <Radio key={one} value={one} label={words.setupAuthenticate.kinds[one].name} />
                ))}
              </Group>
            </Radio.Group>
            <NativeSelect
              label={text.openedBy}
              value={principal}
              onChange={({ currentTarget }) => setPrincipal(currentTarget.value)}
              data={[
                ...grants.map(({ id, displayName, userName }) => ({
                  value: id,
                  label: `${displayName} (${userName})`,
                })),
                ...(provider.application === undefined ? [] : [{ value: APPLICATION, label: text.byApplication }]),
              ]}
            />
            {provider.application === undefined && <UsersOnlyNotice cloudProviderId={provider.id} />}
            {!grant && <Text size="sm">{isForAll ? text.byApplicationForAll : text.byApplicationHint}</Text>}
            {grant && kind === 'shared' && <Text size="sm">{text.sharedByUserHint}</Text>}
            <Group>
              <Button type="submit" variant={isShown ? 'default' : 'filled'} loading={preflight.isFetching}>
                {text.look}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
      {isShown && <Preflight preflight={preflight} address={wanted.address} userName={grant?.userName} />}
      {isShown && preflight.data && opensAndReads(preflight.data.checks) && (
        <AccountDetails key={address} wanted={wanted} takenKeys={takenKeys} />
      )}
      {isShown && preflight.data && !opensAndReads(preflight.data.checks) && (
        <Text size="sm" role="status">
          {text.refused}
        </Text>
      )}
      {isShown && !grant && !isForAll && <ScopingCommands cloudProviderId={provider.id} address={wanted.address} />}
    </Stack>
  )
}
