/** Texts of incidents about disabled webhooks. */
export const TEXTS = {
  endpoint: 'Webhook {name} ({origin}, …{id})',
  disabled: '{reason}. No events are sent until an admin activates the webhook.',
} as const
