import { Button, Group, Radio, Stack, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getCloudProvidersIdDeviceCodeOptions,
  getSignInLinksQueryKey,
  postAuthorizationsMutation,
  postDeviceSignInsMutation,
  postSignInLinksMutation,
  type CloudProvider,
} from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { DeviceSignIn } from '../../components/device-sign-in.tsx'
import { fieldFault } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { CreatedLink } from './created-link.tsx'
import { SIGN_IN_WAYS, type SignInWay } from './setup-search.ts'
import { isAddress } from './suggestions.ts'
import type { RequestedAddress } from './requested-address.ts'

const text = words.setupAuthenticate

const KINDS = ['shared', 'user'] as const
const KIND_OF_WAY = {
  consent: 'admin-consent',
  now: 'sign-in',
  code: 'sign-in',
  ownerLink: 'sign-in',
  adminLink: 'admin-consent',
} as const

interface SignInFormProps {
  provider: CloudProvider
  /** `true` before the first sign-in or consent with this provider, when admin consent is likely to be missing. */
  isFirst: boolean
  wanted: RequestedAddress
  /** Preselected by the page that leads here. */
  way: SignInWay | undefined
  /** `true` when another action is the usual one. */
  isSecond: boolean
}

/** Mailbox and sign-in method: here in this browser, or by another user with a link. */
export function SignInForm({ provider, isFirst, wanted, way: asked, isSecond }: SignInFormProps) {
  const { address, kind = 'shared', change } = wanted
  const [way, setWay] = useState<SignInWay>(asked ?? (isFirst ? 'consent' : 'now'))
  const [tried, setTried] = useState(false)
  const queryClient = useQueryClient()
  // The browser leaves for Microsoft's page and returns to the result page.
  const begin = useOnce({ ...postAuthorizationsMutation(), onSuccess: ({ url }) => location.assign(url) })
  const make = useOnce({
    ...postSignInLinksMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: getSignInLinksQueryKey() }),
  })
  const code = useOnce(postDeviceSignInsMutation())
  const allowance = useQuery(getCloudProvidersIdDeviceCodeOptions({ path: { id: provider.id } }))
  const ways = SIGN_IN_WAYS.filter((one) => one !== 'code' || allowance.data?.isAllowed)
  const error = begin.error ?? make.error ?? code.error
  const wrongAddress = tried && !isAddress(address) && text.addressWrong

  return (
    <Section title={text.which}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (!isAddress(address)) return
          const body = { cloudProviderId: provider.id, kind: KIND_OF_WAY[way], requestedAddress: address.trim() }
          if (way === 'code') {
            const { cloudProviderId, requestedAddress } = body
            code.mutate({ body: { cloudProviderId, requestedAddress, requestedKind: kind } })
          } else if (way === 'consent' || way === 'now') begin.mutate({ body: { ...body, requestedKind: kind } })
          else make.mutate({ body })
        }}
      >
        <Stack>
          <TextInput
            type="email"
            label={text.address}
            required
            autoComplete="off"
            value={address}
            onChange={({ currentTarget }) => change({ address: currentTarget.value })}
            error={wrongAddress || fieldFault(error, 'requestedAddress')}
          />
          <Radio.Group label={text.kind} value={kind} onChange={(next) => change({ kind: next })}>
            <Stack gap="xs" mt="xs">
              {KINDS.map((one) => (
                <Radio key={one} value={one} label={text.kinds[one].name} description={text.kinds[one].who} />
              ))}
            </Stack>
          </Radio.Group>
          <Radio.Group label={text.how} value={way} onChange={(next) => setWay(next)}>
            <Stack gap="xs" mt="xs">
              {ways.map((one) => (
                <Radio key={one} value={one} label={text.ways[one].name} description={text.ways[one].when} />
              ))}
            </Stack>
          </Radio.Group>
          {error && <ProblemNotice error={error} />}
          {code.data && (
            <DeviceSignIn
              key={code.data.id}
              begun={code.data}
              next={
                <ButtonLink
                  to="/set-up"
                  search={{ step: 'd', provider: provider.id, address: code.data.requestedAddress, kind }}
                >
                  {text.toD}
                </ButtonLink>
              }
            />
          )}
          {make.data && (
            <CreatedLink
              title={text.linkMade[make.data.kind]}
              sentence={text.linkOnce[make.data.kind]}
              name={text.link}
              url={make.data.url}
            />
          )}
          <Group>
            <Button
              type="submit"
              variant={isSecond || code.data ? 'default' : 'filled'}
              loading={begin.isPending || begin.isSuccess || make.isPending || code.isPending}
            >
              {way === 'code' && code.data ? text.anotherCode : text.ways[way].button}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
