import { v7, validate } from 'uuid'

/** String that is the id of one kind of entity. The type system refuses the id of another kind. */
export type Id<Brand extends string> = string & { readonly brand: Brand }

export type CloudProviderId = Id<'CloudProviderId'>
export type ProviderCredentialId = Id<'ProviderCredentialId'>
export type WorkOrderId = Id<'WorkOrderId'>
export type GrantId = Id<'GrantId'>
export type AuthorizationId = Id<'AuthorizationId'>
export type SignInLinkId = Id<'SignInLinkId'>
/** A connect session and its sign-in link have the same id. */
export type ConnectSessionId = SignInLinkId
export type ReturnUrlId = Id<'ReturnUrlId'>
export type ReturnUrlSecretId = Id<'ReturnUrlSecretId'>
export type DeviceSignInId = Id<'DeviceSignInId'>
export type PrincipalRequestId = Id<'PrincipalRequestId'>
export type PersonId = Id<'PersonId'>
export type PersonLinkId = Id<'PersonLinkId'>
export type AuthenticatorAppId = Id<'AuthenticatorAppId'>
export type ApiKeyId = Id<'ApiKeyId'>
export type IdentityProviderId = Id<'IdentityProviderId'>
export type LinkedIdentityId = Id<'LinkedIdentityId'>
export type OpenIdSignInId = Id<'OpenIdSignInId'>
export type AdmissionRequestId = Id<'AdmissionRequestId'>
export type EmailAccountId = Id<'EmailAccountId'>
export type AccountBatchId = Id<'AccountBatchId'>
export type FolderId = Id<'FolderId'>
export type IdentityId = Id<'IdentityId'>
export type ConversationId = Id<'ConversationId'>
/** Our own id. The Message-ID of the header (RFC 5322 §3.6.4) is different and a plain string. */
export type StoredMessageId = Id<'StoredMessageId'>
export type MessageVersionId = Id<'MessageVersionId'>
export type AttachmentId = Id<'AttachmentId'>
export type NoteId = Id<'NoteId'>
export type TagId = Id<'TagId'>
export type SavedViewId = Id<'SavedViewId'>
export type DraftId = Id<'DraftId'>
export type DraftAttachmentId = Id<'DraftAttachmentId'>
export type CannedResponseId = Id<'CannedResponseId'>
export type CannedResponseAttachmentId = Id<'CannedResponseAttachmentId'>
export type DatabaseRestoreId = Id<'DatabaseRestoreId'>
export type SubmissionId = Id<'SubmissionId'>
export type IncidentId = Id<'IncidentId'>
export type InstallationTroubleId = Id<'InstallationTroubleId'>
export type BackupId = Id<'BackupId'>
export type ServerId = Id<'ServerId'>
export type ErasureId = Id<'ErasureId'>
export type AlertId = Id<'AlertId'>
export type AlertDeliveryId = Id<'AlertDeliveryId'>
export type WebhookEndpointId = Id<'WebhookEndpointId'>
export type WebhookSecretId = Id<'WebhookSecretId'>
export type WebhookDeliveryId = Id<'WebhookDeliveryId'>
export type IdempotentRequestId = Id<'IdempotentRequestId'>

/**
 * Returns a new id: UUID version 7 (RFC 9562 §5.7), which sorts by creation time, so that an index grows at its end.
 * The time in it is used only for sorting and never read back. It therefore isn't business time and doesn't come from a
 * `Clock`.
 */
export function newId<T extends Id<string>>(): T {
  return v7() as T
}

/** Returns outside text as an id when it has the form of one (lower case, as PostgreSQL writes it), else undefined. */
export function toId<T extends Id<string>>(text: string): T | undefined {
  return validate(text) ? (text.toLowerCase() as T) : undefined
}
