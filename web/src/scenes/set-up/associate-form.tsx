import { Button, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Grant } from '../../api/client.ts'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { AccountDetails } from './account-details.tsx'
import { opensAndReads, Preflight, usePreflight, type WantedMail } from './preflight.tsx'
import type { WantedKind } from './set-up-search.ts'
import { isAddress, likelyKind } from './suggestions.ts'

const text = words.setUp.associate
const KINDS = ['shared', 'user'] as const

export interface AssociateFormProps {
  grants: readonly Grant[]
  grantId: string | undefined
  address: string
  /** As chosen before the sign-in. */
  kind: WantedKind | undefined
  takenKeys: readonly string[]
}

/** Which mailbox, opened by whom; then what it can do; then how it appears here. */
export function AssociateForm({ grants, grantId, address: given, kind: chosen, takenKeys }: AssociateFormProps) {
  const [first] = grants
  const [grant, setGrant] = useState(grants.find(({ id }) => id === grantId) ?? first)
  const [address, setAddress] = useState(given)
  const [kind, setKind] = useState(chosen ?? likelyKind(given, grant?.userName))
  const [tried, setTried] = useState(false)
  const entered = { address: address.trim(), kind, grantId: grant?.id ?? '' }
  // Whoever comes from Microsoft with a mailbox in mind has nothing more to say.
  const [wanted, setWanted] = useState<WantedMail | undefined>(isAddress(given) ? entered : undefined)
  const preflight = usePreflight(wanted)
  const isShown =
    wanted && (Object.keys(entered) as (keyof WantedMail)[]).every((part) => wanted[part] === entered[part])

  return (
    <Stack>
      <Section title={words.setUp.authenticate.which}>
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
              label={words.setUp.authenticate.address}
              required
              autoComplete="off"
              value={address}
              onChange={({ currentTarget }) => setAddress(currentTarget.value)}
              error={tried && !isAddress(address) && words.setUp.authenticate.addressWrong}
            />
            <Radio.Group label={words.setUp.authenticate.kind} value={kind} onChange={(next) => setKind(next)}>
              <Group mt="xs">
                {KINDS.map((one) => (
                  <Radio key={one} value={one} label={words.setUp.authenticate.kinds[one].name} />
                ))}
              </Group>
            </Radio.Group>
            <NativeSelect
              label={text.openedBy}
              value={grant?.id}
              onChange={({ currentTarget }) => setGrant(grants.find(({ id }) => id === currentTarget.value))}
              data={grants.map(({ id, displayName, userName }) => ({
                value: id,
                label: `${displayName} (${userName})`,
              }))}
            />
            <Group>
              <Button type="submit" variant={isShown ? 'default' : 'filled'} loading={preflight.isFetching}>
                {text.look}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
      {isShown && <Preflight preflight={preflight} address={wanted.address} userName={grant?.userName} />}
      {isShown && preflight.data && opensAndReads(preflight.data.lights) && (
        <AccountDetails key={address} wanted={wanted} takenKeys={takenKeys} />
      )}
      {isShown && preflight.data && !opensAndReads(preflight.data.lights) && (
        <Text size="sm" role="status">
          {text.refused}
        </Text>
      )}
    </Stack>
  )
}
