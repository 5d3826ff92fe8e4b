import { tabSearch } from '../../components/tab-search.ts'

export const ACCOUNT_TABS = ['overview', 'connection', 'import', 'sending', 'actions', 'agents', 'activity'] as const
export type AccountTab = (typeof ACCOUNT_TABS)[number]

export const accountSearch = tabSearch(ACCOUNT_TABS)
