import { tabSearch } from '../../components/tab-search.ts'

export const PROVIDER_TABS = ['overview', 'credentials', 'sign-ins', 'access', 'activity'] as const
export type ProviderTab = (typeof PROVIDER_TABS)[number]

export const providerSearch = tabSearch(PROVIDER_TABS)
