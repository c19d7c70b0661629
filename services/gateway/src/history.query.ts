import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** Digits alone are a number; anything else stays what it is, for the validator to refuse. */
export const WholeNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value));

/** What may stand behind `/v1/history/{service}/events?`. */
export class HistoryQuery {
  /** The position before the first one wanted. */
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after: number = 0;

  /** How many lines at most. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  limit: number = 1_000;

  /** Seconds to wait for the first line where there is none. */
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(30)
  wait: number = 0;

  @WholeNumber()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(32_767)
  partition?: number;
}
