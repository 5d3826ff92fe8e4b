import { Anchor, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { getEmailAccountsOptions, getServerPresetsOptions } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { AccountDetails } from '../setup/account-details.tsx'
import { opensAndReads, Preflight, usePreflight } from '../setup/preflight.tsx'
import type { RequestedAccount } from '../setup/requested-account.ts'
import { isAddress } from '../setup/suggestions.ts'
import { ServersForm } from './servers-form.tsx'
import { ServerTrouble, type Trouble } from './server-trouble.tsx'
import { missingIn, NO_SERVERS, presetFor, toServers, withPreset } from './servers-input.ts'

const text = words.mailServer
const OTHER = 'other'

/** Form for a mailbox outside Microsoft: its servers and password, checked before anything is stored. */
export function ConnectServer() {
  const presets = useQuery(getServerPresetsOptions())
  const accounts = useQuery(getEmailAccountsOptions()).data?.emailAccounts ?? []
  const [address, setAddress] = useState('')
  const [request, setRequest] = useState(NO_SERVERS)
  const [presetId, setPresetId] = useState(OTHER)
  /** Address whose provider is still to be looked up. */
  const [addressToLookUp, setAddressToLookUp] = useState<string>()
  const [tried, setTried] = useState(false)
  const [wanted, setWanted] = useState<RequestedAccount>()
  const preflight = usePreflight(wanted)
  const entered: RequestedAccount = {
    address: address.trim(),
    kind: 'user',
    servers: toServers(request, address),
    password: request.password,
  }
  const isShown = wanted !== undefined && JSON.stringify(wanted) === JSON.stringify(entered)
  const all = presets.data?.presets ?? []
  const preset = all.find(({ id }) => id === presetId)
  const missing = tried ? missingIn(request) : []
  const failure = isShown ? preflight.error : null
  const wrong = isShown ? preflight.data?.checks.filter(({ outcome }) => outcome === 'wrong') : undefined
  // The notice of a failure already shows its detail; a check doesn't.
  const troubles: readonly Trouble[] = failure ? [{ code: toProblem(failure).code }] : (wrong ?? [])

  const choose = (id: string) => {
    setPresetId(id)
    const chosen = all.find((one) => one.id === id)
    setRequest(chosen ? withPreset(request, chosen) : { ...request, imap: NO_SERVERS.imap, smtp: NO_SERVERS.smtp })
  }
  // The list of providers may arrive after the address was entered.
  if (addressToLookUp !== undefined && presets.data) {
    setAddressToLookUp(undefined)
    const known = presetFor(addressToLookUp, all)
    // Entered servers are kept.
    if (known && request.imap.host === '' && request.smtp.host === '') choose(known.id)
  }

  return (
    <Page
      title={text.title}
      actions={
        <Anchor component={Link} to="/email-accounts" size="sm">
          {words.emailAccounts.title}
        </Anchor>
      }
    >
      <Text>{text.sentence}</Text>
      <Section title={text.servers}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            setTried(true)
            if (!isAddress(address) || missingIn(request).length > 0) return
            if (isShown) void preflight.refetch()
            else setWanted(entered)
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
              onBlur={() => setAddressToLookUp(address)}
              error={tried && !isAddress(address) && words.setupAuthenticate.addressWrong}
            />
            {presets.error && <ProblemNotice error={presets.error} onRetry={() => void presets.refetch()} />}
            <NativeSelect
              label={text.provider}
              description={text.providerHint}
              value={presetId}
              onChange={({ currentTarget }) => choose(currentTarget.value)}
              data={[...all.map(({ id, name }) => ({ value: id, label: name })), { value: OTHER, label: text.other }]}
            />
            <ServersForm
              request={request}
              onChange={setRequest}
              address={address}
              preset={preset}
              missing={missing}
              error={failure}
            />
            <Group>
              <Button type="submit" variant={isShown ? 'default' : 'filled'} loading={preflight.isFetching}>
                {text.tryIt}
              </Button>
              <Text size="sm" c="dimmed">
                {text.tryHint}
              </Text>
            </Group>
          </Stack>
        </form>
      </Section>
      {isShown && (
        <Preflight preflight={preflight} address={wanted.address} userName={undefined}>
          {troubles.map(({ code, detail }) => (
            <ServerTrouble key={code} code={code} detail={detail} request={request} />
          ))}
        </Preflight>
      )}
      {isShown && preflight.data && opensAndReads(preflight.data.checks) && (
        <AccountDetails key={address} wanted={wanted} takenKeys={accounts.map(({ key }) => key)} />
      )}
    </Page>
  )
}
