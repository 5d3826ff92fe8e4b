// Generated from docs/openapi.json by "npm run client:types".

import type * as Types from './types.gen.ts'

/** Routes that take an API key, by method and path. */
export interface Routes {
  GET: {
    '/v1/alert-settings': { data: Types.GetAlertSettingsData; answer: Types.GetAlertSettingsResponse }
    '/v1/alerts': { data: Types.GetAlertsData; answer: Types.GetAlertsResponse }
    '/v1/api-keys': { data: Types.GetApiKeysData; answer: Types.GetApiKeysResponse }
    '/v1/attachments/{id}/content': { data: Types.GetAttachmentsIdContentData; answer: Response }
    '/v1/attachments/{id}/image': { data: Types.GetAttachmentsIdImageData; answer: Response }
    '/v1/audit': { data: Types.GetAuditData; answer: Types.GetAuditResponse }
    '/v1/audit.csv': { data: Types.GetAuditCsvData; answer: Response }
    '/v1/audit.json': { data: Types.GetAuditJsonData; answer: Response }
    '/v1/backup-status': { data: Types.GetBackupStatusData; answer: Types.GetBackupStatusResponse }
    '/v1/cloud-providers': { data: Types.GetCloudProvidersData; answer: Types.GetCloudProvidersResponse }
    '/v1/cloud-providers/{id}': { data: Types.GetCloudProvidersIdData; answer: Types.GetCloudProvidersIdResponse }
    '/v1/cloud-providers/{id}/credentials': { data: Types.GetCloudProvidersIdCredentialsData; answer: Types.GetCloudProvidersIdCredentialsResponse }
    '/v1/cloud-providers/{id}/device-code': { data: Types.GetCloudProvidersIdDeviceCodeData; answer: Types.GetCloudProvidersIdDeviceCodeResponse }
    '/v1/cloud-providers/{id}/dependents': { data: Types.GetCloudProvidersIdDependentsData; answer: Types.GetCloudProvidersIdDependentsResponse }
    '/v1/cloud-providers/{id}/application-access': { data: Types.GetCloudProvidersIdApplicationAccessData; answer: Types.GetCloudProvidersIdApplicationAccessResponse }
    '/v1/cloud-providers/{id}/removal': { data: Types.GetCloudProvidersIdRemovalData; answer: Types.GetCloudProvidersIdRemovalResponse }
    '/v1/clouds': { data: Types.GetCloudsData; answer: Types.GetCloudsResponse }
    '/v1/conversations': { data: Types.GetConversationsData; answer: Types.GetConversationsResponse }
    '/v1/conversations/{id}': { data: Types.GetConversationsIdData; answer: Types.GetConversationsIdResponse }
    '/v1/conversations/{id}/print': { data: Types.GetConversationsIdPrintData; answer: Response }
    '/v1/conversations/{id}/messages.zip': { data: Types.GetConversationsIdMessagesZipData; answer: Response }
    '/v1/conversations/counts': { data: Types.GetConversationsCountsData; answer: Types.GetConversationsCountsResponse }
    '/v1/email-accounts/{id}/retention': { data: Types.GetEmailAccountsIdRetentionData; answer: Types.GetEmailAccountsIdRetentionResponse }
    '/v1/email-accounts/{id}/retention/preview': { data: Types.GetEmailAccountsIdRetentionPreviewData; answer: Types.GetEmailAccountsIdRetentionPreviewResponse }
    '/v1/retention': { data: Types.GetRetentionData; answer: Types.GetRetentionResponse }
    '/v1/retention/preview': { data: Types.GetRetentionPreviewData; answer: Types.GetRetentionPreviewResponse }
    '/v1/erasures': { data: Types.GetErasuresData; answer: Types.GetErasuresResponse }
    '/v1/erasures/{id}': { data: Types.GetErasuresIdData; answer: Types.GetErasuresIdResponse }
    '/v1/erasures/{id}/report.txt': { data: Types.GetErasuresIdReportTxtData; answer: Response }
    '/v1/conversations/{id}/presence': { data: Types.GetConversationsIdPresenceData; answer: Types.GetConversationsIdPresenceResponse }
    '/v1/canned-responses': { data: Types.GetCannedResponsesData; answer: Types.GetCannedResponsesResponse }
    '/v1/canned-responses/{id}': { data: Types.GetCannedResponsesIdData; answer: Types.GetCannedResponsesIdResponse }
    '/v1/recipients': { data: Types.GetRecipientsData; answer: Types.GetRecipientsResponse }
    '/v1/drafts': { data: Types.GetDraftsData; answer: Types.GetDraftsResponse }
    '/v1/drafts/{id}': { data: Types.GetDraftsIdData; answer: Types.GetDraftsIdResponse }
    '/v1/drafts/{id}/attachments/{attachmentId}/image': { data: Types.GetDraftsIdAttachmentsAttachmentIdImageData; answer: Response }
    '/v1/server-presets': { data: Types.GetServerPresetsData; answer: Types.GetServerPresetsResponse }
    '/v1/email-accounts': { data: Types.GetEmailAccountsData; answer: Types.GetEmailAccountsResponse }
    '/v1/email-accounts/{id}': { data: Types.GetEmailAccountsIdData; answer: Types.GetEmailAccountsIdResponse }
    '/v1/email-accounts/{id}/folders': { data: Types.GetEmailAccountsIdFoldersData; answer: Types.GetEmailAccountsIdFoldersResponse }
    '/v1/email-accounts/{id}/health': { data: Types.GetEmailAccountsIdHealthData; answer: Types.GetEmailAccountsIdHealthResponse }
    '/v1/email-accounts/{id}/import': { data: Types.GetEmailAccountsIdImportData; answer: Types.GetEmailAccountsIdImportResponse }
    '/v1/email-accounts/{id}/reconciliation': { data: Types.GetEmailAccountsIdReconciliationData; answer: Types.GetEmailAccountsIdReconciliationResponse }
    '/v1/email-accounts/{id}/sender-checks': { data: Types.GetEmailAccountsIdSenderChecksData; answer: Types.GetEmailAccountsIdSenderChecksResponse }
    '/v1/email-accounts/{id}/quarantine': { data: Types.GetEmailAccountsIdQuarantineData; answer: Types.GetEmailAccountsIdQuarantineResponse }
    '/v1/email-accounts/{id}/limits': { data: Types.GetEmailAccountsIdLimitsData; answer: Types.GetEmailAccountsIdLimitsResponse }
    '/v1/email-accounts/{id}/members': { data: Types.GetEmailAccountsIdMembersData; answer: Types.GetEmailAccountsIdMembersResponse }
    '/v1/email-accounts/{id}/identities': { data: Types.GetEmailAccountsIdIdentitiesData; answer: Types.GetEmailAccountsIdIdentitiesResponse }
    '/v1/email-accounts/{id}/automatic-reply': { data: Types.GetEmailAccountsIdAutomaticReplyData; answer: Types.GetEmailAccountsIdAutomaticReplyResponse }
    '/v1/email-accounts/{id}/actions': { data: Types.GetEmailAccountsIdActionsData; answer: Types.GetEmailAccountsIdActionsResponse }
    '/v1/email-accounts/{id}/removal': { data: Types.GetEmailAccountsIdRemovalData; answer: Types.GetEmailAccountsIdRemovalResponse }
    '/v1/email-accounts/{id}/principal-requests': { data: Types.GetEmailAccountsIdPrincipalRequestsData; answer: Types.GetEmailAccountsIdPrincipalRequestsResponse }
    '/v1/email-accounts/{id}/outbox': { data: Types.GetEmailAccountsIdOutboxData; answer: Types.GetEmailAccountsIdOutboxResponse }
    '/v1/email-accounts/{id}/closing': { data: Types.GetEmailAccountsIdClosingData; answer: Types.GetEmailAccountsIdClosingResponse }
    '/v1/email-accounts/{id}/closing-preview': { data: Types.GetEmailAccountsIdClosingPreviewData; answer: Types.GetEmailAccountsIdClosingPreviewResponse }
    '/v1/events/stream': { data: Types.GetEventsStreamData; answer: Response }
    '/v1/events': { data: Types.GetEventsData; answer: Types.GetEventsResponse }
    '/v1/grants': { data: Types.GetGrantsData; answer: Types.GetGrantsResponse }
    '/v1/grants/{id}/dependents': { data: Types.GetGrantsIdDependentsData; answer: Types.GetGrantsIdDependentsResponse }
    '/v1/grants/{id}/removal': { data: Types.GetGrantsIdRemovalData; answer: Types.GetGrantsIdRemovalResponse }
    '/v1/incidents': { data: Types.GetIncidentsData; answer: Types.GetIncidentsResponse }
    '/v1/restored-backup': { data: Types.GetRestoredBackupData; answer: Types.GetRestoredBackupResponse }
    '/v1/incidents/{id}': { data: Types.GetIncidentsIdData; answer: Types.GetIncidentsIdResponse }
    '/v1/invitations': { data: Types.GetInvitationsData; answer: Types.GetInvitationsResponse }
    '/v1/messages': { data: Types.GetMessagesData; answer: Types.GetMessagesResponse }
    '/v1/messages/{id}': { data: Types.GetMessagesIdData; answer: Types.GetMessagesIdResponse }
    '/v1/messages/{id}/source': { data: Types.GetMessagesIdSourceData; answer: Response }
    '/v1/messages/{id}/answer': { data: Types.GetMessagesIdAnswerData; answer: Types.GetMessagesIdAnswerResponse }
    '/v1/messages/{id}/attachments': { data: Types.GetMessagesIdAttachmentsData; answer: Types.GetMessagesIdAttachmentsResponse }
    '/v1/messages/{id}/attachments.zip': { data: Types.GetMessagesIdAttachmentsZipData; answer: Response }
    '/v1/messages/{id}/versions': { data: Types.GetMessagesIdVersionsData; answer: Types.GetMessagesIdVersionsResponse }
    '/v1/messages/{id}/body': { data: Types.GetMessagesIdBodyData; answer: Response }
    '/v1/people': { data: Types.GetPeopleData; answer: Types.GetPeopleResponse }
    '/v1/people/{id}': { data: Types.GetPeopleIdData; answer: Types.GetPeopleIdResponse }
    '/v1/sign-in-policy': { data: Types.GetSignInPolicyData; answer: Types.GetSignInPolicyResponse }
    '/v1/webhooks/{id}': { data: Types.GetWebhooksIdData; answer: Types.GetWebhooksIdResponse }
    '/v1/webhooks': { data: Types.GetWebhooksData; answer: Types.GetWebhooksResponse }
    '/v1/webhooks/{id}/deliveries/{deliveryId}': { data: Types.GetWebhooksIdDeliveriesDeliveryIdData; answer: Types.GetWebhooksIdDeliveriesDeliveryIdResponse }
    '/v1/webhooks/{id}/deliveries': { data: Types.GetWebhooksIdDeliveriesData; answer: Types.GetWebhooksIdDeliveriesResponse }
    '/v1/connect-sessions': { data: Types.GetConnectSessionsData; answer: Types.GetConnectSessionsResponse }
    '/v1/connect-sessions/{id}': { data: Types.GetConnectSessionsIdData; answer: Types.GetConnectSessionsIdResponse }
    '/v1/return-urls': { data: Types.GetReturnUrlsData; answer: Types.GetReturnUrlsResponse }
    '/v1/account-batches': { data: Types.GetAccountBatchesData; answer: Types.GetAccountBatchesResponse }
    '/v1/account-batches/{id}': { data: Types.GetAccountBatchesIdData; answer: Types.GetAccountBatchesIdResponse }
    '/v1/account-batches/{id}/rows': { data: Types.GetAccountBatchesIdRowsData; answer: Types.GetAccountBatchesIdRowsResponse }
    '/v1/account-batches/{id}/failed.csv': { data: Types.GetAccountBatchesIdFailedCsvData; answer: Response }
    '/v1/sign-in-links': { data: Types.GetSignInLinksData; answer: Types.GetSignInLinksResponse }
    '/v1/conversations/{id}/customer': { data: Types.GetConversationsIdCustomerData; answer: Types.GetConversationsIdCustomerResponse }
    '/v1/submissions': { data: Types.GetSubmissionsData; answer: Types.GetSubmissionsResponse }
    '/v1/submissions/counts': { data: Types.GetSubmissionsCountsData; answer: Types.GetSubmissionsCountsResponse }
    '/v1/submissions/{id}': { data: Types.GetSubmissionsIdData; answer: Types.GetSubmissionsIdResponse }
    '/v1/servers': { data: Types.GetServersData; answer: Types.GetServersResponse }
    '/metrics': { data: Types.GetMetricsData; answer: Response }
    '/v1/tags': { data: Types.GetTagsData; answer: Types.GetTagsResponse }
    '/v1/work-orders': { data: Types.GetWorkOrdersData; answer: Types.GetWorkOrdersResponse }
  }
  POST: {
    '/v1/alert-webhooks/{id}/test': { data: Types.PostAlertWebhooksIdTestData; answer: Types.PostAlertWebhooksIdTestResponse }
    '/v1/cloud-providers/{id}/check': { data: Types.PostCloudProvidersIdCheckData; answer: Types.PostCloudProvidersIdCheckResponse }
    '/v1/cloud-providers/{id}/credentials/{credentialId}/try': { data: Types.PostCloudProvidersIdCredentialsCredentialIdTryData; answer: Types.PostCloudProvidersIdCredentialsCredentialIdTryResponse }
    '/v1/conversations/{id}/tags': { data: Types.PostConversationsIdTagsData; answer: Types.PostConversationsIdTagsResponse }
    '/v1/conversations/bulk': { data: Types.PostConversationsBulkData; answer: Types.PostConversationsBulkResponse }
    '/v1/conversations/{id}/close': { data: Types.PostConversationsIdCloseData; answer: Types.PostConversationsIdCloseResponse }
    '/v1/erasures/preview': { data: Types.PostErasuresPreviewData; answer: Types.PostErasuresPreviewResponse }
    '/v1/erasures': { data: Types.PostErasuresData; answer: Types.PostErasuresResponse; keyed: true }
    '/v1/conversations/{id}/notes': { data: Types.PostConversationsIdNotesData; answer: Types.PostConversationsIdNotesResponse; keyed: true }
    '/v1/conversations/{id}/reopen': { data: Types.PostConversationsIdReopenData; answer: Types.PostConversationsIdReopenResponse }
    '/v1/conversations/{id}/unread': { data: Types.PostConversationsIdUnreadData; answer: Types.PostConversationsIdUnreadResponse }
    '/v1/conversations/{id}/wait': { data: Types.PostConversationsIdWaitData; answer: Types.PostConversationsIdWaitResponse }
    '/v1/conversations/{id}/snooze': { data: Types.PostConversationsIdSnoozeData; answer: Types.PostConversationsIdSnoozeResponse }
    '/v1/conversations/{id}/seen': { data: Types.PostConversationsIdSeenData; answer: Types.PostConversationsIdSeenResponse }
    '/v1/canned-responses': { data: Types.PostCannedResponsesData; answer: Types.PostCannedResponsesResponse; keyed: true }
    '/v1/canned-responses/{id}/attachments': { data: Types.PostCannedResponsesIdAttachmentsData; answer: Types.PostCannedResponsesIdAttachmentsResponse; keyed: true }
    '/v1/canned-responses/{id}/use': { data: Types.PostCannedResponsesIdUseData; answer: Types.PostCannedResponsesIdUseResponse }
    '/v1/drafts': { data: Types.PostDraftsData; answer: Types.PostDraftsResponse; keyed: true }
    '/v1/drafts/{id}/restore': { data: Types.PostDraftsIdRestoreData; answer: Types.PostDraftsIdRestoreResponse }
    '/v1/drafts/{id}/attachments': { data: Types.PostDraftsIdAttachmentsData; answer: Types.PostDraftsIdAttachmentsResponse; keyed: true }
    '/v1/drafts/{id}/forwarded-attachments': { data: Types.PostDraftsIdForwardedAttachmentsData; answer: Types.PostDraftsIdForwardedAttachmentsResponse; keyed: true }
    '/v1/email-accounts/{id}/check': { data: Types.PostEmailAccountsIdCheckData; answer: Types.PostEmailAccountsIdCheckResponse }
    '/v1/email-accounts/{id}/disconnect': { data: Types.PostEmailAccountsIdDisconnectData; answer: Types.PostEmailAccountsIdDisconnectResponse }
    '/v1/email-accounts/{id}/doctor': { data: Types.PostEmailAccountsIdDoctorData; answer: Types.PostEmailAccountsIdDoctorResponse }
    '/v1/email-accounts/{id}/doctor/stream': { data: Types.PostEmailAccountsIdDoctorStreamData; answer: Response }
    '/v1/email-accounts/{id}/aliases/read': { data: Types.PostEmailAccountsIdAliasesReadData; answer: Types.PostEmailAccountsIdAliasesReadResponse }
    '/v1/email-accounts/{id}/aliases': { data: Types.PostEmailAccountsIdAliasesData; answer: Types.PostEmailAccountsIdAliasesResponse; keyed: true }
    '/v1/email-accounts/{id}/aliases/{address}/try': { data: Types.PostEmailAccountsIdAliasesAddressTryData; answer: Types.PostEmailAccountsIdAliasesAddressTryResponse }
    '/v1/email-accounts/{id}/actions/retry': { data: Types.PostEmailAccountsIdActionsRetryData; answer: Types.PostEmailAccountsIdActionsRetryResponse }
    '/v1/email-accounts/{id}/pause': { data: Types.PostEmailAccountsIdPauseData; answer: Types.PostEmailAccountsIdPauseResponse }
    '/v1/email-accounts/{id}/principal-requests/{requestId}/try': { data: Types.PostEmailAccountsIdPrincipalRequestsRequestIdTryData; answer: Types.PostEmailAccountsIdPrincipalRequestsRequestIdTryResponse }
    '/v1/email-accounts/{id}/resume': { data: Types.PostEmailAccountsIdResumeData; answer: Types.PostEmailAccountsIdResumeResponse }
    '/v1/email-accounts/{id}/send-test': { data: Types.PostEmailAccountsIdSendTestData; answer: Types.PostEmailAccountsIdSendTestResponse }
    '/v1/email-accounts/{id}/backup-sign-in/check': { data: Types.PostEmailAccountsIdBackupSignInCheckData; answer: Types.PostEmailAccountsIdBackupSignInCheckResponse }
    '/v1/email-accounts/{id}/closing': { data: Types.PostEmailAccountsIdClosingData; answer: Types.PostEmailAccountsIdClosingResponse }
    '/v1/email-accounts/{id}/closing/undo': { data: Types.PostEmailAccountsIdClosingUndoData; answer: Types.PostEmailAccountsIdClosingUndoResponse }
    '/v1/restored-backup/decide': { data: Types.PostRestoredBackupDecideData; answer: Types.PostRestoredBackupDecideResponse }
    '/v1/incidents/{id}/acknowledge': { data: Types.PostIncidentsIdAcknowledgeData; answer: Types.PostIncidentsIdAcknowledgeResponse }
    '/v1/messages/{id}/read-again': { data: Types.PostMessagesIdReadAgainData; answer: Types.PostMessagesIdReadAgainResponse }
    '/v1/messages/{id}/keep-together': { data: Types.PostMessagesIdKeepTogetherData; answer: Types.PostMessagesIdKeepTogetherResponse }
    '/v1/conversations/{id}/merge': { data: Types.PostConversationsIdMergeData; answer: Types.PostConversationsIdMergeResponse }
    '/v1/conversations/{id}/move': { data: Types.PostConversationsIdMoveData; answer: Types.PostConversationsIdMoveResponse }
    '/v1/conversations/{id}/split': { data: Types.PostConversationsIdSplitData; answer: Types.PostConversationsIdSplitResponse; keyed: true }
    '/v1/webhooks': { data: Types.PostWebhooksData; answer: Types.PostWebhooksResponse; keyed: true }
    '/v1/webhooks/{id}/deliveries/{deliveryId}/replay': { data: Types.PostWebhooksIdDeliveriesDeliveryIdReplayData; answer: Types.PostWebhooksIdDeliveriesDeliveryIdReplayResponse }
    '/v1/webhooks/{id}/replay': { data: Types.PostWebhooksIdReplayData; answer: Types.PostWebhooksIdReplayResponse }
    '/v1/webhooks/{id}/secret': { data: Types.PostWebhooksIdSecretData; answer: Types.PostWebhooksIdSecretResponse; keyed: true }
    '/v1/webhooks/{id}/test': { data: Types.PostWebhooksIdTestData; answer: Types.PostWebhooksIdTestResponse }
    '/v1/connect-sessions': { data: Types.PostConnectSessionsData; answer: Types.PostConnectSessionsResponse; keyed: true }
    '/v1/account-batches/preview': { data: Types.PostAccountBatchesPreviewData; answer: Types.PostAccountBatchesPreviewResponse }
    '/v1/account-batches': { data: Types.PostAccountBatchesData; answer: Types.PostAccountBatchesResponse; keyed: true }
    '/v1/account-batches/{id}/cancel': { data: Types.PostAccountBatchesIdCancelData; answer: Types.PostAccountBatchesIdCancelResponse }
    '/v1/account-batches/{id}/retry': { data: Types.PostAccountBatchesIdRetryData; answer: Types.PostAccountBatchesIdRetryResponse }
    '/v1/submissions': { data: Types.PostSubmissionsData; answer: Types.PostSubmissionsResponse; keyed: true }
    '/v1/submissions/{id}/cancel': { data: Types.PostSubmissionsIdCancelData; answer: Types.PostSubmissionsIdCancelResponse }
    '/v1/submissions/{id}/decide': { data: Types.PostSubmissionsIdDecideData; answer: Types.PostSubmissionsIdDecideResponse }
    '/v1/submissions/{id}/retry': { data: Types.PostSubmissionsIdRetryData; answer: Types.PostSubmissionsIdRetryResponse }
    '/v1/doctor': { data: Types.PostDoctorData; answer: Types.PostDoctorResponse }
    '/v1/doctor/stream': { data: Types.PostDoctorStreamData; answer: Response }
    '/v1/tags': { data: Types.PostTagsData; answer: Types.PostTagsResponse; keyed: true }
    '/v1/tags/{id}/restore': { data: Types.PostTagsIdRestoreData; answer: Types.PostTagsIdRestoreResponse }
    '/v1/work-orders/draw': { data: Types.PostWorkOrdersDrawData; answer: Types.PostWorkOrdersDrawResponse }
  }
  PUT: {
    '/v1/conversations/{id}/assignee': { data: Types.PutConversationsIdAssigneeData; answer: Types.PutConversationsIdAssigneeResponse }
    '/v1/email-accounts/{id}/retention': { data: Types.PutEmailAccountsIdRetentionData; answer: Types.PutEmailAccountsIdRetentionResponse }
    '/v1/conversations/{id}/place': { data: Types.PutConversationsIdPlaceData; answer: Types.PutConversationsIdPlaceResponse }
    '/v1/conversations/{id}/legal-hold': { data: Types.PutConversationsIdLegalHoldData; answer: Types.PutConversationsIdLegalHoldResponse }
    '/v1/conversations/{id}/presence': { data: Types.PutConversationsIdPresenceData; answer: Types.PutConversationsIdPresenceResponse }
    '/v1/drafts/{id}': { data: Types.PutDraftsIdData; answer: Types.PutDraftsIdResponse }
    '/v1/email-accounts/{id}/folders': { data: Types.PutEmailAccountsIdFoldersData; answer: Types.PutEmailAccountsIdFoldersResponse }
    '/v1/conversations/{id}/customer/note': { data: Types.PutConversationsIdCustomerNoteData; answer: Types.PutConversationsIdCustomerNoteResponse }
  }
  DELETE: {
    '/v1/conversations/{id}/legal-hold': { data: Types.DeleteConversationsIdLegalHoldData; answer: Types.DeleteConversationsIdLegalHoldResponse }
    '/v1/conversations/{id}/presence': { data: Types.DeleteConversationsIdPresenceData; answer: Types.DeleteConversationsIdPresenceResponse }
    '/v1/canned-responses/{id}': { data: Types.DeleteCannedResponsesIdData; answer: Types.DeleteCannedResponsesIdResponse }
    '/v1/canned-responses/{id}/attachments/{attachmentId}': { data: Types.DeleteCannedResponsesIdAttachmentsAttachmentIdData; answer: Types.DeleteCannedResponsesIdAttachmentsAttachmentIdResponse }
    '/v1/drafts/{id}': { data: Types.DeleteDraftsIdData; answer: Types.DeleteDraftsIdResponse }
    '/v1/drafts/{id}/attachments/{attachmentId}': { data: Types.DeleteDraftsIdAttachmentsAttachmentIdData; answer: Types.DeleteDraftsIdAttachmentsAttachmentIdResponse }
    '/v1/email-accounts/{id}': { data: Types.DeleteEmailAccountsIdData; answer: Types.DeleteEmailAccountsIdResponse }
    '/v1/email-accounts/{id}/aliases/{address}': { data: Types.DeleteEmailAccountsIdAliasesAddressData; answer: Types.DeleteEmailAccountsIdAliasesAddressResponse }
    '/v1/webhooks/{id}': { data: Types.DeleteWebhooksIdData; answer: Types.DeleteWebhooksIdResponse }
    '/v1/connect-sessions/{id}': { data: Types.DeleteConnectSessionsIdData; answer: Types.DeleteConnectSessionsIdResponse }
    '/v1/tags/{id}': { data: Types.DeleteTagsIdData; answer: Types.DeleteTagsIdResponse }
  }
  PATCH: {
    '/v1/canned-responses/{id}': { data: Types.PatchCannedResponsesIdData; answer: Types.PatchCannedResponsesIdResponse }
    '/v1/email-accounts/{id}/actions': { data: Types.PatchEmailAccountsIdActionsData; answer: Types.PatchEmailAccountsIdActionsResponse }
    '/v1/webhooks/{id}': { data: Types.PatchWebhooksIdData; answer: Types.PatchWebhooksIdResponse }
    '/v1/tags/{id}': { data: Types.PatchTagsIdData; answer: Types.PatchTagsIdResponse }
  }
}

/** Routes with a response other than JSON, which callers get as a `Response`. */
export const RAW_ROUTES: ReadonlySet<string> = new Set([
  'GET /v1/attachments/{id}/content',
  'GET /v1/attachments/{id}/image',
  'GET /v1/audit.csv',
  'GET /v1/audit.json',
  'GET /v1/conversations/{id}/print',
  'GET /v1/conversations/{id}/messages.zip',
  'GET /v1/erasures/{id}/report.txt',
  'GET /v1/drafts/{id}/attachments/{attachmentId}/image',
  'POST /v1/email-accounts/{id}/doctor/stream',
  'GET /v1/events/stream',
  'GET /v1/messages/{id}/source',
  'GET /v1/messages/{id}/attachments.zip',
  'GET /v1/messages/{id}/body',
  'GET /v1/account-batches/{id}/failed.csv',
  'POST /v1/doctor/stream',
  'GET /metrics',
])

/** Routes that take an `Idempotency-Key`. */
export const KEYED_ROUTES: ReadonlySet<string> = new Set([
  'POST /v1/erasures',
  'POST /v1/conversations/{id}/notes',
  'POST /v1/canned-responses',
  'POST /v1/canned-responses/{id}/attachments',
  'POST /v1/drafts',
  'POST /v1/drafts/{id}/attachments',
  'POST /v1/drafts/{id}/forwarded-attachments',
  'POST /v1/email-accounts/{id}/aliases',
  'POST /v1/conversations/{id}/split',
  'POST /v1/webhooks',
  'POST /v1/webhooks/{id}/secret',
  'POST /v1/connect-sessions',
  'POST /v1/account-batches',
  'POST /v1/submissions',
  'POST /v1/tags',
])

/** Lists in pages: the field of the entries, and the parameter that takes `next`. */
export const PAGED_ROUTES = {
  '/v1/alerts': { items: 'alerts', cursor: 'before' },
  '/v1/audit': { items: 'entries', cursor: 'before' },
  '/v1/conversations': { items: 'conversations', cursor: 'before' },
  '/v1/email-accounts/{id}/quarantine': { items: 'messages', cursor: 'before' },
  '/v1/events': { items: 'events', cursor: 'after' },
  '/v1/incidents': { items: 'incidents', cursor: 'before' },
  '/v1/messages': { items: 'messages', cursor: 'cursor' },
  '/v1/webhooks/{id}/deliveries': { items: 'deliveries', cursor: 'before' },
  '/v1/connect-sessions': { items: 'sessions', cursor: 'before' },
  '/v1/account-batches': { items: 'batches', cursor: 'before' },
  '/v1/account-batches/{id}/rows': { items: 'rows', cursor: 'after' },
  '/v1/submissions': { items: 'submissions', cursor: 'cursor' },
} as const
