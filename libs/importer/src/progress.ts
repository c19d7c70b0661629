/** Where progress is shown. */
export interface Screen {
  readonly isTTY: boolean;
  write(text: string): void;
}

const width = 24;
const everyMs = { tty: 100, plain: 5_000 };

const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

/** One line of progress: a bar, rows, rate, and how long it will still take (from the share of the file read). */
export const progressLine = (share: number, rows: number, refused: number, seconds: number): string => {
  const full = Math.round(width * Math.min(1, share));
  const bar = '█'.repeat(full) + '░'.repeat(width - full);
  const rate = seconds > 0 ? Math.round(rows / seconds) : 0;
  const left = share > 0 && share < 1 ? ` · ${clock((seconds / share) * (1 - share))} left` : '';
  const bad = refused ? ` · ${refused.toLocaleString('en')} refused` : '';
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} % · ${rows.toLocaleString('en')} rows · ${rate.toLocaleString('en')}/s${left}${bad}`;
};

/** Shows progress: a moving line on a terminal, else a plain line every 5 s. */
export class Progress {
  private readonly since = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly screen: Screen,
    /** Share of the file that is done, rows that are done, rows that were refused. */
    now: () => { readonly share: number; readonly rows: number; readonly refused: number },
  ) {
    this.timer = setInterval(
      () => {
        const { share, rows, refused } = now();
        const line = progressLine(share, rows, refused, this.seconds);
        screen.write(screen.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
      },
      screen.isTTY ? everyMs.tty : everyMs.plain,
    );
  }

  get seconds(): number {
    return (performance.now() - this.since) / 1000;
  }

  /** Shows nothing any more, and takes the moving line away. */
  end(): void {
    clearInterval(this.timer);
    if (this.screen.isTTY) this.screen.write('\r\x1b[K');
  }
}
