/** The requests of the Data API as proto3 reads them: what was left out has its default, except messages and `optional` fields. */
export interface RunReportRequest extends ReportFields {
  readonly property: string;
  readonly dateRanges: readonly DateRangeMessage[];
  readonly offset: number;
  readonly currencyCode: string;
  readonly keepEmptyRows: boolean;
}

export interface RunRealtimeReportRequest extends ReportFields {
  readonly minuteRanges: readonly MinuteRangeMessage[];
}

export interface BatchRunReportsRequest {
  readonly requests: readonly RunReportRequest[];
}

export interface CheckCompatibilityRequest extends FieldSelection {
  readonly compatibilityFilter: string;
}

/** The fields that a request names. */
export interface FieldSelection {
  readonly dimensions: readonly { readonly name: string }[];
  readonly metrics: readonly { readonly name: string }[];
  readonly dimensionFilter?: FilterExpression;
  readonly metricFilter?: FilterExpression;
}

/** What core and realtime reports have in common. */
export interface ReportFields extends FieldSelection {
  readonly limit: number;
  readonly metricAggregations: readonly string[];
  readonly orderBys: readonly OrderBy[];
  readonly returnPropertyQuota: boolean;
}

export interface DateRangeMessage {
  readonly startDate: string;
  readonly endDate: string;
  readonly name: string;
}

export interface MinuteRangeMessage {
  readonly name: string;
  readonly startMinutesAgo?: number;
  readonly endMinutesAgo?: number;
}

export interface FilterExpression {
  readonly andGroup?: { readonly expressions: readonly FilterExpression[] };
  readonly orGroup?: { readonly expressions: readonly FilterExpression[] };
  readonly notExpression?: FilterExpression;
  readonly filter?: Filter;
}

export interface Filter {
  readonly fieldName: string;
  readonly stringFilter?: { readonly matchType: string; readonly value: string; readonly caseSensitive: boolean };
  readonly inListFilter?: { readonly values: readonly string[]; readonly caseSensitive: boolean };
  readonly numericFilter?: { readonly operation: string; readonly value?: NumericValue };
  readonly betweenFilter?: { readonly fromValue?: NumericValue; readonly toValue?: NumericValue };
  readonly emptyFilter?: object;
}

export interface NumericValue {
  readonly int64Value?: number;
  readonly doubleValue?: number;
}

export interface OrderBy {
  readonly metric?: { readonly metricName: string };
  readonly dimension?: { readonly dimensionName: string; readonly orderType: string };
  readonly desc: boolean;
}

export interface Requests {
  RunReportRequest: RunReportRequest;
  RunRealtimeReportRequest: RunRealtimeReportRequest;
  BatchRunReportsRequest: BatchRunReportsRequest;
  CheckCompatibilityRequest: CheckCompatibilityRequest;
}

const fieldSelection = {
  dimensions: 'Dimension[]',
  metrics: 'Metric[]',
  dimensionFilter: 'FilterExpression',
  metricFilter: 'FilterExpression',
};
const reportFields = {
  ...fieldSelection,
  limit: 'int64',
  metricAggregations: 'MetricAggregation[]',
  orderBys: 'OrderBy[]',
  returnPropertyQuota: 'bool',
};

/**
 * The fields of each message and their types: a scalar, an enum or a message; `[]` = a list, `?` = a scalar that knows
 * whether it was sent, `unsupported` = a field of the real API that the emulator refuses rather than ignores.
 */
export const messages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  RunReportRequest: {
    ...reportFields,
    property: 'string',
    dateRanges: 'DateRange[]',
    offset: 'int64',
    currencyCode: 'string',
    keepEmptyRows: 'bool',
    cohortSpec: 'unsupported',
    comparisons: 'unsupported',
  },
  RunRealtimeReportRequest: { ...reportFields, minuteRanges: 'MinuteRange[]' },
  BatchRunReportsRequest: { requests: 'RunReportRequest[]' },
  CheckCompatibilityRequest: { ...fieldSelection, compatibilityFilter: 'Compatibility' },
  Dimension: { name: 'string', dimensionExpression: 'unsupported' },
  Metric: { name: 'string', expression: 'unsupported', invisible: 'unsupported' },
  DateRange: { startDate: 'string', endDate: 'string', name: 'string' },
  MinuteRange: { name: 'string', startMinutesAgo: 'int32?', endMinutesAgo: 'int32?' },
  FilterExpression: {
    andGroup: 'FilterExpressionList',
    orGroup: 'FilterExpressionList',
    notExpression: 'FilterExpression',
    filter: 'Filter',
  },
  FilterExpressionList: { expressions: 'FilterExpression[]' },
  Filter: {
    fieldName: 'string',
    stringFilter: 'StringFilter',
    inListFilter: 'InListFilter',
    numericFilter: 'NumericFilter',
    betweenFilter: 'BetweenFilter',
    emptyFilter: 'EmptyFilter',
  },
  StringFilter: { matchType: 'MatchType', value: 'string', caseSensitive: 'bool' },
  InListFilter: { values: 'string[]', caseSensitive: 'bool' },
  NumericFilter: { operation: 'Operation', value: 'NumericValue' },
  BetweenFilter: { fromValue: 'NumericValue', toValue: 'NumericValue' },
  EmptyFilter: {},
  NumericValue: { int64Value: 'int64?', doubleValue: 'double?' },
  OrderBy: { metric: 'MetricOrderBy', dimension: 'DimensionOrderBy', pivot: 'unsupported', desc: 'bool' },
  MetricOrderBy: { metricName: 'string' },
  DimensionOrderBy: { dimensionName: 'string', orderType: 'OrderType' },
};

/** Of these fields of a message at most one may be set; `name` stands in the error text. */
export const choices: Readonly<Record<string, { readonly name: string; readonly fields: readonly string[] }>> = {
  FilterExpression: { name: 'expr', fields: ['andGroup', 'orGroup', 'notExpression', 'filter'] },
  Filter: {
    name: 'one_filter',
    fields: ['stringFilter', 'inListFilter', 'numericFilter', 'betweenFilter', 'emptyFilter'],
  },
  NumericValue: { name: 'one_value', fields: ['int64Value', 'doubleValue'] },
  OrderBy: { name: 'one_order_by', fields: ['metric', 'dimension', 'pivot'] },
};

/** The values of each enum, the default first; `type` is its full name's end. */
export const enums: Readonly<Record<string, { readonly type: string; readonly values: readonly string[] }>> = {
  MetricAggregation: {
    type: 'MetricAggregation',
    values: ['METRIC_AGGREGATION_UNSPECIFIED', 'TOTAL', 'MINIMUM', 'MAXIMUM', 'COUNT'],
  },
  Compatibility: {
    type: 'Compatibility',
    values: ['COMPATIBILITY_UNSPECIFIED', 'COMPATIBLE', 'INCOMPATIBLE'],
  },
  MatchType: {
    type: 'Filter.StringFilter.MatchType',
    values: [
      'MATCH_TYPE_UNSPECIFIED',
      'EXACT',
      'BEGINS_WITH',
      'ENDS_WITH',
      'CONTAINS',
      'FULL_REGEXP',
      'PARTIAL_REGEXP',
    ],
  },
  Operation: {
    type: 'Filter.NumericFilter.Operation',
    values: [
      'OPERATION_UNSPECIFIED',
      'EQUAL',
      'LESS_THAN',
      'LESS_THAN_OR_EQUAL',
      'GREATER_THAN',
      'GREATER_THAN_OR_EQUAL',
    ],
  },
  OrderType: {
    type: 'OrderBy.DimensionOrderBy.OrderType',
    values: ['ORDER_TYPE_UNSPECIFIED', 'ALPHANUMERIC', 'CASE_INSENSITIVE_ALPHANUMERIC', 'NUMERIC'],
  },
};
