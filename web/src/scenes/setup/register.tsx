import { Anchor, Group, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { getCloudsOptions, type Cloud, type CloudProvider, type WorkOrderLink } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { DrawnWorkOrder } from './drawn-work-order.tsx'
import { ProviderWorkOrder } from './provider-work-order.tsx'
import { SendWorkOrder } from './send-work-order.tsx'
import { NEW } from './setup-search.ts'
import { useRegistrationChoice, registrationRequest } from './registration-choice.ts'
import { RegistrationChoiceForm } from './registration-choice-form.tsx'
import { Proposals } from './proposals.tsx'

interface RegisterStepProps {
  workOrders: readonly WorkOrderLink[]
  provider: CloudProvider | undefined
}

/** Step A: the application is registered in Entra ID, by an admin who may do that. */
export function RegisterStep({ workOrders, provider }: RegisterStepProps) {
  const clouds = useQuery({ ...getCloudsOptions(), staleTime: Infinity })
  return (
    <Stack>
      <Text>
        {words.setup.register.sentence}{' '}
        {!provider && (
          <Anchor component={Link} to="/email-accounts/connect-server">
            {words.mailServer.atMicrosoft} {words.mailServer.connect}
          </Anchor>
        )}
      </Text>
      <Proposals workOrders={workOrders} />
      {clouds.error && <ProblemNotice error={clouds.error} onRetry={() => void clouds.refetch()} />}
      {clouds.isPending && <LoadingRows />}
      {provider && <ProviderWorkOrder provider={provider} />}
      {!provider && clouds.data && <Registration clouds={clouds.data.clouds} workOrders={workOrders} />}
    </Stack>
  )
}

function Registration({ clouds, workOrders }: { clouds: readonly Cloud[]; workOrders: readonly WorkOrderLink[] }) {
  const [choice, choose] = useRegistrationChoice(clouds)
  const { ways, way, alreadySentence } = words.setup.register
  const request = registrationRequest(choice)
  const panel = (value: keyof typeof way, children: ReactNode) => (
    <Tabs.Panel value={value} pt="md">
      <Stack>{children}</Stack>
    </Tabs.Panel>
  )
  return (
    <>
      <RegistrationChoiceForm clouds={clouds} choice={choice} onChange={choose} />
      <Tabs defaultValue={workOrders.some(({ state }) => state === 'open') ? 'other' : 'myself'} keepMounted={false}>
        <Tabs.List aria-label={ways}>
          <Tabs.Tab value="myself">{way.myself}</Tabs.Tab>
          <Tabs.Tab value="other">{way.other}</Tabs.Tab>
          <Tabs.Tab value="already">{way.already}</Tabs.Tab>
        </Tabs.List>
        {panel(
          'myself',
          <>
            <DrawnWorkOrder request={request} />
            <HaveIds />
          </>,
        )}
        {panel('other', <SendWorkOrder request={request} workOrders={workOrders} />)}
        {panel(
          'already',
          <>
            <Text>{alreadySentence}</Text>
            <HaveIds />
          </>,
        )}
      </Tabs>
    </>
  )
}

function HaveIds() {
  return (
    <Group>
      <ButtonLink to="/set-up" search={{ step: 'b', provider: NEW }}>
        {words.setup.register.haveIds}
      </ButtonLink>
    </Group>
  )
}
