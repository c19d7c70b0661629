import { IsInt, Max, Min } from 'class-validator';
import { WholeNumber } from './history.query.js';

/** What may stand behind `/v1/operations/{service}/views/{view}:compare?`. */
export class CompareQuery {
  /** How many rows to name at most. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 100;
}
