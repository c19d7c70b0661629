import { IsInt, Max, Min } from 'class-validator';
import { WholeNumber } from './history.query.js';

const greatest = Number.MAX_SAFE_INTEGER;

/** What may stand behind `/v1/history/{service}/checkpoints?`. */
export class CheckpointsQuery {
  /** Those above this size. */
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(greatest)
  after: number = 0;

  /** How many at most. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 1_000;
}

/** What may stand behind `/v1/history/{service}/proof?`. */
export class ProofQuery {
  /** Of the event. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(greatest)
  position: number;

  /** Of a checkpoint; the newest where absent. */
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(greatest)
  size: number = 0;
}

/** What may stand behind `/v1/history/{service}/consistency?`. */
export class ConsistencyQuery {
  /** The smaller size. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(greatest)
  from: number;

  /** The larger one; that of the newest checkpoint where absent. */
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(greatest)
  to: number = 0;
}

/** What may stand behind `/v1/history/{service}/edge?`. */
export class EdgeQuery {
  /** How many events. */
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(greatest)
  size: number;
}
