import { useQuery } from '@tanstack/react-query'
import { getWebhooksOptions } from '../../../api/client.ts'
import { ListSection } from '../../../components/list-section.tsx'
import { words } from '../../../words/index.ts'
import { EventWebhookRow } from './event-webhook-row.tsx'
import { NewEventWebhook } from './new-event-webhook.tsx'

const ROW_HEIGHT = 84

/** Webhooks that receive events. */
export function EventWebhooks() {
  const query = useQuery(getWebhooksOptions())
  return (
    <ListSection
      text={words.webhooks}
      query={query}
      items={query.data?.webhooks}
      rowHeight={ROW_HEIGHT}
      row={(webhook) => <EventWebhookRow webhook={webhook} />}
      dialog={(close) => <NewEventWebhook onClose={close} />}
    />
  )
}
