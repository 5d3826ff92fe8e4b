import { Anchor, Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  getCloudProvidersOptions,
  getGrantsOptions,
  postAccountBatchesMutation,
  postAccountBatchesPreviewMutation,
} from '../../api/client.ts'
import { newId } from '../../api/new-id.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { BatchDefaults } from './batch-defaults.tsx'
import { blankRequest, openersOf, toBody, withSource, type BatchRequest } from './batch-request.ts'
import { BatchPreview } from './batch-preview.tsx'
import { BatchSource } from './batch-source.tsx'
import { RecentBatches } from './recent-batches.tsx'

const text = words.accountBatches

/** Form for many mailboxes: their rows are checked together before any is connected. */
export function ConnectSeveral() {
  const providers = useQuery(getCloudProvidersOptions())
  const grants = useQuery(getGrantsOptions())
  const error = providers.error ?? grants.error
  const openers = providers.data && grants.data && openersOf(providers.data.cloudProviders, grants.data.grants)
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
      {error && (
        <ProblemNotice error={error} onRetry={() => void Promise.all([providers.refetch(), grants.refetch()])} />
      )}
      {!error && !openers && <LoadingRows height={84} />}
      {openers?.length === 0 && (
        <EmptyState title={text.nothingOpens.title} sentence={text.nothingOpens.sentence}>
          <ButtonLink to="/set-up">{text.toSetup}</ButtonLink>
        </EmptyState>
      )}
      {openers && openers.length > 0 && <Form openers={openers} />}
      <RecentBatches />
    </Page>
  )
}

function Form({ openers }: { openers: ReturnType<typeof openersOf> }) {
  const { email } = useMe()
  const [request, setRequest] = useState<BatchRequest>(() => blankRequest(email, openers[0]!))
  // Connects the checked rows once, also when the answer is lost and an admin presses the button again.
  const [startKey, setStartKey] = useState('')
  const navigate = useNavigate()
  const refresh = useRefresh('account-batches', 'email-accounts')
  const preview = useMutation(postAccountBatchesPreviewMutation())
  const create = useMutation({
    ...postAccountBatchesMutation(),
    onSuccess: async ({ id }) => {
      void refresh()
      await navigate({ to: '/email-accounts/batches/$batchId', params: { batchId: id } })
    },
  })
  const body = toBody(request)
  const isShown = preview.data && JSON.stringify(preview.variables.body) === JSON.stringify(body)
  return (
    <>
      <Section title={text.mailboxes}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            create.reset()
            setStartKey(newId())
            preview.mutate({ body })
          }}
        >
          <Stack>
            <NativeSelect
              label={text.openedBy}
              description={request.opener.kind === 'grant' ? text.grantHint : undefined}
              value={request.opener.id}
              data={openers.map(({ id, label }) => ({ value: id, label }))}
              onChange={({ currentTarget }) => {
                const opener = openers.find(({ id }) => id === currentTarget.value)
                if (opener) setRequest(withSource({ ...request, opener, picked: {} }, 'csv'))
              }}
            />
            <BatchSource request={request} onChange={setRequest} />
            <BatchDefaults request={request} onChange={setRequest} />
            {preview.error && <ProblemNotice error={preview.error} />}
            <Group>
              <Button type="submit" variant={isShown ? 'default' : 'filled'} loading={preview.isPending}>
                {text.check}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
      {isShown && (
        <BatchPreview
          preview={preview.data}
          error={create.error}
          isPending={create.isPending}
          onStart={(rows) =>
            create.mutate({ body: { ...body, csv: undefined, rows }, headers: { 'idempotency-key': startKey } })
          }
        />
      )}
    </>
  )
}
