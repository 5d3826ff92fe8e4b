import { Alert, Code, Group, Stack, Text } from '@mantine/core'
import type { WorkOrderLink } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Facts } from '../../components/facts.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { EndWorkOrder } from './send-work-order.tsx'
import { NEW } from './setup-search.ts'

const text = words.setup.send

/** IDs returned by links. Any holder of the link could have returned them, so an admin reviews them first. */
export function Proposals({ workOrders }: { workOrders: readonly WorkOrderLink[] }) {
  return workOrders
    .filter(({ state, proposal }) => state === 'proposed' && proposal)
    .map((link) => <ProposedIds key={link.id} link={link} />)
}

function ProposedIds({ link: { id, proposal, proposedAt } }: { link: WorkOrderLink }) {
  if (!proposal) return undefined
  const { clientId, tenantId, tenantDomain, tenantKnown } = proposal
  const about = tenantDomain !== undefined ? text.domainVerified(tenantDomain) : domainNote(tenantKnown)
  return (
    <Alert
      color="orange"
      variant="outline"
      title={text.back}
      role="status"
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap="sm">
        <Facts
          facts={[
            [text.domain, about],
            [text.tenantId, <Code key="tenant">{tenantId}</Code>],
            [text.clientId, <Code key="client">{clientId}</Code>],
            [text.proposed, proposedAt && <Time at={proposedAt} />],
          ]}
        />
        <Text size="sm">{text.compare}</Text>
        <Group>
          <ButtonLink to="/set-up" search={{ step: 'b', provider: NEW, order: id }}>
            {text.confirm}
          </ButtonLink>
          <EndWorkOrder id={id} title={text.refuseTitle} removes={text.refuseRemoves} button={text.refuse} />
        </Group>
      </Stack>
    </Alert>
  )
}

function domainNote(tenantKnown: boolean | undefined): string {
  return tenantKnown ? text.domainUnknown : text.domainUnreachable
}
