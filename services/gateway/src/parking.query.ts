import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { WholeNumber } from './history.query.js';

/** What may stand behind `/v1/operations/{service}/parked?`. */
export class ParkedQuery {
  /** Of this view only. */
  @IsOptional()
  @IsString()
  @MaxLength(63)
  view: string = '';

  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(1_000)
  pageSize: number = 0;

  @IsOptional()
  @IsString()
  @MaxLength(2_048)
  pageToken: string = '';
}
