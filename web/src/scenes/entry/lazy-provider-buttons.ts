import { lazyPart } from '../inbox/lazy-part.tsx'

/** Loaded after the form, which works without providers. */
export const ProviderButtons = lazyPart('provider-buttons', async () => ({
  Part: (await import('./provider-buttons.tsx')).ProviderButtons,
}))
