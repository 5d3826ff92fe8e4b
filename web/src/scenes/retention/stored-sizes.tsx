import { Stack, Text } from '@mantine/core'
import { Fragment } from 'react'
import type { StoredSizes as Sizes } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { sizeWords } from '../../components/sizes.ts'

/** Size of the stored mail of a mailbox, as last counted. */
export function StoredSizes({ sizes }: { sizes: Sizes | undefined }) {
  const text = words.retention.sizes
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {text.title}
      </Text>
      {sizes ? (
        <SizeFacts sizes={sizes} />
      ) : (
        <Text size="sm" c="dimmed">
          {text.pending}
        </Text>
      )}
    </Stack>
  )
}

function SizeFacts({ sizes }: { sizes: Sizes }) {
  const text = words.retention.sizes
  const figure = (count: number) => new Intl.NumberFormat(language).format(count)
  return (
    <Facts
      facts={[
        [text.messages, figure(sizes.messages)],
        [text.sources, text.ofCount(figure(sizes.sources), sizeWords(sizes.sourceBytes))],
        [
          text.attachments,
          <Fragment key="attachments">
            {text.ofCount(figure(sizes.attachments), sizeWords(sizes.attachmentBytes))}
            <Text size="xs" c="dimmed">
              {text.attachmentsHint}
            </Text>
          </Fragment>,
        ],
        [text.counted, <Time key="counted" at={sizes.countedAt} />],
      ]}
    />
  )
}
