import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { hashKey, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createQueryClient } from './api/query-client.ts'
import { noteSession, onFactorRequired, onSignedOut } from './api/signed-out.ts'
import { createAppRouter } from './router.tsx'
import { getSessionQueryKey } from './api/client.ts'
import { styleNonce } from './style-nonce.ts'
import { cssVariables, theme } from './theme.ts'

const queryClient = createQueryClient()
const router = createAppRouter(queryClient)

// Asks a user without a session to sign in on the same page. The session is fetched again, which shows the sign-in
// form, and cached data is removed before the next user signs in.
onSignedOut(() => {
  const queryKey = getSessionQueryKey()
  if (queryClient.getQueryData(queryKey) == null) return
  noteSession('ended')
  void queryClient.resetQueries({ queryKey })
  queryClient.removeQueries({ predicate: (query) => query.queryHash !== hashKey(queryKey) })
})

// The session then shows the page to add a factor.
onFactorRequired(() => void queryClient.invalidateQueries({ queryKey: getSessionQueryKey() }))

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

export function Application() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-center" autoClose={8000} limit={3} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
