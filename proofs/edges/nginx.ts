/** A real nginx with TLS in front of Postkey, with a configuration and folders of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { SiteCertificate } from './certificate.ts'

const START_LIMIT_MS = 10_000

export async function startNginx(
  folder: string,
  site: SiteCertificate & { name: string; port: number; upstreamPort: number },
): Promise<void> {
  const place = join(folder, 'nginx')
  mkdirSync(place)
  writeFileSync(join(place, 'nginx.conf'), configuration(place, site))
  const command = ['-p', place, '-c', join(place, 'nginx.conf'), '-e', join(place, 'error.log')]
  const child = spawn('nginx', command, { stdio: 'ignore' })
  const limit = performance.now() + START_LIMIT_MS
  while (!(await isListening(site.port))) {
    if (child.exitCode !== null || performance.now() > limit) {
      child.kill('SIGKILL')
      throw new Error(`nginx does not start: ${readFileSync(join(place, 'error.log'), 'utf8')}`)
    }
    await pause(20)
  }
}

function configuration(
  place: string,
  { name, port, upstreamPort, certificate, key }: Parameters<typeof startNginx>[1],
): string {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
user root;
worker_processes 1;
pid ${place}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
${folders.map((each) => `  ${each}_temp_path ${place}/${each};`).join('\n')}
  server {
    listen ${port} ssl;
    server_name ${name};
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    client_max_body_size 50m;
    # $host has no port, and the browser is redirected to PUBLIC_URL forever.
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / { proxy_pass http://127.0.0.1:${upstreamPort}; }
    location /v1/events {
      proxy_pass http://127.0.0.1:${upstreamPort};
      proxy_buffering off;
      proxy_read_timeout 1h;
    }
  }
}
`
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
