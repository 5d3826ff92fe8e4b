import { Paper, Stack, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { CloudProvider } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { AssociateStep } from './associate.tsx'
import { AuthenticateStep } from './authenticate.tsx'
import { Path } from './path.tsx'
import { currentStep, setupPath, selectProvider, type Known } from './path-state.ts'
import { ProviderStep } from './provider-step.tsx'
import { RegisterStep } from './register.tsx'
import { NEW, type SetupSearch, type StepLetter } from './setup-search.ts'
import classes from './setup.module.css'
import { useKnown } from './use-setup.ts'

/** Setup of a mailbox in four steps. */
export function Setup() {
  const search = useSearch({ from: '/signed-in/set-up' })
  const { known, error, retry } = useKnown()
  const isAgain = (known?.providers.length ?? 0) > 0
  return (
    <Page
      title={words.setup.title}
      actions={
        isAgain && (
          <ButtonLink
            to="/set-up"
            search={{ step: 'a', provider: NEW }}
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
          >
            {words.setup.another}
          </ButtonLink>
        )
      }
    >
      <Text c="dimmed">{words.setup.sentence}</Text>
      {error != null && <ProblemNotice error={error} onRetry={retry} />}
      {known ? <Steps known={known} search={search} /> : error == null && <LoadingRows rows={4} />}
    </Page>
  )
}

function Steps({ known, search }: { known: Known; search: SetupSearch }) {
  const provider = selectProvider(known, search)
  const path = setupPath(known, provider)
  const current = currentStep(path, search)
  // Kept during navigation, so that the path stays with the same provider.
  const searchWithProvider = provider ? { ...search, provider: provider.id } : search
  return (
    <div className={classes.layout}>
      <Path path={path} current={current} search={searchWithProvider} />
      <Panel letter={current}>
        <Step letter={current} known={known} provider={provider} search={search} />
      </Panel>
    </div>
  )
}

function Panel({ letter, children }: { letter: StepLetter; children: React.ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const shown = useRef(letter)
  // Announces a new step to screen readers; on the first visit, the focus stays at the top.
  useEffect(() => {
    if (shown.current !== letter) heading.current?.focus()
    shown.current = letter
  }, [letter])
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack>
        <Title order={2} size="h3" ref={heading} tabIndex={-1} className={classes.heading}>
          {words.setup.heading(letter, words.setup.letters[letter])}
        </Title>
        {children}
      </Stack>
    </Paper>
  )
}

interface StepProps {
  letter: StepLetter
  known: Known
  provider: CloudProvider | undefined
  search: SetupSearch
}

function Step({ letter, known, provider, search }: StepProps) {
  switch (letter) {
    case 'a':
      return <RegisterStep workOrders={known.workOrders} provider={provider} />
    case 'b':
      return <ProviderStep key={provider?.id ?? search.order ?? NEW} {...{ known, provider, search }} />
    case 'c':
      return <AuthenticateStep key={provider?.id} {...{ known, provider, search }} />
    case 'd':
      return <AssociateStep {...{ known, provider, search }} />
  }
}
