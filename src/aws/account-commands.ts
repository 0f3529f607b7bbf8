/** The SDK's half for the operations around users and the account. Loaded on demand: build.ts gives it a copy of client-iam to itself. */

import {
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  GetRoleCommand,
  GetUserCommand,
  ListUserTagsCommand,
  SimulatePrincipalPolicyCommand,
  TagUserCommand,
  UntagUserCommand,
} from '@aws-sdk/client-iam'
import type { AccountOperation } from '../core/iam.ts'
import type { CommandTable } from './iam.ts'

export const ACCOUNT_COMMANDS: CommandTable<AccountOperation> = {
  GenerateCredentialReport: GenerateCredentialReportCommand,
  GetCredentialReport: GetCredentialReportCommand,
  ListUserTags: ListUserTagsCommand,
  TagUser: TagUserCommand,
  UntagUser: UntagUserCommand,
  GetUser: GetUserCommand,
  GetRole: GetRoleCommand,
  SimulatePrincipalPolicy: SimulatePrincipalPolicyCommand,
}
