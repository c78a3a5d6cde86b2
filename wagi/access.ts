/** The access log, and metrics for Prometheus. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Answered, Site } from './server.ts';

/** In the combined log format of Apache and nginx, with the milliseconds at the end. */
function accessLine({ request, peer, status, bytes, milliseconds }: Answered, now: Date): string {
  const { method, url, httpVersion, headers } = request;
  const quoted = (text: string | undefined) => `"${(text ?? '-').replace(/[^ !#-[\]-~]/g, hex)}"`;
  const line = quoted(`${method} ${url} HTTP/${httpVersion}`);
  const time = `${two(now.getUTCDate())}/${months[now.getUTCMonth()]}/${now.getUTCFullYear()}:${now.toISOString().slice(11, 19)} +0000`;
  return `${peer} - - [${time}] ${line} ${status} ${bytes || '-'} ${quoted(headers.referer)} ${quoted(headers['user-agent'])} ${milliseconds.toFixed(1)}\n`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');
const hex = (letter: string): string => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Appends lines to a file, or writes them to standard output where that is `-`. */
export class AccessLog {
  private readonly stream: WriteStream | NodeJS.WriteStream;

  /** `failed` is called if the file cannot be written. */
  constructor(file: string, failed: (error: NodeJS.ErrnoException) => void) {
    this.stream = file === '-' ? process.stdout : createWriteStream(file, { flags: 'a' });
    this.stream.on('error', failed);
  }

  answered(answer: Answered): void {
    this.stream.write(accessLine(answer, new Date()));
  }

  close(): Promise<void> {
    if (this.stream === process.stdout) return Promise.resolve();
    return new Promise((done) => this.stream.end(() => done()));
  }
}

/** Upper bounds of the histogram buckets, in seconds. */
const buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/** Counts responses and prints the counts in Prometheus's text format. */
export class Metrics {
  private readonly counts = new Map<string, number>();
  private readonly durations = new Map<string, { buckets: number[]; sum: number; count: number }>();
  private bytes = 0;
  private reloads = 0;

  answered({ route, status, bytes, milliseconds }: Answered): void {
    const key = `route=${JSON.stringify(route)},status="${status}"`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.bytes += bytes;
    let one = this.durations.get(route);
    if (!one) {
      one = { buckets: buckets.map(() => 0), sum: 0, count: 0 };
      this.durations.set(route, one);
    }
    const seconds = milliseconds / 1000;
    for (const [index, end] of buckets.entries())
      if (seconds <= end) one.buckets[index] = (one.buckets[index] ?? 0) + 1;
    one.sum += seconds;
    one.count++;
  }

  reloaded(): void {
    this.reloads++;
  }

  text({ pool }: Site): string {
    const { all, busy } = pool.workers;
    const lines = [
      ...head('wagi_requests_total', 'counter', 'Requests that were answered, by route and status.'),
      ...[...this.counts].map(([labels, count]) => `wagi_requests_total{${labels}} ${count}`),
      ...head('wagi_response_bytes_total', 'counter', 'Bytes of the bodies of responses.'),
      `wagi_response_bytes_total ${this.bytes}`,
      ...head('wagi_request_duration_seconds', 'histogram', 'From the head of a request to the end of its response.'),
      ...[...this.durations].flatMap(([route, { buckets: counts, sum, count }]) => {
        const label = `route=${JSON.stringify(route)}`;
        const name = 'wagi_request_duration_seconds';
        return [
          ...buckets.map((end, index) => `${name}_bucket{${label},le="${end}"} ${counts[index]}`),
          `${name}_bucket{${label},le="+Inf"} ${count}`,
          `${name}_sum{${label}} ${sum}`,
          `${name}_count{${label}} ${count}`,
        ];
      }),
      ...head('wagi_workers', 'gauge', 'Threads that run modules.'),
      `wagi_workers ${all}`,
      ...head('wagi_workers_busy', 'gauge', 'Threads that run a module now.'),
      `wagi_workers_busy ${busy}`,
      ...head('wagi_runs_ended_total', 'counter', 'Runs that were ended because they took too long.'),
      `wagi_runs_ended_total ${pool.ended}`,
      ...head('wagi_reloads_total', 'counter', 'Reloads of changed modules.'),
      `wagi_reloads_total ${this.reloads}`,
      ...head('process_resident_memory_bytes', 'gauge', 'Memory of the process.'),
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ];
    return `${lines.join('\n')}\n`;
  }
}

const head = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

/** Serves /metrics on its own address. */
export const metricsServer = (metrics: Metrics, site: () => Site): Server =>
  createServer((request, response) => {
    const found = request.url === '/metrics';
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(found ? metrics.text(site()) : '');
  });
