import { ComplaintRateQueries, type ComplaintRate } from '@guanxi/contracts/guanxi/complaints/v1/rate';
import { queriesOf } from '@guanxi/service-kit/controllers';

/** Answers about complaints against orders. */
export const rateQueries = queriesOf(ComplaintRateQueries, {
  listComplaintRates: async ({ from, to }, { sql }) => {
    // Months as text are in the order of time.
    const statement =
      'select row::text as row from complaint_rates where ($1::text is null or key >= $1) and ($2::text is null or key < $2) order by key';
    const rows = await sql<{ row: string }>(statement, [from ?? null, to ?? null]);
    return { rows: rows.map(({ row }) => JSON.parse(row) as ComplaintRate) };
  },
});
