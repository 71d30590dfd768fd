import type { FaultRule } from './faults.js';
import {
  apiDisabled,
  exhaustedQuota,
  GoogleError,
  invalidArgument,
  invalidCredentials,
  invalidProperty,
  isQuotaBucket,
  missingCredentials,
  noPermission,
  serverError,
} from './googleErrors.js';
import type { ReportFlaws } from './googleFlaws.js';
import type { PropertyData } from './googleHits.js';
import type { RunReportRequest } from './googleMessages.js';
import { checkCompatibility, describeMetadata, universalProperty } from './googleMetadata.js';
import type { QuotaCategory, QuotaLedger, Quotas } from './googleQuota.js';
import { runRealtimeReport } from './googleRealtime.js';
import { planReport, runReport } from './googleReports.js';
import { transcode } from './googleTranscoding.js';

/** What a call may use; made once for an emulator. */
export interface Backend {
  readonly properties: ReadonlyMap<string, PropertyData>;
  readonly quotas: Quotas;
  /** Ms since the epoch. */
  now(): number;
  accepts(bearer: string): boolean;
  /** So many single reports have been asked for. */
  countReports(count: number): void;
}

export interface GoogleCall {
  readonly property: string;
  readonly method: keyof typeof methods;
}

export interface GoogleReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: object;
}

/** The faults that a call can have beyond those of its transport. */
export const callFaults = ['quota', 'unavailable', 'api-disabled', 'thresholded', 'sampled', 'other-row', 'late'];

/** Reads verb and path; undefined = Google has no such route. */
export function matchCall(verb: string | undefined, path: string): GoogleCall | undefined {
  const [, property = '', separator, method = ''] = /^\/v1beta\/properties\/([^/:]+)([:/])(\w+)$/.exec(path) ?? [];
  if (!isMethod(method) || `${verb} ${separator}` !== methods[method].route) return undefined;
  return { property, method };
}

export function categoryOf({ method }: GoogleCall): QuotaCategory {
  return method === 'runRealtimeReport' ? 'realtime' : 'core';
}

/** Answers one call as Google would, its errors included; `fault` says what goes wrong in it. */
export function answerCall(
  backend: Backend,
  call: GoogleCall,
  sent: { readonly authorization: string | undefined; readonly body: string },
  fault: FaultRule | undefined,
): GoogleReply {
  const ledger = backend.quotas.of(call.property, categoryOf(call));
  try {
    checkCredentials(backend, call, sent.authorization);
    const value = methods[call.method].answer({ backend, call, ledger, fault }, sent.body);
    return { status: 200, headers: {}, value };
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    ledger.countFailure(error.code);
    return { status: error.code, headers: error.headers, value: error.envelope };
  }
}

interface MethodContext {
  readonly backend: Backend;
  readonly call: GoogleCall;
  readonly ledger: QuotaLedger;
  readonly fault: FaultRule | undefined;
}

interface Method {
  /** The HTTP verb, and what stands before the method's name in the path. */
  readonly route: 'POST :' | 'GET /';
  readonly rpc: string;
  answer(context: MethodContext, body: string): object;
}

const methods = {
  runReport: { route: 'POST :', rpc: 'RunReport', answer: answerRunReport },
  batchRunReports: { route: 'POST :', rpc: 'BatchRunReports', answer: answerBatch },
  runRealtimeReport: { route: 'POST :', rpc: 'RunRealtimeReport', answer: answerRealtime },
  checkCompatibility: { route: 'POST :', rpc: 'CheckCompatibility', answer: answerCompatibility },
  metadata: { route: 'GET /', rpc: 'GetMetadata', answer: answerMetadata },
} satisfies Record<string, Method>;

function isMethod(name: string): name is keyof typeof methods {
  return Object.hasOwn(methods, name);
}

/** Nobody has published what a metadata or compatibility call costs; a realtime report was measured at 39 to 42. */
const cheap = { tokens: 1, potentiallyThresholded: false };
const realtimeCost = { tokens: 40, potentiallyThresholded: false };

function answerRunReport(context: MethodContext, body: string): object {
  const request = transcode('RunReportRequest', body);
  return answerReports(context, [request])[0] ?? {};
}

function answerBatch(context: MethodContext, body: string): object {
  const { requests } = transcode('BatchRunReportsRequest', body);
  if (requests.length === 0) {
    throw invalidArgument('The batchRunReportsRequest must contain at least one runReportRequest.');
  }
  if (requests.length > 5) {
    throw invalidArgument(
      `Batch requests are limited to 5 requests.\n  This batch request contains ${requests.length} requests.`,
    );
  }
  const own = `properties/${context.call.property}`;
  const other = requests.find(({ property }) => property !== '' && property !== own);
  if (other) throw invalidArgument(`The property of a nested request must be ${own} or empty, not ${other.property}.`);
  return { reports: answerReports(context, requests), kind: 'analyticsData#batchRunReports' };
}

/** All are checked before one is paid for: a single fault fails the batch. */
function answerReports(context: MethodContext, requests: readonly RunReportRequest[]): object[] {
  const { backend, ledger, fault } = context;
  backend.countReports(requests.length);
  const data = openProperty(context);
  const plans = requests.map((request) => ({
    request,
    plan: planReport(data, request, backend.now(), readFlaws(fault)),
  }));
  return plans.map(({ request, plan }) => {
    const propertyQuota = ledger.spend(plan);
    return { ...runReport(plan), ...(request.returnPropertyQuota && { propertyQuota }) };
  });
}

function answerRealtime(context: MethodContext, body: string): object {
  const request = transcode('RunRealtimeReportRequest', body);
  context.backend.countReports(1);
  const report = runRealtimeReport(openProperty(context), request, context.backend.now());
  const propertyQuota = context.ledger.spend(realtimeCost);
  return { ...report, ...(request.returnPropertyQuota && { propertyQuota }) };
}

function answerCompatibility(context: MethodContext, body: string): object {
  const request = transcode('CheckCompatibilityRequest', body);
  openProperty(context);
  const answer = checkCompatibility(request);
  context.ledger.spend(cheap);
  return answer;
}

function answerMetadata(context: MethodContext): object {
  const { property } = context.call;
  if (property !== universalProperty) openProperty(context);
  context.ledger.spend(cheap);
  return describeMetadata(property);
}

function checkCredentials(backend: Backend, { method }: GoogleCall, authorization: string | undefined): void {
  const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (bearer === undefined) throw missingCredentials(methods[method].rpc);
  if (!backend.accepts(bearer)) throw invalidCredentials();
}

/** The property that the call is about, when the caller may read it and it has something left of every quota. */
function openProperty({ backend, call, ledger, fault }: MethodContext): PropertyData {
  const { property } = call;
  if (!/^\d+$/.test(property)) throw invalidProperty(property);
  const data = backend.properties.get(property);
  if (!data) throw noPermission();
  if (fault?.fault === 'unavailable') throw serverError(fault['status']);
  if (fault?.fault === 'api-disabled') throw apiDisabled();
  const bucket = fault?.fault === 'quota' ? readBucket(fault) : ledger.exhausted();
  if (bucket) throw exhaustedQuota(bucket);
  return data;
}

function readBucket({ bucket = 'tokensPerProjectPerHour' }: FaultRule) {
  if (isQuotaBucket(bucket)) return bucket;
  throw new Error(`there is no quota bucket ${String(bucket)}.`);
}

function readFlaws(rule: FaultRule | undefined): ReportFlaws {
  switch (rule?.fault) {
    case 'thresholded':
      return { minUsers: Number(rule['users'] ?? 50) };
    case 'sampled':
      return { sampledShare: Number(rule['share'] ?? 0.5) };
    case 'other-row':
      return { otherRow: true };
    case 'late':
      return { isLate: true };
    default:
      return {};
  }
}
