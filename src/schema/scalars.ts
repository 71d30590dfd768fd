import { GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime, GraphQLLocalDate, GraphQLSafeInt } from 'graphql-scalars';

const decimalNumber = /^-?\d+(\.\d+)?$/;

function readDecimal(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && decimalNumber.test(text)) return text;
  throw new TypeError('Decimal: write a decimal number as a string, e.g. "1234.50".');
}

/** Exact, so it travels as a string; a number would be rounded to a double on the way. */
const GraphQLDecimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  serialize: readDecimal,
  parseValue: readDecimal,
  parseLiteral(node) {
    const isNumber = node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT;
    return readDecimal(isNumber ? node.value : undefined);
  },
});

const dateHelp = 'Date: write a day of the calendar as YYYY-MM-DD, in quotes.';

/** The library's rule, that the day must exist, in words of our own. */
function readDate(value: unknown): string {
  try {
    return GraphQLLocalDate.parseValue(value) as string;
  } catch {
    throw new TypeError(dateHelp);
  }
}

const GraphQLDate = new GraphQLScalarType<string, string>({
  name: 'Date',
  serialize: readDate,
  parseValue: readDate,
  parseLiteral: (node) => readDate(node.kind === Kind.STRING ? node.value : undefined),
});

/** The scalars of the contract; descriptions come from the schema file. */
export const scalars = {
  Date: GraphQLDate,
  DateTime: GraphQLDateTime,
  Decimal: GraphQLDecimal,
  SafeInt: GraphQLSafeInt,
};
