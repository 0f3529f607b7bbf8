/**
 * The audit: lists the keys of all users from the credential report. The report may be four hours old and has no ids, so users with a key
 * that is due are looked up again. Changes nothing.
 */

import type { Context, Outcome } from '../core/command.ts'
import { Failure, ParameterError } from '../core/errors.ts'
import type { Iam, Operation } from '../core/iam.ts'
import { serviceTime } from '../core/service-time.ts'
import { callWithRetry } from '../keys/retry.ts'
import { withThrottlingRetries } from '../keys/throttling.ts'
import type { Dict, Value } from '../python/value.ts'
import { moment } from '../rotation/duration.ts'
import { type ReportedUser, ROOT } from './credential-report.ts'
import { type AuditedKey, type DueVerdict, dueVerdict, exemption } from './due.ts'
import { type CredentialReport, fetchReport } from './fetch-report.ts'
import { inLanes } from './lanes.ts'
import { type AuditOptions, parseAuditOptions } from './options.ts'

/** Concurrent calls. IAM throttles an account as a whole, and other programs call it too. */
const LANES = 4

const DAY = 86_400_000

/** Thrown for --fail-if-due after the list is shown. Its exit code is not one of aws-cli's or of a rotation's. */
class KeysDue extends Failure {
  override readonly name = 'KeysDue'
  override readonly exitCode = 5
  constructor(count: number) {
    super(count === 1 ? '1 access key is due' : `${count} access keys are due`)
  }
}

/** @throws ParameterError, Failure, Interrupted */
export async function audit({ PathPrefix }: { readonly PathPrefix?: string }, context: Context): Promise<Outcome> {
  const { flags, progress } = context
  const options = parseAuditOptions(flags)
  // It would match no user, and nothing would appear to be due.
  if (PathPrefix?.startsWith('/') === false) throw new ParameterError(`Bad value for --path-prefix ${PathPrefix}: paths begin with a slash`)
  try {
    const iam = await openLane(context)
    const report = await fetchReport(iam, context)
    const users = report.users.filter(({ path }) => PathPrefix === undefined || path?.startsWith(PathPrefix))
    const confirmed = await confirm(users.filter(hasDueKey(options, report)), { ...report, ...options, iam }, context)
    const keys = users.flatMap(user => (confirmed.get(user) ?? reported)(user, options, report))
    const due = keys.filter(({ verdict }) => verdict.due).length
    return {
      output: new Map<string, Value>([
        ['GeneratedTime', report.GeneratedTime ?? null],
        ['Keys', keys.map(key => shown(key, report.now))],
      ]),
      afterDelivery: async () => {
        if (options.failIfDue && due > 0) throw new KeysDue(due)
      },
    }
  } finally {
    progress.end()
  }
}

const openLane = async (context: Context): Promise<Iam<Operation>> => withThrottlingRetries(await context.openIam(), context)

interface Row extends AuditedKey {
  readonly UserName: string
  /** Undefined if it was not looked up, or cannot be. */
  readonly AccessKeyId?: string | undefined
  readonly verdict: DueVerdict
}

/** Makes the rows of a user. */
type RowsOf = (user: ReportedUser, options: AuditOptions, report: CredentialReport) => readonly Row[]

/** The rows of the report. Only the root user can list its own keys. */
const reported: RowsOf = ({ UserName, keys }, options, { now }) =>
  keys.map(key => {
    const { due, why } = dueVerdict(key, options, now)
    return { UserName, ...key, verdict: { due, why: due && UserName === ROOT ? `${why}; only root can list its keys` : why } }
  })

const hasDueKey =
  (options: AuditOptions, { now }: CredentialReport) =>
  ({ UserName, keys }: ReportedUser): boolean =>
    UserName !== ROOT && keys.some(key => dueVerdict(key, options, now).due)

interface AuditRequest extends CredentialReport, AuditOptions {
  readonly iam: Iam<Operation>
}

/** The current state of these users. */
async function confirm(
  users: readonly ReportedUser[],
  { iam, exemptTags }: AuditRequest,
  context: Context,
): Promise<Map<ReportedUser, RowsOf>> {
  const { progress } = context
  const others = Array.from({ length: Math.min(LANES, users.length) - 1 }, () => openLane(context))
  let done = 0
  const rows = await inLanes(users, [iam, ...(await Promise.all(others))], async ({ UserName }, lane) => {
    progress.say(`users with a key that is due: ${done} of ${users.length} looked up`)
    const laneContext = { ...context, iam: lane }
    const tag = exemptTags.length > 0 ? exemption(await tagsOf(UserName, laneContext), exemptTags) : undefined
    const listed = tag ? undefined : await keysOf(UserName, laneContext)
    done++
    return listed ? asListed(listed) : exempt(`${tag?.Key}=${tag?.Value}`)
  })
  return new Map(users.map((user, index) => [user, rows[index] ?? reported]))
}

const exempt =
  (tag: string): RowsOf =>
  (...parameters) =>
    reported(...parameters).map(row => (row.verdict.due ? { ...row, verdict: { due: false, why: `exempt by the tag ${tag}` } } : row))

const asListed =
  (keys: readonly ListedKey[]): RowsOf =>
  ({ UserName }, options, { now }) =>
    keys.map(key => ({ UserName, ...key, verdict: dueVerdict(key, options, now) }))

// ---- calls ------------------------------------------------------------------------------------------------------------------------

type LaneContext = Omit<Context, 'iam'> & { readonly iam: Iam<Operation> }

interface ListedKey extends AuditedKey {
  readonly AccessKeyId: string | undefined
}

/** The keys of a user; none if the user has been deleted since the report. */
async function keysOf(UserName: string, context: LaneContext): Promise<readonly ListedKey[]> {
  const listed = await pages(Marker => callWithRetry('ListAccessKeys', { UserName, Marker }, context)).catch(unlessGone)
  const keys: ListedKey[] = []
  for (const { AccessKeyId, Status, CreateDate } of listed?.flatMap(page => page.AccessKeyMetadata ?? []) ?? []) {
    const used =
      AccessKeyId && (await callWithRetry('GetAccessKeyLastUsed', { AccessKeyId }, context)).output.AccessKeyLastUsed?.LastUsedDate
    keys.push({ AccessKeyId, active: Status === 'Active', created: serviceTime(CreateDate), used: serviceTime(used) })
  }
  return keys
}

async function tagsOf(UserName: string, context: LaneContext) {
  const listed = await pages(Marker => callWithRetry('ListUserTags', { UserName, Marker }, context)).catch(unlessGone)
  return listed?.flatMap(page => page.Tags ?? []) ?? []
}

function unlessGone(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'NoSuchEntity') return undefined
  throw error
}

/** All pages. */
async function pages<Page extends { readonly IsTruncated?: boolean; readonly Marker?: string }>(
  fetchPage: (Marker: string | undefined) => Promise<{ readonly output: Page }>,
): Promise<readonly Page[]> {
  const found: Page[] = []
  let marker: string | undefined
  do {
    const { output } = await fetchPage(marker)
    found.push(output)
    const next = output.IsTruncated ? output.Marker : undefined
    marker = next === marker ? undefined : next
  } while (marker !== undefined)
  return found
}

// ---- the output -------------------------------------------------------------------------------------------------------------------

const shown = ({ UserName, AccessKeyId, active, created, used, verdict: { due, why } }: Row, now: number): Dict =>
  new Map<string, Value>([
    ['UserName', UserName],
    ['AccessKeyId', AccessKeyId ?? null],
    ['Status', active ? 'Active' : 'Inactive'],
    ['Age', created === undefined ? null : BigInt(Math.max(0, Math.floor((now - created) / DAY)))],
    ['LastUsed', used === undefined ? null : moment(used)],
    ['Due', due],
    ['Why', why],
  ])
