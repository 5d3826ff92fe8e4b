/** Code of a form. A query, so that a failure is shown in the place of the form and the inbox stays. */
export function lazyForm<Code>(name: string, load: () => Promise<Code>) {
  return {
    queryKey: [name],
    queryFn: load,
    staleTime: 'static' as const,
    gcTime: Infinity,
    structuralSharing: false,
    retry: false,
  }
}
