/** All pages and their audience. */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  retainSearchParams,
} from '@tanstack/react-router'
import { Crashed, NotFound } from './scenes/shell/dead-ends.tsx'
import { Home } from './scenes/shell/home.tsx'
import { SignedIn } from './scenes/shell/signed-in.tsx'
import { auditSearch } from './scenes/audit/audit-search.ts'
import { providerSearch } from './scenes/cloud-providers/provider-tabs.ts'
import { doctorSearch } from './scenes/doctor/doctor-search.ts'
import { accountSearch } from './scenes/email-accounts/account-tabs.ts'
import { healthSearch } from './scenes/health/day.ts'
import { inboxSearch } from './scenes/inbox/inbox-search.ts'
import { setupSearch } from './scenes/setup/setup-search.ts'

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
})

// Guests with a link, with or without a login. The token stands behind the # and never reaches a log.
const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('./scenes/entry/join.tsx'), 'Join'),
})
const workOrder = createRoute({
  getParentRoute: () => root,
  path: '/work-order',
  component: lazyRouteComponent(() => import('./scenes/guests/work-order.tsx'), 'GuestWorkOrder'),
})
const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in-link',
  component: lazyRouteComponent(() => import('./scenes/guests/sign-in-link.tsx'), 'GuestSignIn'),
})

const connect = createRoute({
  getParentRoute: () => root,
  path: '/connect',
  component: lazyRouteComponent(() => import('./scenes/guests/connect.tsx'), 'GuestConnect'),
})

// The team.
const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: SignedIn })
const home = createRoute({ getParentRoute: () => signedIn, path: '/', component: Home })
const inbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/inbox',
  validateSearch: inboxSearch,
  search: { middlewares: [retainSearchParams(['view', 'account', 'tag', 'q'])] },
  component: lazyRouteComponent(() => import('./scenes/inbox/inbox.tsx'), 'Inbox'),
})
const conversation = createRoute({ getParentRoute: () => inbox, path: '/$conversationId' })
const notifications = createRoute({
  getParentRoute: () => signedIn,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./scenes/notifications/notifications-page.tsx'), 'NotificationsPage'),
})
const notificationSettings = createRoute({
  getParentRoute: () => signedIn,
  path: '/notifications/settings',
  component: lazyRouteComponent(
    () => import('./scenes/notifications/notification-settings.tsx'),
    'NotificationSettings',
  ),
})

// Admins.
const setUp = createRoute({
  getParentRoute: () => signedIn,
  path: '/set-up',
  validateSearch: setupSearch,
  component: lazyRouteComponent(() => import('./scenes/setup/setup.tsx'), 'Setup'),
})
const overview = createRoute({
  getParentRoute: () => signedIn,
  path: '/overview',
  component: lazyRouteComponent(() => import('./scenes/overview/overview.tsx'), 'Overview'),
})
const emailAccounts = createRoute({
  getParentRoute: () => signedIn,
  path: '/email-accounts',
  component: lazyRouteComponent(() => import('./scenes/email-accounts/email-accounts.tsx'), 'EmailAccounts'),
})
const connectServer = createRoute({
  getParentRoute: () => signedIn,
  path: '/email-accounts/connect-server',
  component: lazyRouteComponent(() => import('./scenes/mail-server/connect-server.tsx'), 'ConnectServer'),
})
const connectSeveral = createRoute({
  getParentRoute: () => signedIn,
  path: '/email-accounts/connect-several',
  component: lazyRouteComponent(() => import('./scenes/account-batches/connect-several.tsx'), 'ConnectSeveral'),
})
const accountBatch = createRoute({
  getParentRoute: () => signedIn,
  path: '/email-accounts/batches/$batchId',
  component: lazyRouteComponent(() => import('./scenes/account-batches/account-batch.tsx'), 'AccountBatchPage'),
})
const emailAccount = createRoute({
  getParentRoute: () => signedIn,
  path: '/email-accounts/$emailAccountId',
  validateSearch: accountSearch,
  component: lazyRouteComponent(() => import('./scenes/email-accounts/email-account.tsx'), 'EmailAccountPage'),
})
const accountHealth = createRoute({
  getParentRoute: () => signedIn,
  path: '/email-accounts/$emailAccountId/health',
  validateSearch: healthSearch,
  component: lazyRouteComponent(() => import('./scenes/health/health.tsx'), 'HealthPage'),
})
const quarantine = createRoute({
  getParentRoute: () => signedIn,
  path: '/email-accounts/$emailAccountId/quarantine',
  component: lazyRouteComponent(() => import('./scenes/quarantine/quarantine.tsx'), 'QuarantinePage'),
})
const cloudProviders = createRoute({
  getParentRoute: () => signedIn,
  path: '/cloud-providers',
  component: lazyRouteComponent(() => import('./scenes/cloud-providers/cloud-providers.tsx'), 'CloudProviders'),
})
const cloudProvider = createRoute({
  getParentRoute: () => signedIn,
  path: '/cloud-providers/$cloudProviderId',
  validateSearch: providerSearch,
  component: lazyRouteComponent(() => import('./scenes/cloud-providers/cloud-provider.tsx'), 'CloudProviderPage'),
})
const figures = createRoute({
  getParentRoute: () => signedIn,
  path: '/figures',
  component: lazyRouteComponent(() => import('./scenes/figures/figures.tsx'), 'Figures'),
})
const incidents = createRoute({
  getParentRoute: () => signedIn,
  path: '/incidents',
  component: lazyRouteComponent(() => import('./scenes/incidents/incidents.tsx'), 'Incidents'),
})
const incident = createRoute({
  getParentRoute: () => signedIn,
  path: '/incidents/$incidentId',
  component: lazyRouteComponent(() => import('./scenes/incidents/incident.tsx'), 'IncidentPage'),
})
const restoredBackup = createRoute({
  getParentRoute: () => signedIn,
  path: '/restored-backup',
  component: lazyRouteComponent(() => import('./scenes/restored-backup/restored-backup.tsx'), 'RestoredBackup'),
})
const people = createRoute({
  getParentRoute: () => signedIn,
  path: '/people',
  component: lazyRouteComponent(() => import('./scenes/people/people.tsx'), 'People'),
})
const audit = createRoute({
  getParentRoute: () => signedIn,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./scenes/audit/audit.tsx'), 'Audit'),
})
const doctor = createRoute({
  getParentRoute: () => signedIn,
  path: '/doctor',
  validateSearch: doctorSearch,
  component: lazyRouteComponent(() => import('./scenes/doctor/doctor.tsx'), 'DoctorPage'),
})
const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  component: lazyRouteComponent(() => import('./scenes/settings/settings.tsx'), 'Settings'),
})

const writing = createRoute({
  getParentRoute: () => signedIn,
  path: '/writing',
  component: lazyRouteComponent(() => import('./scenes/writing/writing-page.tsx'), 'WritingPage'),
})

const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  component: lazyRouteComponent(() => import('./scenes/account/account-page.tsx'), 'AccountPage'),
})

const team = [
  home,
  inbox.addChildren([conversation]),
  notifications,
  notificationSettings,
  overview,
  setUp,
  emailAccounts,
  connectServer,
  connectSeveral,
  accountBatch,
  emailAccount,
  accountHealth,
  quarantine,
  cloudProviders,
  cloudProvider,
  figures,
  incidents,
  incident,
  restoredBackup,
  people,
  audit,
  doctor,
  settings,
  writing,
  account,
]

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([join, workOrder, signInLink, connect, signedIn.addChildren(team)]),
    context: { queryClient },
    defaultErrorComponent: Crashed,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}
